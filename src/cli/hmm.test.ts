/** The built command on hidden Markov models, on the CPU backend. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import {
  decode,
  forecast,
  type HiddenMarkovModel,
  parseModelDocument,
  samplePosterior,
  simulate,
  smooth,
} from "../api/index.ts";
import { EARTHQUAKES } from "../api/testing/hmm_cases.ts";
import { readNpy } from "./data/npy.ts";
import { readZip } from "./data/zip.ts";
import { type BuiltCommand, builtCommand, ROOT } from "./testing/built_command.ts";

const QUAKES = [
  "--model",
  "examples/earthquakes/model.json",
  "--data",
  "examples/earthquakes/earthquakes.csv",
];
/** Each run of the command starts a process, on machines that may be busy. */
const LIMIT = 30_000;
let command: BuiltCommand;
const out = (name: string) => join(command.folder, "out", name);

beforeAll(async () => {
  command = await builtCommand();
  mkdirSync(out(""));
}, 120_000);
afterAll(() => command.remove());

const model = () => parseModelDocument<HiddenMarkovModel>(readFileSync(join(ROOT, QUAKES[1]), "utf8"));
const ok = async (...args: string[]) => {
  const { code, out: text, err } = await command.run(args);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return text;
};
const refused = async (pattern: RegExp, ...args: string[]) => {
  const { code, err } = await command.run(args);
  expect(err).toMatch(pattern);
  expect(code).toBe(2);
};
const table = (path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map(line => line.split(","));
const flat = (nested: unknown) => (nested as number[][]).flat(4);
const document = (change: object = {}) => ({
  ...JSON.parse(readFileSync(join(ROOT, QUAKES[1]), "utf8")),
  ...change,
});
const file = (name: string, change: object) => command.file(name, JSON.stringify(document(change)));
/** A file without the index of its columns. */
const DIE = {
  initialProbs: [1, 0],
  transitionMatrix: [
    [0.5, 0.5],
    [0, 1],
  ],
  emissions: {
    family: "categorical",
    probs: [
      [0.5, 0.5, 0],
      [0.2, 0.8, 0],
    ],
  },
};

suite("statescan on hidden Markov models", () => {
  test(
    "decode gives the path of the earthquakes, its log-probability, and a table",
    async () => {
      const result = JSON.parse(await ok("decode", ...QUAKES));
      const wanted = await decode(model(), EARTHQUAKES);
      expect(result).toMatchObject({ call: "decode", status: "ok", run: { backend: "cpu" } });
      expect(result.logJoint).toBeCloseTo(-347.19992869364, 9);
      expect(result.mostLikelyStates).toEqual([...wanted.mostLikelyStates.data]);
      await ok("decode", ...QUAKES, "--out", out("path.csv"));
      const [header, ...rows] = table(out("path.csv"));
      expect(header).toEqual(["t", "most_likely_state"]);
      expect(rows.map(([, state]) => Number(state))).toEqual(result.mostLikelyStates);
      await ok("decode", ...QUAKES, "--out", out("path.npy"));
      const where = { call: "", option: "", path: "" };
      expect([...readNpy(readFileSync(out("path.npy")), where).data]).toEqual(result.mostLikelyStates);
    },
    LIMIT,
  );

  test(
    "smooth, filter and loglik give probabilities, expected transitions and likelihoods",
    async () => {
      const wanted = await smooth(model(), EARTHQUAKES);
      const result = JSON.parse(await ok("smooth", ...QUAKES));
      expect(result.marginalLogLikelihood).toBe(wanted.marginalLogLikelihood);
      for (const field of [
        "smoothedProbs",
        "filteredProbs",
        "predictedProbs",
        "expectedTransitions",
      ] as const)
        expect(flat(result[field])).toEqual([...wanted[field].data]);
      expect(result.emissionLogLikelihoods).toBeUndefined();
      expect(result.expectedTransitions.length).toBe(2);
      await ok("smooth", ...QUAKES, "--out", out("s.csv"));
      expect(table(out("s.csv"))[0]).toEqual(
        "t,smoothed_prob_0,smoothed_prob_1,filtered_prob_0,filtered_prob_1,predicted_prob_0,predicted_prob_1,log_likelihood".split(
          ",",
        ),
      );
      await ok(
        "smooth",
        ...QUAKES,
        "--transitions",
        "steps",
        "--fields",
        "expectedTransitions",
        "--out",
        out("t.csv"),
      );
      const steps = table(out("t.csv"));
      expect(steps[0]).toEqual(["t", ...["0_0", "0_1", "1_0", "1_1"].map(ij => `expected_transition_${ij}`)]);
      expect(steps.length).toBe(108);
      expect(steps[107]).toEqual(["106", "", "", "", ""]);
      const lagged = JSON.parse(await ok("smooth", ...QUAKES, "--lag", "2"));
      expect(flat(lagged.smoothedProbs)).toEqual([
        ...(await smooth(model(), EARTHQUAKES, { lag: 2 })).smoothedProbs.data,
      ]);
      expect(lagged.expectedTransitions).toBeUndefined();
      const filtered = JSON.parse(await ok("filter", ...QUAKES, "--fields", "emissionLogLikelihoods"));
      expect(filtered.emissionLogLikelihoods[0].length).toBe(2);
      const likelihood = JSON.parse(await ok("loglik", ...QUAKES));
      expect(likelihood.marginalLogLikelihood).toBeCloseTo(-342.318306376469, 9);
    },
    LIMIT,
  );

  test(
    "sample, simulate and forecast; simulated data go back in",
    async () => {
      const draws = JSON.parse(await ok("sample", ...QUAKES, "--samples", "3", "--seed", "4"));
      const wanted = await samplePosterior(model(), EARTHQUAKES, { numSamples: 3, seed: 4 });
      expect(flat(draws.states)).toEqual([...wanted.states.data]);
      await ok("sample", ...QUAKES, "--samples", "2", "--out", out("d.csv"));
      const drawnRows = table(out("d.csv"));
      expect(drawnRows[0]).toEqual(["sample", "t", "state"]);
      expect(drawnRows.length).toBe(1 + 2 * EARTHQUAKES.length);
      const ahead = JSON.parse(await ok("forecast", ...QUAKES, "--steps", "10"));
      const next = await forecast(model(), EARTHQUAKES, 10);
      for (const field of ["stateProbs", "means", "covariances", "lower", "upper"] as const)
        expect(flat(ahead[field])).toEqual([...next[field].data]);
      await ok("forecast", ...QUAKES, "--steps", "1", "--covariances", "diag", "--out", out("f.csv"));
      expect(table(out("f.csv"))[0]).toEqual(
        "t,state_prob_0,state_prob_1,mean_0,var_0,lower_0,upper_0".split(","),
      );
      await ok(
        "simulate",
        "--model",
        QUAKES[1],
        "--steps",
        "20",
        "--seed",
        "3",
        "--initial-state",
        "1",
        "--out",
        out("y.csv"),
      );
      const drawn = simulate(model(), { numSteps: 20, seed: 3, initialState: 1 });
      expect(table(out("y.csv"))[0]).toEqual(["t", "state", "observation_0"]);
      expect(
        table(out("y.csv"))
          .slice(1)
          .map(row => Number(row[1])),
      ).toEqual([...drawn.states.data]);
      await ok("decode", "--model", QUAKES[1], "--data", out("y.csv"), "--columns", "observation_0");
    },
    LIMIT,
  );

  test(
    "several series, as names in a column, to npz",
    async () => {
      const rows = ["a,3", "a,20", "b,31", "a,18", "b,28"];
      const data = command.file("two.csv", `series,count\n${rows.join("\n")}\n`);
      const args = ["--model", QUAKES[1], "--data", data, "--series", "series"];
      const result = JSON.parse(await ok("smooth", ...args));
      expect(result).toMatchObject({ series: ["a", "b"], lengths: [3, 2], statuses: ["ok", "ok"] });
      expect(result.smoothedProbs.map((one: unknown[]) => one.length)).toEqual([3, 2]);
      expect(result.expectedTransitions.map((one: unknown[]) => one.length)).toEqual([2, 2]);
      const decoded = JSON.parse(await ok("decode", ...args));
      expect(decoded.logJoints.length).toBe(2);
      expect(decoded.mostLikelyStates.map((one: unknown[]) => one.length)).toEqual([3, 2]);
      await ok("smooth", ...args, "--out", out("two.npz"));
      const members = readZip(readFileSync(out("two.npz")), { call: "", option: "", path: "" });
      expect([...members.keys()]).toContain("expectedTransitions.npy");
    },
    LIMIT,
  );

  test(
    "categories: their probabilities ahead; data that no state can give end with 4, or 5 beside good ones",
    async () => {
      const die = file("die.json", DIE);
      const data = command.file("good.json", JSON.stringify([0, 1, 1]));
      const ahead = JSON.parse(await ok("forecast", "--model", die, "--data", data, "--steps", "2"));
      expect(ahead.categoryProbs[1][0].length).toBe(3);
      expect(ahead.lower).toEqual([[null], [null]]);
      const bad = command.file("bad.json", JSON.stringify([0, 2, 1]));
      const failed = await command.run(["decode", "--model", die, "--data", bad]);
      expect(failed.code).toBe(4);
      expect(failed.err).toMatch(/got nonFinite\. No state can give the observation of step 1/);
      const both = command.file(
        "both.json",
        JSON.stringify([
          [[0], [2], [1]],
          [[0], [1]],
        ]),
      );
      const { code, out: text, err } = await command.run(["filter", "--model", die, "--data", both]);
      expect(code).toBe(5);
      expect(err).toMatch(/1 of 2 series failed: 0 \(nonFinite\)/);
      const result = JSON.parse(text);
      expect(result).toMatchObject({ statuses: ["nonFinite", "ok"], impossibleSteps: [1, -1] });
      expect(result.filteredProbs[0][0]).toEqual([1, 0]);
      expect(result.filteredProbs[0][1]).toEqual([null, null]);
      expect(text).toMatch(/"marginalLogLikelihoods": \[-1e999,-/);
    },
    LIMIT,
  );

  test(
    "what is not for such a model is refused",
    async () => {
      await refused(
        /smooth: --form expected nothing for a hidden Markov model, got squareRoot/,
        "smooth",
        ...QUAKES,
        "--form",
        "squareRoot",
      );
      await refused(
        /filter: --covariances expected nothing for a hidden/,
        "filter",
        ...QUAKES,
        "--covariances",
        "diag",
      );
      await refused(/smooth: --lag expected a whole number ≥ 0, got "-1"/, "smooth", ...QUAKES, "--lag=-1");
      await refused(/decompose: --model expected a document of components/, "decompose", ...QUAKES);
      const nile = ["--model", "examples/nile/model.json", "--data", "examples/nile/nile.csv"];
      await refused(/decode: --model expected a document of type "hmm"/, "decode", ...nile);
      await refused(
        /smooth: --lag expected nothing for a linear Gaussian model, got 3/,
        "smooth",
        ...nile,
        "--lag",
        "3",
      );
      await refused(
        /--fields expected mostLikelyStates, got "mostLikelyState"\. Did you mean "mostLikelyStates"/,
        "decode",
        ...QUAKES,
        "--fields",
        "mostLikelyState",
      );
      await refused(
        /smooth: options\.smoother expected "auto" or "rts" with a lag/,
        "smooth",
        ...QUAKES,
        "--lag",
        "2",
        "--smoother",
        "twoFilter",
      );
      const wrong = file("wrong.json", {
        transitionMatrix: [
          [0.9, 0.2],
          [0.1, 0.9],
        ],
      });
      await refused(
        /wrong\.json: transitionMatrix\[0\] expected probabilities that sum to 1, got a sum of 1\.1/,
        "decode",
        "--model",
        wrong,
        ...QUAKES.slice(2),
      );
      const fraction = command.file("fraction.csv", "count\n3\n4.5\n");
      await refused(
        /decode: observations\[1\] expected a count: a whole number ≥ 0, got 4\.5/,
        "decode",
        ...QUAKES.slice(0, 2),
        "--data",
        fraction,
      );
    },
    LIMIT,
  );

  test(
    "help names decode and its options",
    async () => {
      expect(await ok("help")).toMatch(/decode +the most probable path/);
      const help = await ok("decode", "--help");
      expect(help).toMatch(/statescan decode --model examples\/earthquakes/);
      expect(help).not.toMatch(/--form|--refine/);
      expect(await ok("help", "smooth")).toMatch(/--lag L/);
    },
    LIMIT,
  );

  test(
    "the example draws the earthquakes' quiet and active years",
    async () => {
      // The example beside the built command, as it is in a clone.
      const example = join("examples", "earthquakes");
      cpSync(join(ROOT, example), join(command.folder, example), { recursive: true });
      const page = out("quakes.html");
      const program = join(command.folder, example, "plot.mjs");
      const text = execFileSync(process.execPath, [program, page], { encoding: "utf8" });
      expect(text).toMatch(/^4 active stretches: 1905-1918, 1934-1951, 1957-1957, 1968-1976/);
      const html = readFileSync(page, "utf8");
      expect(html.match(/<svg/g)?.length).toBe(2);
      expect(html.match(/class="gap"/g)?.length).toBe(4);
    },
    LIMIT,
  );
});
