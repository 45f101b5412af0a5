/** Every bad input: its exit code, one line in the form of all messages, nothing written. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { writeNpy } from "./data/npy.ts";
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

/** Name, model, data, message; all end with 2. */
const BAD_INPUT: readonly (readonly [string, () => string, () => string, RegExp])[] = [
  [
    "data and model that disagree in m",
    () => modelFile("m.json"),
    () => command.file("w.csv", "a,b\n1,2\n"),
    /got \[1, 2\]/,
  ],
  [
    "an array of another shape",
    () => modelFile("m.json"),
    () => command.file("w.npy", writeNpy(new Float64Array(16), [2, 2, 2, 2])),
    /expected shape .* got \[2, 2, 2, 2\]/,
  ],
  [
    "ragged rows",
    () => modelFile("m.json"),
    () => command.file("r.csv", "a,b\n1,2\n3\n"),
    /line 3 expected 2 cells, got 1/,
  ],
  [
    "text in a numeric column",
    () => modelFile("m.json"),
    () => command.file("t.csv", "y\n1\nx\n"),
    /line 3, column "y" expected a number, got "x"/,
  ],
  ["an empty file", () => modelFile("m.json"), () => command.file("e.csv", ""), /got an empty file/],
  ["zero rows", () => modelFile("m.json"), () => command.file("z.csv", "y\n"), /a header and no rows/],
  [
    "an infinite value",
    () => modelFile("m.json"),
    () => command.file("i.csv", "y\n1\ninf\n"),
    /expected a finite number, got "inf"/,
  ],
  [
    "an infinite value in an array",
    () => modelFile("m.json"),
    () => command.file("i.npy", writeNpy(Float64Array.of(1, Infinity), [2])),
    /entry 1 expected a finite number or NaN/,
  ],
  [
    "an indefinite covariance",
    () => modelFile("m.json", { initial: { mean: [0], covariance: [[-1]] } }),
    () => command.file("y.csv", "y\n1\n"),
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
    () => command.file("y.csv", "y\n1\n"),
    /m\.json: initial\.covariance.* expected/,
  ],
  [
    "an unknown key",
    () => modelFile("m.json", { dynamics: { weights: [[1]], covarianse: [[1]] } }),
    () => command.file("y.csv", "y\n1\n"),
    /dynamics\.covarianse.*covariance/,
  ],
  [
    "a model that is no JSON",
    () => command.file("m.json", "{"),
    () => command.file("y.csv", "y\n1\n"),
    /m\.json expected JSON/,
  ],
  [
    "another kind of model",
    () => modelFile("m.json", { type: "hmmm" }),
    () => command.file("y.csv", "y\n1\n"),
    /type expected/,
  ],
  [
    "a missing model",
    () => join(command.folder, "none.json"),
    () => command.file("y.csv", "y\n1\n"),
    /--model expected a readable file, got no such file/,
  ],
  [
    "missing data",
    () => modelFile("m.json"),
    () => join(command.folder, "none.csv"),
    /--data expected a readable file, got no such file/,
  ],
  [
    "a folder as data",
    () => modelFile("m.json"),
    () => {
      mkdirSync(join(command.folder, "d.csv"), { recursive: true });
      return join(command.folder, "d.csv");
    },
    /got a folder/,
  ],
  [
    "another kind of data",
    () => modelFile("m.json"),
    () => command.file("y.xlsx", "y"),
    /ending in \.csv, \.tsv, \.json, \.npy/,
  ],
];

suite("statescan with bad input", () => {
  // With a browser that does not exist, exit code 2 proves that none was looked for.
  const noBrowser = { env: { CHROME_PATH: "/no-browser" } };

  test.each(BAD_INPUT)(
    "ends with 2 on %s, says why in one line, writes nothing",
    async (_, model, data, message) => {
      for (const backend of ["cpu", "webgpu"]) {
        const args = ["smooth", "--model", model(), "--data", data(), "--backend", backend];
        const before = readdirSync(outFolder());
        const { code, out, err } = await command.run(
          [...args, "--out", join(outFolder(), "bad.json")],
          noBrowser,
        );
        expect({ code, out }).toEqual({ code: 2, out: "" });
        expect(err).toMatch(message);
        expect(err).toMatch(/^smooth: .+ expected .+, got .+\. .+\n$/);
        expect(readdirSync(outFolder())).toEqual(before);
      }
    },
  );

  test.each([
    ["a folder that is not there", () => join(command.folder, "none", "x.json"), /that does not exist/],
    [
      "a folder",
      () => {
        mkdirSync(join(command.folder, "f.json"), { recursive: true });
        return join(command.folder, "f.json");
      },
      /expected a file, got the folder/,
    ],
    ["an unknown suffix", () => join(command.folder, "x.parquet"), /ending in/],
  ])("ends with 2 on output to %s, before the data are read", async (_, path, message) => {
    const { code, err } = await command.run([
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

  test.runIf(existsSync("/dev/full"))("ends with 2 when standard output is full", async () => {
    const program = join(command.folder, "bin/statescan.js");
    const script = `"${process.execPath}" "${program}" smooth ${NILE.join(" ")} --backend cpu > /dev/full`;
    const { status, stderr } = spawnSync("sh", ["-c", script], { cwd: ROOT, encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^statescan: standard output expected .+, got ENOSPC\. .+\n$/);
  });

  test("ends with 2 on output to a file that is read, and leaves that file alone", async () => {
    const model = modelFile("own.json");
    const data = command.file("own.csv", "y\n1\n");
    symlinkSync(data, join(command.folder, "link.csv"));
    for (const out of [model, data, join(command.folder, "link.csv")]) {
      const { code, err } = await command.run(["smooth", "-m", model, "-d", data, "--out", out]);
      expect(code).toBe(2);
      expect(err).toMatch(/^smooth: --out expected a file of its own, got .+\. .+\n$/);
    }
    expect(readFileSync(data, "utf8")).toBe("y\n1\n");
    expect(JSON.parse(readFileSync(model, "utf8")).type).toBe("linear-gaussian");
  });

  test("ends with 2 on a series beyond memory", async () => {
    const n = 128;
    const eye = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
    const big = modelFile("big.json", {
      initial: { mean: eye[0], covariance: eye },
      dynamics: { weights: eye, covariance: eye },
      emissions: { weights: [eye[0]], covariance: [[1]] },
    });
    const data = command.file("long.csv", `y\n${"1\n".repeat(40_000)}`);
    const { code, err } = await command.run(["smooth", "-m", big, "-d", data, "--backend", "cpu"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^smooth: memory expected at most .+, got .+ for 1 × 40000 steps/);
  });

  test("ends with 3 when there is no browser", async () => {
    const { code, err } = await command.run(["smooth", ...NILE, "--backend", "webgpu"], noBrowser);
    expect(code).toBe(3);
    expect(err).toMatch(/^statescan: CHROME_PATH expected a program, got .+\. .+\n$/);
  });

  test("info works without a browser, and ends with 3 only when hardware is asked for", async () => {
    const text = await command.run(["info"], noBrowser);
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/browser +none/);
    const json = JSON.parse((await command.run(["info", "--json"], noBrowser)).out);
    expect(json).toMatchObject({ browser: null, adapter: null });
    expect((await command.run(["info", "--gpu", "hardware"], noBrowser)).code).toBe(3);
  });
});
