/** The built command as its users run it, on the CPU backend: results and interruption. */

import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { readNpy } from "./data/npy.ts";
import { type BuiltCommand, builtCommand, ROOT } from "./testing/built_command.ts";
import { localLevel } from "./testing/local_level.ts";

const NILE = ["--model", "examples/nile/model.json", "--data", "examples/nile/nile.csv"];
const BUILD_LIMIT = 120_000;
let command: BuiltCommand;
const outFolder = () => join(command.folder, "out");

beforeAll(async () => {
  command = await builtCommand();
  mkdirSync(outFolder());
}, BUILD_LIMIT);
afterAll(() => command.remove());

const modelFile = (name: string, change: object = {}) =>
  command.file(name, JSON.stringify(localLevel(change)));

suite("statescan", () => {
  test("prints the help that the README shows", async () => {
    const { out } = await command.run(["help", "smooth"]);
    expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain(`\n${out.trimEnd()}\n`);
  });

  test("smooths the Nile to JSON on standard output", async () => {
    const { code, out, err } = await command.run(["smooth", ...NILE, "--backend", "cpu"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const result = JSON.parse(out);
    expect(result.status).toBe("ok");
    expect(result.run).toMatchObject({ backend: "cpu", software: false, dtype: "float64" });
    expect(result.smoothedMeans).toHaveLength(100);
    expect(result.smoothedCrossCovariances).toHaveLength(99);
    // Durbin and Koopman; steady state, where the prior is forgotten.
    expect(result.filteredMeans[99][0]).toBeCloseTo(798.37029261, 6);
    expect(result.filteredCovariances[99][0][0]).toBeCloseTo(4032.15794181, 5);
  });

  test("gives the same numbers as csv, tsv, npy and from standard input", async () => {
    const csv = join(outFolder(), "a.csv");
    const npy = join(outFolder(), "a.npy");
    const tsv = join(outFolder(), "a.tsv");
    const data = readFileSync(join(ROOT, NILE[3]), "utf8");
    const fromStdin = ["filter", NILE[0], NILE[1], "--data", "-", "--backend", "cpu"];
    expect((await command.run([...fromStdin, "--out", csv], { input: data })).code).toBe(0);
    expect((await command.run(["filter", ...NILE, "--covariances", "diag", "--out", tsv])).code).toBe(0);
    expect((await command.run(["filter", ...NILE, "--fields", "filteredMeans", "--out", npy])).code).toBe(0);
    const column = (path: string, separator: string, name: string) => {
      const [header, ...rows] = readFileSync(path, "utf8")
        .trim()
        .split("\n")
        .map(line => line.split(separator));
      return rows.map(row => Number(row[header.indexOf(name)]));
    };
    const { data: means, shape } = readNpy(readFileSync(npy), { call: "", option: "", path: npy });
    expect(shape).toEqual([100, 1]);
    expect(column(csv, ",", "filtered_mean_0")).toEqual(Array.from(means));
    expect(column(tsv, "\t", "filtered_mean_0")).toEqual(Array.from(means));
    expect(column(csv, ",", "filtered_cov_0_0")).toEqual(column(tsv, "\t", "filtered_var_0"));
    expect(readdirSync(outFolder()).sort()).toEqual(["a.csv", "a.npy", "a.tsv"]);
  });

  test("treats files, a series column and a batch file as the same several series", async () => {
    const m = modelFile("local.json");
    const files = [
      "--data",
      command.file("a.csv", "y\n1\n2\n\n4\n"),
      "--data",
      command.file("b.csv", "y\n5\n6\n"),
    ];
    const column = [
      "--data",
      command.file("ab.csv", "id,y\nb,5\na,1\na,2\nb,6\na,\na,4\n"),
      "--series",
      "id",
    ];
    const nested = ["--data", command.file("ab.json", "[[[1],[2],[null],[4]],[[5],[6]]]")];
    const [one, two, three] = await Promise.all(
      [files, column, nested].map(async data =>
        JSON.parse((await command.run(["loglik", "-m", m, ...data])).out),
      ),
    );
    expect(one.series).toEqual(["a", "b"]);
    expect(two.series).toEqual(["b", "a"]);
    expect(three.lengths).toEqual([4, 2]);
    expect(three.logLikelihoods).toEqual(one.logLikelihoods);
    expect(three.logLikelihoods).toEqual([...two.logLikelihoods].reverse());
    expect(one.logLikelihoods[0][2]).toBe(0);
  });

  test("pairs inputs with series by name, and refuses a series that has none", async () => {
    const withInputs = modelFile("driven.json", {
      dynamics: { weights: [[1]], inputWeights: [[1]], covariance: [[1]] },
    });
    const data = command.file("sites.csv", "site,y\na,1\na,2\nb,3\nb,4\n");
    const args = ["loglik", "-m", withInputs, "-d", data, "--series", "site", "--backend", "cpu", "--inputs"];
    const swapped = await command.run([...args, command.file("ba.csv", "site,u\nb,0\nb,9\na,0\na,1\n")]);
    const ordered = await command.run([...args, command.file("ab.csv", "site,u\na,0\na,1\nb,0\nb,9\n")]);
    expect(JSON.parse(swapped.out).logLikelihoods).toEqual(JSON.parse(ordered.out).logLikelihoods);
    const other = await command.run([...args, command.file("bc.csv", "site,u\nb,0\nb,9\nc,0\nc,1\n")]);
    expect({ code: other.code, out: other.out }).toEqual({ code: 2, out: "" });
    expect(other.err).toMatch(/^loglik: --inputs expected .+, got none of "a" \(only b, c\)\. .+\n$/);
  });

  test("pairs inputs with series by name in several files", async () => {
    const withInputs = modelFile("driven2.json", {
      emissions: { weights: [[1]], inputWeights: [[1]], covariance: [[1]] },
    });
    const data = [
      "-d",
      command.file("y1.csv", "site,y\na,1\nb,2\n"),
      "-d",
      command.file("y2.csv", "site,y\na,3\n"),
    ];
    const inputs = (first: string) => [
      "--inputs",
      command.file("u1.csv", first),
      "--inputs",
      command.file("u2.csv", "site,u\na,5\n"),
    ];
    const args = ["loglik", "-m", withInputs, ...data, "--series", "site", "--backend", "cpu"];
    const swapped = await command.run([...args, ...inputs("site,u\nb,2\na,1\n")]);
    const ordered = await command.run([...args, ...inputs("site,u\na,1\nb,2\n")]);
    expect(JSON.parse(swapped.out).series).toEqual(["y1/a", "y1/b", "y2/a"]);
    expect(JSON.parse(swapped.out).logLikelihoods).toEqual(JSON.parse(ordered.out).logLikelihoods);
  });

  test("takes inputs from a file beside the data", async () => {
    const withInputs = modelFile("inputs.json", {
      dynamics: { weights: [[1]], inputWeights: [[1]], covariance: [[0.5]] },
    });
    const args = ["filter", "-m", withInputs, "--data", command.file("y.csv", "y\n1\n2\n3\n")];
    const { out, code } = await command.run([...args, "--inputs", command.file("u.csv", "u\n0\n10\n0\n")]);
    expect(code).toBe(0);
    const without = await command.run(args);
    expect(without.code).toBe(2);
    expect(without.err).toMatch(/^filter: inputs expected .+, got nothing\. Give a file with --inputs\.\n$/);
    const { filteredMeans, predictedMeans } = JSON.parse(out);
    expect(predictedMeans[1][0]).toBeCloseTo(filteredMeans[0][0] + 10, 12);
  });

  test("ends with 4 when the numbers fail, with 5 when some series fail, and lists them", async () => {
    const m = modelFile("local.json");
    const bad = command.file("bad.csv", "y\n1e300\n");
    const path = join(command.folder, "failed.json");
    const all = await command.run(["filter", "-m", m, "--data", bad, "--out", path]);
    expect(all.code).toBe(4);
    expect(all.err).toMatch(/^filter: result expected status ok, got nonFinite\. Check .+ of the model\.\n$/);
    expect(readdirSync(command.folder)).not.toContain("failed.json");
    const some = await command.run([
      "filter",
      "-m",
      m,
      "--data",
      command.file("good.csv", "y\n1\n"),
      "--data",
      bad,
      "--out",
      path,
    ]);
    expect(some.code).toBe(5);
    expect(some.err).toMatch(/1 of 2 series failed: bad \(nonFinite\)/);
    expect(JSON.parse(readFileSync(path, "utf8")).statuses).toEqual(["ok", "nonFinite"]);
  });

  test("prints help, version and a message without a stack; with STATESCAN_DEBUG=1 the stack", async () => {
    expect((await command.run(["help", "smooth"])).out).toContain("--covariances full|diag|none");
    expect((await command.run(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const args = ["smooth", "--model", "none.json", "--data", "none.csv"];
    expect((await command.run(args)).err).not.toMatch(/\n {4}at /);
    expect((await command.run(args, { env: { STATESCAN_DEBUG: "1" } })).err).toMatch(/\n {4}at /);
  });
});

suite("statescan interrupted", () => {
  test.skipIf(process.platform === "win32")(
    "ends with 130 and leaves no file",
    async () => {
      const six = readFileSync(join(ROOT, "examples/weather/model.json"), "utf8");
      const data = command.file("long.csv", `y\n${"1\n2\n3\n".repeat(200_000)}`);
      const path = join(outFolder(), "interrupted.json");
      const before = readdirSync(outFolder());
      const args = [
        "smooth",
        "-m",
        command.file("six.json", six),
        "-d",
        data,
        "--out",
        path,
        "--progress",
        "json",
      ];
      let sent = false;
      const { code, err } = await command.run([...args, "--backend", "cpu"], {
        onError(text, pid) {
          if (sent || !text.includes('"progress"')) return;
          sent = true;
          process.kill(pid, "SIGINT");
        },
      });
      expect(sent).toBe(true);
      expect(code).toBe(130);
      expect(err).toMatch(/statescan: interrupted\.\n$/);
      expect(readdirSync(outFolder())).toEqual(before);
    },
    BUILD_LIMIT,
  );
});
