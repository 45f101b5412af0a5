/** The built command on hidden Markov models of many families: data in and results out in every kind of file, on the CPU backend. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { cells, hmmDocument, npyBytes, npyFile, npzBytes, npzMember } from "./testing/array_files.ts";
import { type BuiltCommand, builtCommand } from "./testing/built_command.ts";

/** Each run of the command starts a process, on machines that may be busy. */
const LIMIT = 60_000;
let command: BuiltCommand;
const out = (name: string) => join(command.folder, "out", name);

beforeAll(async () => {
  command = await builtCommand();
  mkdirSync(out(""));
}, 60_000);
afterAll(() => command.remove());

const ok = async (...args: string[]) => {
  const { code, out: text, err } = await command.run(args);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return text;
};
const json = async (...args: string[]) => JSON.parse(await ok(...args));
const refused = async (pattern: RegExp, ...args: string[]) => {
  const { code, err } = await command.run(args);
  expect(err).toMatch(pattern);
  expect(code).toBe(2);
};
const model = (name: string, emissions: object, change: object = {}) =>
  command.file(`${name}.json`, hmmDocument(emissions, change));
const npy = (name: string, data: number[], shape: number[]) => command.file(name, npyBytes(data, shape));
const counts = {
  family: "poisson",
  rates: [
    [2, 3],
    [9, 1],
  ],
};

suite("data and results of hidden Markov models", () => {
  test(
    "npy, json, csv and npz hold the same data, and results of them are the same in every kind of file",
    async () => {
      const m = ["--model", model("counts", counts)];
      const rows = [
        [1, 3],
        [4, null],
        [12, 0],
        [8, 2],
      ];
      const flat = rows.flat().map(value => value ?? Number.NaN);
      const files = [
        command.file("y.json", JSON.stringify(rows)),
        command.file("y.csv", `a,b\n${rows.map(row => row.map(v => v ?? "").join(",")).join("\n")}\n`),
        npy("y.npy", flat, [4, 2]),
        command.file("y.npz", npzBytes({ observations: [flat, [4, 2]] })),
      ];
      const fields = ["--fields", "smoothedProbs"];
      const wanted = (await json("smooth", ...m, "--data", files[0], ...fields)).smoothedProbs;
      for (const [k, suffix] of ["csv", "tsv", "npy", "npz"].entries()) {
        const to = out(`s.${suffix}`);
        await ok("smooth", ...m, "--data", files[k], ...fields, "--out", to);
        const got =
          suffix === "npy"
            ? [...npyFile(to).data]
            : suffix === "npz"
              ? [...npzMember(to, "smoothedProbs").data]
              : cells(to)
                  .slice(1)
                  .flatMap(row => row.slice(1).map(Number));
        expect(got).toEqual(wanted.flat());
      }
    },
    LIMIT,
  );

  test(
    "simulated draws go back in, each as a series; batches of npy and of npz with inputs",
    async () => {
      const m = ["--model", model("counts", counts)];
      await ok("simulate", ...m, "--steps", "5", "--samples", "3", "--seed", "7", "--out", out("draws.csv"));
      expect(cells(out("draws.csv"))[0]).toEqual(["sample", "t", "state", "observation_0", "observation_1"]);
      const back = ["--columns", "observation_0,observation_1", "--series", "sample"];
      const decoded = await json("decode", ...m, "--data", out("draws.csv"), ...back);
      expect(decoded.series).toEqual(["0", "1", "2"]);
      await ok("decode", ...m, "--data", out("draws.csv"), ...back, "--out", out("paths.csv"));
      const paths = cells(out("paths.csv"));
      expect(paths[0]).toEqual(["series", "t", "most_likely_state"]);
      expect(paths.slice(1).map(row => Number(row[2]))).toEqual(decoded.mostLikelyStates.flat());
      const batch = npy("batch.npy", [1, 2, 3, 4, 0, 1, 9, 1, 2, 2, 1, Number.NaN], [2, 3, 2]);
      await ok("sample", ...m, "--data", batch, "--samples", "2", "--out", out("states.npy"));
      expect(npyFile(out("states.npy")).shape).toEqual([2, 2, 3]);
      const kind = "input-driven";
      const transitions = {
        kind,
        weights: [
          [[0], [1.5]],
          [[-0.5], [0]],
        ],
      };
      const driven = model(
        "driven",
        { family: "poisson", rates: [1, 6] },
        { transitions, transitionMatrix: undefined },
      );
      // Nothing reads the inputs of the first step.
      const both = command.file(
        "both.npz",
        npzBytes({
          observations: [
            [1, 5, 7],
            [3, 1],
          ],
          inputs: [
            [Number.NaN, 1, 0.2],
            [3, 1],
          ],
        }),
      );
      const filtered = await command.run(["filter", "--model", driven, "--data", both]);
      expect(filtered).toMatchObject({ code: 0, err: "" });
      const next = command.file("next.csv", "x\n1\n2\n");
      const args = ["--model", driven, "--data", both, "--steps", "2"];
      await ok("forecast", ...args, "--future-inputs", next, "--out", out("ahead.npz"));
      expect(npzMember(out("ahead.npz"), "stateProbs").shape).toEqual([2, 2]);
      await refused(
        /forecast: --future-inputs expected \[h, 1\] as the model takes inputs/,
        "forecast",
        ...args,
      );
    },
    LIMIT,
  );

  test.each<[string, object, object?]>([
    ["categorical", { family: "categorical", probs: [[[0.5, 0.5, 0]], [[0.2, 0.3, 0.5]]] }],
    ["student", { family: "student-t", means: [0, 2], scales: [1, 2], dofs: [4, 5] }],
    [
      "product",
      {
        family: "product",
        blocks: [
          { family: "bernoulli", probs: [[0.2], [0.7]] },
          { family: "gaussian", means: [[0], [3]], covariances: [[[1]], [[2]]] },
        ],
      },
    ],
    [
      "regimes",
      { family: "gamma", concentrations: [2, 3], rates: [1, 4] },
      {
        transitionMatrix: undefined,
        transitions: {
          kind: "semi-markov",
          transitionMatrix: [
            [0, 1],
            [1, 0],
          ],
          durations: {
            kind: "explicit",
            probs: [
              [0.1, 0.2, 0.7],
              [0.5, 0.5, 0],
            ],
          },
        },
      },
    ],
  ])(
    "%s goes through every command",
    async (name, emissions, change) => {
      const m = ["--model", model(name, emissions, change)];
      const y = out(`${name}.csv`);
      await ok("simulate", ...m, "--steps", "6", "--seed", "1", "--fields", "observations", "--out", y);
      const args = [...m, "--data", y];
      const smoothed = await json("smooth", ...args);
      expect(smoothed.smoothedProbs.length).toBe(6);
      for (const call of ["filter", "loglik"])
        expect((await json(call, ...args)).marginalLogLikelihood).toBe(smoothed.marginalLogLikelihood);
      expect((await json("decode", ...args)).logJoint).toBeLessThan(smoothed.marginalLogLikelihood);
      expect((await json("sample", ...args)).states[0].length).toBe(6);
      expect((await json("forecast", ...args, "--steps", "2")).stateProbs.length).toBe(2);
    },
    LIMIT,
  );

  test(
    "log-likelihoods that are given may be −Infinity, in files too; other data may not",
    async () => {
      const m = ["--model", model("given", { family: "precomputed" })];
      const files = [
        command.file("l.json", '[[-1, -1e999], ["-Infinity", -2], [null, null]]'),
        command.file("l.csv", "a,b\n-1,-inf\n-Infinity,-2\n,\n"),
        npy(
          "l.npy",
          [-1, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, -2, Number.NaN, Number.NaN],
          [3, 2],
        ),
      ];
      for (const file of files) {
        const decoded = await json("decode", ...m, "--data", file);
        expect(decoded.mostLikelyStates.slice(0, 2)).toEqual([0, 1]);
        expect(decoded.logJoint).toBeCloseTo(Math.log(0.5 * 0.1 * 0.8) - 3, 12);
      }
      const plus = command.file("plus.json", "[[-1, 1e999]]");
      await refused(
        /plus\.json\[0\]\[1\] expected a finite number or null, got Infinity/,
        "decode",
        ...m,
        "--data",
        plus,
      );
      const other = ["--model", model("counts", counts)];
      await refused(
        /l\.json\[0\]\[1\] expected a finite number or null, got -Infinity/,
        "decode",
        ...other,
        "--data",
        files[0],
      );
      await refused(
        /l\.csv, line 2, column "b" expected a finite number, got "-inf"/,
        "decode",
        ...other,
        "--data",
        files[1],
      );
    },
    LIMIT,
  );

  test(
    "a blank line in the middle of one column is a missing step; in more columns it is an error",
    async () => {
      const m = ["--model", model("one", { family: "poisson", rates: [2, 9] })];
      const blank = command.file("blank.csv", "y\n1\n\n3\n\n\n");
      const { logLikelihoods } = await json("loglik", ...m, "--data", blank);
      expect(logLikelihoods.length).toBe(3);
      expect(logLikelihoods[1]).toBe(0);
      const two = command.file("blank2.csv", "y,z\n1,2\n\n3,4\n");
      const both = ["--model", model("counts", counts), "--data", two];
      await refused(/blank2\.csv, line 3 expected 2 cells, got 1/, "loglik", ...both);
    },
    LIMIT,
  );

  test(
    "expected transitions: no table of one matrix, none with a lag, and numbers below 0 are named",
    async () => {
      const args = ["--model", model("one", { family: "poisson", rates: [2, 9] })];
      args.push("--data", command.file("few.json", "[1, 9, 2]"));
      const field = ["--fields", "expectedTransitions"];
      await refused(
        /smooth: --out expected a file ending in \.json, \.npy or \.npz for expectedTransitions, .* got .*x\.csv/,
        "smooth",
        ...args,
        ...field,
        "--out",
        out("x.csv"),
      );
      await ok("smooth", ...args, ...field, "--out", out("x.npy"));
      expect(npyFile(out("x.npy")).shape).toEqual([2, 2]);
      for (const form of ["sum", "steps"])
        await refused(
          new RegExp(`smooth: --transitions expected nothing with --lag, got ${form}: with a lag`),
          "smooth",
          ...args,
          "--lag",
          "1",
          "--transitions",
          form,
        );
      await refused(/--lag expected a whole number ≥ 0, got "-1"/, "smooth", ...args, "--lag", "-1");
      await refused(/--seed expected a whole number ≥ 0, got "-1"/, "sample", ...args, "--seed", "-1");
      await refused(
        /got "--smoother", which decode does not take \(smooth and decompose do\)/,
        "decode",
        ...args,
        "--smoother",
        "x",
      );
    },
    LIMIT,
  );
});
