/** The built command on nonlinear models, on the CPU backend. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import {
  forecast,
  loadModelDocument,
  type NonlinearSSM,
  particleSmooth,
  simulate,
  smooth,
} from "../api/index.ts";
import { docText } from "../api/testing/doc_examples.ts";
import { type BuiltCommand, builtCommand, ROOT } from "./testing/built_command.ts";

const MODEL = "examples/pendulum/model.json";
const DATA = "examples/pendulum/pendulum.csv";
const LIMIT = 30_000;
let command: BuiltCommand;
const out = (name: string) => join(command.folder, "out", name);

beforeAll(async () => {
  command = await builtCommand();
  mkdirSync(out(""));
}, 120_000);
afterAll(() => command.remove());

const document = () => JSON.parse(readFileSync(join(ROOT, MODEL), "utf8"));
const model = () => loadModelDocument<NonlinearSSM>(document());
const y = () =>
  readFileSync(join(ROOT, DATA), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map(line => [Number(line)]);
const json = async (...args: string[]) => {
  const { code, out: text, err } = await command.run([...args, "--backend", "cpu"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(text);
};

suite("statescan on a nonlinear model", () => {
  test("smooth, filter and loglik give the published values of the pendulum", {
    timeout: LIMIT,
  }, async () => {
    const data = ["--model", MODEL, "--data", DATA];
    const extended = await json("smooth", ...data, "--linearization", "taylor");
    expect(extended.marginalLogLikelihood).toBeCloseTo(1.03348869, 4);
    expect(extended.smoothedMeans[0][0]).toBeCloseTo(1.53534291, 5);
    expect(extended).not.toHaveProperty("iterations");
    const unscented = await json("loglik", ...data);
    expect(unscented.marginalLogLikelihood).toBeCloseTo(-1.53351382, 4);
    const hermite = await json("filter", ...data, "--linearization", "gauss-hermite", "--order", "5");
    expect(hermite.marginalLogLikelihood).toBeCloseTo(-1.41290106, 4);
    const wide = ["--alpha", "1.7320508075688772", "--beta", "2", "--kappa", "1"];
    expect((await json("loglik", ...data, ...wide)).marginalLogLikelihood).toBeCloseTo(-9.66096604, 4);
  });

  test("iterations, forecast, sample and simulate are those of the library", { timeout: LIMIT }, async () => {
    const data = ["--model", MODEL, "--data", DATA];
    const got = await json("smooth", ...data, "--linearization", "taylor", "--iterations", "30");
    const result = await smooth(await model(), y(), { linearization: "taylor", iterations: 30 });
    expect(got.smoothedMeans.flat()).toEqual(Array.from(result.smoothedMeans.data));
    expect(got.iterations).toBe(result.iterations[0]);
    expect(got.converged).toBe(true);
    expect(got.objectives).toEqual(result.objectives[0]);
    const ahead = await json("forecast", ...data, "--steps", "5", "--linearization", "cubature");
    const expected = await forecast(await model(), y(), 5, { linearization: "cubature" });
    expect(ahead.means.flat()).toEqual(Array.from(expected.means.data));
    const draws = await json("sample", ...data, "--samples", "2", "--iterations", "3");
    expect(draws.states).toHaveLength(2);
    const { code } = await command.run([
      "simulate",
      "--model",
      MODEL,
      "--steps",
      "9",
      "--out",
      out("s.json"),
    ]);
    expect(code).toBe(0);
    const drawn = simulate(await model(), { numSteps: 9 });
    expect(JSON.parse(readFileSync(out("s.json"), "utf8")).states.flat()).toEqual(
      Array.from(drawn.states.data),
    );
  });

  test("a family, mean and covariance by expressions, and the document of the manual", {
    timeout: LIMIT,
  }, async () => {
    const { emissions: _, stateNames: _names, ...walk } = document();
    const base = { ...walk, type: "generalized-gaussian", initial: { mean: [0], covariance: [[1]] } };
    const dynamics = { expressions: "x0", covariance: [[0.1]] };
    const counts = command.file("counts.csv", "y\n1\n0\n\n4\n2\n");
    const family = { family: "poisson", expressions: "exp(x0)" };
    const byHand = { mean: ["exp(x0)"], covariance: [["exp(x0)"]] };
    const [a, b] = await Promise.all(
      [family, byHand].map((emissions, i) =>
        json(
          "smooth",
          "--model",
          command.file(`m${i}.json`, JSON.stringify({ ...base, dynamics, emissions })),
          "--data",
          counts,
        ),
      ),
    );
    expect(a.smoothedMeans).toEqual(b.smoothedMeans);
    expect(a.smoothedMeans).toHaveLength(5);
    const manual = [...docText("command.md").matchAll(/```json\n([\s\S]*?)```/g)]
      .map(match => match[1])
      .find(text => text.includes("nonlinear-gaussian"));
    expect((await loadModelDocument<NonlinearSSM>(manual as string)).type).toBe("nonlinear-gaussian");
  });

  test("a log density of the data, beside inputs", { timeout: LIMIT }, async () => {
    const { emissions: _, stateNames: _names, ...walk } = document();
    const base = {
      ...walk,
      type: "generalized-gaussian",
      initial: { mean: [0], covariance: [[1]] },
      inputDim: 1,
      dynamics: { expressions: "x0 + 0.1*u0", covariance: [[0.1]] },
    };
    const data = command.file("counts_u.csv", "y\n1\n0\n\n4\n2\n");
    const inputs = command.file("u.csv", "u\n0\n1\n0\n2\n1\n");
    const [a, b] = await Promise.all(
      [
        { logDensity: "y0*(x0 + 0*u0) - exp(x0) - lgamma(y0 + 1)" },
        { family: "poisson", expressions: "exp(x0)" },
      ].map((emissions, i) =>
        json(
          ...["smooth", "--linearization", "taylor", "--iterations", "40"],
          ...["--model", command.file(`density${i}.json`, JSON.stringify({ ...base, emissions }))],
          ...["--data", data, "--inputs", inputs],
        ),
      ),
    );
    expect(a.converged).toBe(true);
    // The mode of counts is near what the moments give, and not the same.
    a.smoothedMeans.forEach(([x]: number[], t: number) => {
      expect(Math.abs(x - b.smoothedMeans[t][0])).toBeLessThan(0.5);
    });
    const bad = command.file(
      "bad_density.json",
      JSON.stringify({ ...base, emissions: { logDensity: "y1*x0" } }),
    );
    const { code, err } = await command.run(["smooth", "--model", bad, "--data", data, "--inputs", inputs]);
    expect(code).toBe(2);
    expect(err).toMatch(/emissions\.logDensity expected one of the names .*got "y1" at column 1/);
  });

  test("functions in WGSL, in the document or a file of their own, give the same", {
    timeout: LIMIT,
  }, async () => {
    const code = `
      struct Pendulum { g: f32, dt: f32 }
      fn dynamics(x: vec2f, p: Pendulum) -> vec2f {
        return vec2f(x.x + p.dt * x.y, x.y - p.dt * p.g * sin(x.x));
      }
      fn emission(x: vec2f) -> f32 { return sin(x.x); }`;
    const { dynamics, emissions, stateNames: _names, ...rest } = document();
    const bare = {
      ...rest,
      dynamics: { covariance: dynamics.covariance },
      emissions: { covariance: emissions.covariance },
    };
    const wgsl = command.file("pendulum.wgsl", code);
    const inside = command.file("inside.json", JSON.stringify({ ...bare, wgsl: code }));
    const beside = command.file("beside.json", JSON.stringify(bare));
    const options = ["--data", DATA, "--linearization", "taylor"];
    const expected = await json("smooth", "--model", MODEL, ...options);
    for (const args of [
      ["--model", inside],
      ["--model", beside, "--wgsl", wgsl],
    ]) {
      const got = await json("smooth", ...args, ...options);
      expect(got.marginalLogLikelihood).toBeCloseTo(expected.marginalLogLikelihood, 10);
      got.smoothedMeans.flat().forEach((value: number, i: number) => {
        expect(value).toBeCloseTo(expected.smoothedMeans.flat()[i], 10);
      });
    }
    const wrong = command.file("wrong.wgsl", code.replace("sin(x.x));", "sine(x.x));"));
    const { code: exit, err } = await command.run([
      "simulate",
      "--model",
      beside,
      "--wgsl",
      wrong,
      "--steps",
      "3",
    ]);
    expect(exit).toBe(2);
    expect(err).toMatch(
      /beside\.json: wgsl:4:\d+ expected a function, got the unknown name sine\. Did you mean "sin"\?/,
    );
  });

  test("particles: filter, smooth, loglik and sample are those of the library", {
    timeout: LIMIT,
  }, async () => {
    const { dynamics, ...rest } = document();
    const noisy = {
      ...rest,
      dynamics: {
        ...dynamics,
        covariance: [
          [1e-5, 0],
          [0, 0.0125],
        ],
      },
    };
    const file = command.file("noisy.json", JSON.stringify(noisy));
    const data = ["--model", file, "--data", DATA, "--particles", "200", "--seed", "4"];
    const model = await loadModelDocument<NonlinearSSM>(noisy);
    const expected = await particleSmooth(model, y(), { numParticles: 200, seed: 4, numTrajectories: 20 });
    const smoothed = await json("smooth", ...data, "--trajectories", "20");
    expect(smoothed.smoothedMeans.flat()).toEqual(Array.from(expected.smoothedMeans.data));
    expect(smoothed.effectiveSampleSizes).toEqual(Array.from(expected.effectiveSampleSizes.data));
    const logLikelihood = (await json("loglik", ...data)).marginalLogLikelihood;
    expect(logLikelihood).toBe(expected.marginalLogLikelihood);
    const filtered = await json("filter", ...data, "--covariances", "diag", "--proposal", "auxiliary");
    expect(filtered.filteredVariances).toHaveLength(400);
    const drawn = await json("sample", ...data, "--samples", "20");
    expect(drawn.states.flat(2)).toEqual(Array.from(expected.trajectories.data));
    const bad: [string[], RegExp][] = [
      [
        ["filter", ...data, "--linearization", "taylor"],
        /--linearization expected nothing for a nonlinear model with --particles/,
      ],
      [["forecast", ...data.slice(0, 6), "--steps", "2"], /--particles/],
      [
        ["smooth", "--model", file, "--data", DATA, "--trajectories", "5"],
        /--trajectories expected nothing for a nonlinear model, got 5/,
      ],
      [
        [
          "filter",
          "--model",
          "examples/nile/model.json",
          "--data",
          "examples/nile/nile.csv",
          "--particles",
          "9",
        ],
        /--particles expected nothing for a linear Gaussian model, got 9/,
      ],
      [
        ["filter", "--model", file, "--data", DATA, "--particles", "0"],
        /--particles expected a whole number ≥ 1, got 0/,
      ],
    ];
    for (const [args, message] of bad) {
      const { code, err } = await command.run(args);
      expect(err).toMatch(message);
      expect(code).toBe(2);
    }
  });

  const refusals: [string, string[], object, RegExp][] = [
    [
      "a name that is not there",
      ["smooth"],
      { emissions: { expressions: "sin(angel)", covariance: [[1]] } },
      /^smooth: --model .*: emissions\.expressions expected one of the names .*, got "angel" at column 5\. Did you mean "angle"\?/,
    ],
    [
      "components",
      ["decompose"],
      {},
      /^decompose: --model expected a document of components, got one of a nonlinear model/,
    ],
    [
      "states of a Markov chain",
      ["decode"],
      {},
      /^decode: --model expected a document of type "hmm", got one of a nonlinear model/,
    ],
    ["a form", ["smooth", "--form", "covariance"], {}, /--form expected nothing for a nonlinear model/],
    [
      "letters as a number",
      ["smooth", "--iterations", "many"],
      {},
      /--iterations expected a number, got "many"/,
    ],
    [
      "half an iteration",
      ["smooth", "--iterations", "1.5"],
      {},
      /--iterations expected a whole number ≥ 0, got 1\.5/,
    ],
    [
      "alpha of another rule",
      ["loglik", "--alpha", "1", "--linearization", "taylor"],
      {},
      /--alpha expected nothing with linearization "taylor"/,
    ],
    [
      "another size of observations",
      ["smooth"],
      { emissionDim: 3 },
      /emissionDim expected 1 as in emissions, got 3/,
    ],
    [
      "an unknown key",
      ["smooth"],
      { dynamic: 1 },
      /dynamic expected one of the keys .* Did you mean "dynamics"\?/,
    ],
  ];
  test.each(refusals)(
    "refuses %s with 2 and one line",
    { timeout: LIMIT },
    async (name, args, change, message) => {
      const file = command.file(
        `${name.replace(/\W/g, "_")}.json`,
        JSON.stringify({ ...document(), ...change }),
      );
      const {
        code,
        out: text,
        err,
      } = await command.run([...args, "--model", file, "--data", DATA, "--backend", "cpu"]);
      expect({ code, text }).toEqual({ code: 2, text: "" });
      expect(err).toMatch(message);
    },
  );

  test("options of nonlinear models are refused for others", { timeout: LIMIT }, async () => {
    const { code, err } = await command.run([
      ...["smooth", "--model", "examples/nile/model.json", "--data", "examples/nile/nile.csv"],
      ...["--linearization", "taylor"],
    ]);
    expect(code).toBe(2);
    expect(err).toMatch(/--linearization expected nothing for a linear Gaussian model, got taylor/);
  });
});
