/** The built command as its users run it, on the CPU backend: results, every bad input, interruption. */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { readNpy, writeNpy } from "./data/npy.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "statescan-cli-"));
const outFolder = join(folder, "out");
const NILE = [
  "--model",
  join(root, "examples/nile/model.json"),
  "--data",
  join(root, "examples/nile/nile.csv"),
];
const BUILD_LIMIT = 60_000;

beforeAll(async () => {
  await build({ root, configFile: join(root, "vite.cli.config.ts"), logLevel: "error" });
  mkdirSync(outFolder);
}, BUILD_LIMIT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Run the command; `onError` sees standard error as it comes. */
function statescan(
  args: readonly string[],
  {
    env = {},
    input = "",
    onError,
  }: { env?: object; input?: string; onError?: (text: string, pid: number) => void } = {},
): Promise<Ended> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [join(root, "bin/statescan.js"), ...args], {
      env: { ...process.env, ...env },
    });
    const ended: Ended = { code: null, out: "", err: "" };
    child.stdout.on("data", chunk => {
      ended.out += chunk;
    });
    child.stderr.on("data", chunk => {
      ended.err += chunk;
      onError?.(String(chunk), child.pid as number);
    });
    child.stdin.end(input);
    child.on("close", code => resolve({ ...ended, code }));
  });
}

/** A file of the test's folder. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const model = (change: object = {}) => ({
  format: "statescan/model@1",
  type: "linear-gaussian",
  initial: { mean: [0], covariance: [[1]] },
  dynamics: { weights: [[1]], covariance: [[1]] },
  emissions: { weights: [[1]], covariance: [[1]] },
  ...change,
});
const modelFile = (name: string, change: object = {}) => file(name, JSON.stringify(model(change)));

suite("statescan", () => {
  test("smooths the Nile to JSON on standard output", async () => {
    const { code, out, err } = await statescan(["smooth", ...NILE, "--backend", "cpu"]);
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
    const csv = join(outFolder, "a.csv");
    const npy = join(outFolder, "a.npy");
    const tsv = join(outFolder, "a.tsv");
    const data = readFileSync(NILE[3], "utf8");
    const fromStdin = ["filter", NILE[0], NILE[1], "--data", "-", "--backend", "cpu"];
    expect((await statescan([...fromStdin, "--out", csv], { input: data })).code).toBe(0);
    expect((await statescan(["filter", ...NILE, "--covariances", "diag", "--out", tsv])).code).toBe(0);
    expect((await statescan(["filter", ...NILE, "--fields", "filteredMeans", "--out", npy])).code).toBe(0);
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
    expect(readdirSync(outFolder).sort()).toEqual(["a.csv", "a.npy", "a.tsv"]);
  });

  test("treats files, a series column and a batch file as the same several series", async () => {
    const m = modelFile("local.json");
    const files = ["--data", file("a.csv", "y\n1\n2\n\n4\n"), "--data", file("b.csv", "y\n5\n6\n")];
    const column = ["--data", file("ab.csv", "id,y\nb,5\na,1\na,2\nb,6\na,\na,4\n"), "--series", "id"];
    const nested = ["--data", file("ab.json", "[[[1],[2],[null],[4]],[[5],[6]]]")];
    const [one, two, three] = await Promise.all(
      [files, column, nested].map(async data =>
        JSON.parse((await statescan(["loglik", "-m", m, ...data])).out),
      ),
    );
    expect(one.series).toEqual(["a", "b"]);
    expect(two.series).toEqual(["b", "a"]);
    expect(three.lengths).toEqual([4, 2]);
    expect(three.logLikelihoods).toEqual(one.logLikelihoods);
    expect(three.logLikelihoods).toEqual([...two.logLikelihoods].reverse());
    expect(one.logLikelihoods[0][2]).toBe(0);
  });

  test("takes inputs from a file beside the data", async () => {
    const withInputs = modelFile("inputs.json", {
      dynamics: { weights: [[1]], inputWeights: [[1]], covariance: [[0.5]] },
    });
    const args = ["filter", "-m", withInputs, "--data", file("y.csv", "y\n1\n2\n3\n")];
    const { out, code } = await statescan([...args, "--inputs", file("u.csv", "u\n0\n10\n0\n")]);
    expect(code).toBe(0);
    const { filteredMeans, predictedMeans } = JSON.parse(out);
    expect(predictedMeans[1][0]).toBeCloseTo(filteredMeans[0][0] + 10, 12);
  });

  test("ends with 4 when the numbers fail, with 5 when some series fail, and lists them", async () => {
    const m = modelFile("local.json");
    const bad = file("bad.csv", "y\n1e300\n");
    const path = join(folder, "failed.json");
    const all = await statescan(["filter", "-m", m, "--data", bad, "--out", path]);
    expect(all.code).toBe(4);
    expect(all.err).toMatch(/^filter: result expected status ok, got nonFinite\. .*\n$/);
    expect(readdirSync(folder)).not.toContain("failed.json");
    const some = await statescan([
      "filter",
      "-m",
      m,
      "--data",
      file("good.csv", "y\n1\n"),
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
    expect((await statescan(["help", "smooth"])).out).toContain("--covariances full|diag|none");
    expect((await statescan(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const args = ["smooth", "--model", "none.json", "--data", "none.csv"];
    expect((await statescan(args)).err).not.toMatch(/\n {4}at /);
    expect((await statescan(args, { env: { STATESCAN_DEBUG: "1" } })).err).toMatch(/\n {4}at /);
  });
});

/** Name, model, data, message; all end with 2. */
const BAD_INPUT: readonly (readonly [string, () => string, () => string, RegExp])[] = [
  [
    "data and model that disagree in m",
    () => modelFile("m.json"),
    () => file("w.csv", "a,b\n1,2\n"),
    /got \[1, 2\]/,
  ],
  [
    "an array of another shape",
    () => modelFile("m.json"),
    () => file("w.npy", writeNpy(new Float64Array(16), [2, 2, 2, 2])),
    /expected shape .* got \[2, 2, 2, 2\]/,
  ],
  [
    "ragged rows",
    () => modelFile("m.json"),
    () => file("r.csv", "a,b\n1,2\n3\n"),
    /line 3 expected 2 cells, got 1/,
  ],
  [
    "text in a numeric column",
    () => modelFile("m.json"),
    () => file("t.csv", "y\n1\nx\n"),
    /line 3, column "y" expected a number, got "x"/,
  ],
  ["an empty file", () => modelFile("m.json"), () => file("e.csv", ""), /got an empty file/],
  ["zero rows", () => modelFile("m.json"), () => file("z.csv", "y\n"), /a header and no rows/],
  [
    "an infinite value",
    () => modelFile("m.json"),
    () => file("i.csv", "y\n1\ninf\n"),
    /expected a finite number, got "inf"/,
  ],
  [
    "an infinite value in an array",
    () => modelFile("m.json"),
    () => file("i.npy", writeNpy(Float64Array.of(1, Infinity), [2])),
    /entry 1 expected a finite number or NaN/,
  ],
  [
    "an indefinite covariance",
    () => modelFile("m.json", { initial: { mean: [0], covariance: [[-1]] } }),
    () => file("y.csv", "y\n1\n"),
    /m\.json: initial\.covariance expected/,
  ],
  [
    "an asymmetric covariance",
    () =>
      modelFile("m.json", {
        initial: {
          mean: [0, 0],
          covariance: [
            [1, 0.5],
            [0, 1],
          ],
        },
        dynamics: {
          weights: [
            [1, 0],
            [0, 1],
          ],
          covariance: [
            [1, 0],
            [0, 1],
          ],
        },
        emissions: { weights: [[1, 0]], covariance: [[1]] },
      }),
    () => file("y.csv", "y\n1\n"),
    /m\.json: initial\.covariance.* expected/,
  ],
  [
    "an unknown key",
    () => modelFile("m.json", { dynamics: { weights: [[1]], covarianse: [[1]] } }),
    () => file("y.csv", "y\n1\n"),
    /dynamics\.covarianse.*covariance/,
  ],
  [
    "a model that is no JSON",
    () => file("m.json", "{"),
    () => file("y.csv", "y\n1\n"),
    /m\.json expected JSON/,
  ],
  [
    "another kind of model",
    () => modelFile("m.json", { type: "hmmm" }),
    () => file("y.csv", "y\n1\n"),
    /type expected/,
  ],
  [
    "a missing model",
    () => join(folder, "none.json"),
    () => file("y.csv", "y\n1\n"),
    /--model expected a readable file, got no such file/,
  ],
  [
    "missing data",
    () => modelFile("m.json"),
    () => join(folder, "none.csv"),
    /--data expected a readable file, got no such file/,
  ],
  [
    "a folder as data",
    () => modelFile("m.json"),
    () => {
      mkdirSync(join(folder, "d.csv"), { recursive: true });
      return join(folder, "d.csv");
    },
    /got a folder/,
  ],
  [
    "another kind of data",
    () => modelFile("m.json"),
    () => file("y.xlsx", "y"),
    /ending in \.csv, \.tsv, \.json, \.npy/,
  ],
];

suite("statescan with bad input", () => {
  // With a browser that does not exist, exit code 2 proves that none was looked for.
  const noBrowser = { env: { CHROME_PATH: join(folder, "no-browser") } };

  test.each(BAD_INPUT)(
    "ends with 2 on %s, says why in one line, writes nothing",
    async (_, model, data, message) => {
      for (const backend of ["cpu", "webgpu"]) {
        const args = ["smooth", "--model", model(), "--data", data(), "--backend", backend];
        const before = readdirSync(outFolder);
        const { code, out, err } = await statescan(
          [...args, "--out", join(outFolder, "bad.json")],
          noBrowser,
        );
        expect({ code, out }).toEqual({ code: 2, out: "" });
        expect(err).toMatch(message);
        expect(err).toMatch(/^smooth: .+ expected .+, got .+\. .+\n$/);
        expect(readdirSync(outFolder)).toEqual(before);
      }
    },
  );

  test.each([
    ["a folder that is not there", () => join(folder, "none", "x.json"), /that does not exist/],
    [
      "a folder",
      () => {
        mkdirSync(join(folder, "f.json"), { recursive: true });
        return join(folder, "f.json");
      },
      /expected a file, got the folder/,
    ],
    ["an unknown suffix", () => join(folder, "x.parquet"), /ending in/],
  ])("ends with 2 on output to %s, before the data are read", async (_, path, message) => {
    const { code, err } = await statescan([
      "smooth",
      ...NILE.slice(0, 2),
      "--data",
      "none.csv",
      "--out",
      path(),
    ]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).toMatch(/^smooth: .+ expected .+, got .+\. .+\n$/);
  });

  test("ends with 2 on a series beyond memory", async () => {
    const n = 128;
    const eye = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
    const big = modelFile("big.json", {
      initial: { mean: eye[0], covariance: eye },
      dynamics: { weights: eye, covariance: eye },
      emissions: { weights: [eye[0]], covariance: [[1]] },
    });
    const data = file("long.csv", `y\n${"1\n".repeat(40_000)}`);
    const { code, err } = await statescan(["smooth", "-m", big, "-d", data, "--backend", "cpu"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^smooth: memory expected at most .+, got .+ for 1 × 40000 steps/);
  });

  test("ends with 3 when there is no browser", async () => {
    const { code, err } = await statescan(["smooth", ...NILE, "--backend", "webgpu"], noBrowser);
    expect(code).toBe(3);
    expect(err).toMatch(/^statescan: CHROME_PATH expected a program, got .+\. .+\n$/);
  });

  test("info works without a browser, and ends with 3 only when hardware is asked for", async () => {
    const text = await statescan(["info"], noBrowser);
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/browser +none/);
    const json = JSON.parse((await statescan(["info", "--json"], noBrowser)).out);
    expect(json).toMatchObject({ browser: null, adapter: null });
    expect((await statescan(["info", "--gpu", "hardware"], noBrowser)).code).toBe(3);
  });
});

suite("statescan interrupted", () => {
  test.skipIf(process.platform === "win32")(
    "ends with 130 and leaves no file",
    async () => {
      const six = readFileSync(join(root, "examples/weather/model.json"), "utf8");
      const data = file("long.csv", `y\n${"1\n2\n3\n".repeat(200_000)}`);
      const path = join(outFolder, "interrupted.json");
      const before = readdirSync(outFolder);
      const args = ["smooth", "-m", file("six.json", six), "-d", data, "--out", path, "--progress", "json"];
      let sent = false;
      const { code, err } = await statescan([...args, "--backend", "cpu"], {
        onError(text, pid) {
          if (sent || !text.includes('"progress"')) return;
          sent = true;
          process.kill(pid, "SIGINT");
        },
      });
      expect(sent).toBe(true);
      expect(code).toBe(130);
      expect(err).toMatch(/statescan: interrupted\.\n$/);
      expect(readdirSync(outFolder)).toEqual(before);
    },
    BUILD_LIMIT,
  );
});
