/** Every density of shaders/emissions against its float64 twin: the cases of densities.json, and data drawn from wide models. */
import { expect, suite, test } from "vitest";
import { emissionLogLikelihoodsGpu, type HmmProblem } from "../src/inference/index.ts";
import { DENSITY_CASES, densitiesOf } from "../src/models/hmm/testing/density_cases.ts";
import { hiddenMarkovModel, prepareHmm, simulateHmm } from "../src/models/index.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

/**
 * Largest error of a log-density in units of 1 + its distance from that of the best state.
 * @param outlier share of |log p| of the best state that may be lost besides: what all states say of an outlier
 */
async function worstError(problem: HmmProblem, outlier: number): Promise<number> {
  const got = await emissionLogLikelihoodsGpu(problem, { call: "test", engine: engine() });
  const { numEmissions: E } = problem.emissions;
  const row = new Float64Array(E);
  let worst = 0;
  for (let s = 0; s < problem.numSeries; s++) {
    for (let t = 0; t < problem.lengths[s]!; t++) {
      problem.emissions.logLikelihoods(s, t, row, 0);
      const best = Math.max(...row);
      for (let e = 0; e < E; e++) {
        const value = got[(s * problem.numSteps + t) * E + e]!;
        const expected = row[e]!;
        if (expected === Number.NEGATIVE_INFINITY) {
          expect(value).toBe(expected);
          continue;
        }
        const error = Math.abs(value - expected) / (1 + best - expected + outlier * Math.abs(best));
        if (!(error <= worst)) worst = error;
      }
    }
  }
  return worst;
}

/**
 * Where what tells states apart is itself the difference of numbers that round: log-odds of 32; a state of standard deviation
 * 0.1 within one of 20; lags that move by 1e6.
 */
const COARSE: Readonly<Record<string, number>> = {
  "logistic-regression": 2e-6,
  gaussian: 2e-6,
  autoregressive: 3e-6,
};
/** Kernels that take the log-density of the best state off as a number: its own digits, about 1e-7 of it, are lost. */
const LEVELLED = ["gamma", "negative-binomial", "von-mises", "student-t"];

const K = 4;
const even = Array.from({ length: K }, () => 1 / K);
const offset = (values: number[]): number[][] => values.map(value => [1e6 + value, value]);
const covariances = [1, 4, 0.01, 400].map(v => [
  [v, 0.5 * v],
  [0.5 * v, 2 * v],
]);
const slopes = [0.1, 0.2, -3, 0.1].map(b => [
  [b, 1],
  [-b, 2],
]);
/** Parameters over the whole range that is promised, K states and two channels each. */
const WIDE: Record<string, Record<string, unknown>> = {
  poisson: {
    rates: [
      [0.01, 3],
      [9, 3.3],
      [1e4, 9e5],
      [1.02e4, 1e6],
    ],
  },
  "poisson, one channel": { family: "poisson", rates: [0.01, 3, 3.3, 900] },
  "negative-binomial": {
    means: [
      [0.05, 3],
      [9, 3.3],
      [1e4, 9e5],
      [1.2e4, 1e6],
    ],
    sizes: [
      [0.5, 1e6],
      [3, 0.5],
      [1e5, 1e6],
      [40, 2e5],
    ],
  },
  exponential: {
    rates: [
      [0.01, 3],
      [9, 3.3],
      [1e4, 9e5],
      [1.02e4, 1e6],
    ],
  },
  gamma: {
    concentrations: [
      [0.3, 1e6],
      [1, 1.01e6],
      [1e4, 5],
      [30, 5],
    ],
    rates: [
      [1, 100],
      [3, 101],
      [1e3, 1e-3],
      [3, 1.2e-3],
    ],
  },
  "von-mises": {
    means: [
      [0, 3.1],
      [2, -3.1],
      [-1, -3.12],
      [-1.01, 0],
    ],
    concentrations: [
      [0, 1e4],
      [1, 1e4],
      [50, 900],
      [1e3, 0.1],
    ],
  },
  "student-t": {
    means: offset([0, 1, -5, 0.1]),
    scales: [
      [1, 0.1],
      [2, 0.1],
      [0.1, 3],
      [30, 100],
    ],
    dofs: [
      [0.5, 1e6],
      [3, 30],
      [5, 1],
      [1e6, 1e3],
    ],
  },
  "diagonal-gaussian": {
    means: offset([0, 1, -5, 0.1]),
    variances: [
      [1, 0.01],
      [4, 0.01],
      [0.01, 9],
      [900, 1e4],
    ],
  },
  gaussian: { means: offset([0, 1, -5, 0.1]), covariances },
  "gaussian-mixture": {
    weights: [0.5, 0.9, 0, 0.25].map(w => [w, 1 - w]),
    means: [0, 1, -5, 0.1].map(x => offset([x, x + 2])),
    covariances: covariances.map(v => [v, covariances[1]]),
  },
  "linear-regression": { weights: slopes, biases: offset([0, 1, -5, 0.1]), covariances },
  autoregressive: {
    weights: [0.5, 0.9, -0.3, 0.1].map(a => [
      [
        [a, 0],
        [0.1, a],
      ],
    ]),
    biases: offset([0, 1, -5, 0.1]),
    covariances,
  },
  "logistic-regression": {
    weights: slopes,
    biases: [
      [0, 1],
      [3, -1],
      [-2, 0],
      [0.1, 0.1],
    ],
  },
  "categorical-regression": {
    weights: slopes.map(([a, b]) => [a, b, [0, 1]]),
    biases: [0, 3, -3, 0.1].map(b => [0, b, 1]),
  },
  product: {
    blocks: [
      { family: "poisson", rates: [1, 2, 900, 1000] },
      { family: "gaussian", means: offset([0, 1, -5, 0.1]), covariances, channels: [2, 4] },
      { family: "gaussian", means: offset([1, 2, 3, 4]), covariances, channels: [1, 3] },
      { family: "bernoulli", probs: [0.1, 0.5, 0, 0.9] },
      { family: "autoregressive", weights: [[0.5], [0.9], [-0.3], [0.1]], covariances: [1, 2, 3, 4] },
    ],
  },
  multinomial: {
    probs: [
      [0.2, 0.3, 0.5],
      [0.21, 0.29, 0.5],
      [0.9, 0.09, 0.01],
      [1e-4, 1e-4, 0.9998],
    ],
    trials: 100000,
  },
};

suite("densities on the GPU", () => {
  for (const given of DENSITY_CASES)
    test(`${given.name}: the cases worked out in 40 digits`, async () => {
      // Some lie far out in the tails of every state: there the last digits of log p itself are what is left.
      const worst = await worstError(densitiesOf(given).problem, 0.2);
      expect(worst).toBeLessThan(COARSE[given.name] ?? 1e-6);
    });

  for (const [name, parameters] of Object.entries(WIDE))
    test(`${name}: data drawn from states far apart and close together`, async () => {
      const emissions = { family: name, ...parameters };
      const model = hiddenMarkovModel({
        initialProbs: even,
        transitionMatrix: even.map(() => even),
        emissions,
      });
      const numSteps = 300;
      const inputs =
        model.inputDim > 0
          ? Array.from({ length: numSteps }, (_, t) => [Math.sin(t), Math.cos(3 * t)])
          : undefined;
      const { data, shape } = simulateHmm(model, { numSteps, seed: 2, inputs }).observations;
      if (name !== "multinomial") for (let k = 0; k < data.length; k += 7) data[k] = Number.NaN;
      const problem = prepareHmm(model, { data, shape }, { inputs });
      expect(problem.emissions.gpu.kernel).not.toEqual({ stem: "precomputed" });
      const worst = await worstError(problem, LEVELLED.includes(name) ? 0.2 : 0);
      expect(worst).toBeLessThan(COARSE[name] ?? 1e-6);
    });

  test("custom: a density in WGSL, with inputs, parameters and its own functions", async () => {
    const emissions = {
      family: "custom",
      emissionDim: 2,
      inputDim: 1,
      logDensity: ([a, b]: Float64Array, state: number, [u]: Float64Array) =>
        -Math.abs(a! - [0, 2, 4, 8][state]! * u!) - b! * b!,
      wgsl: `fn distance_of(a: f32, b: f32) -> f32 { return abs(a - b); }
        fn log_density(y: array<f32, EMISSION_DIM>, u: array<f32, INPUT_DIM>, state: u32) -> f32 {
          return -distance_of(y[0], emission_parameters[state] * u[0]) - y[1] * y[1];
        }`,
      parameters: [0, 2, 4, 8],
    };
    const transitionMatrix = even.map(() => even);
    const data = [
      [1, 0.5],
      [null, 2],
      [4, -1],
    ];
    const inputs = [[1], [2], [0.25]];
    const alone = hiddenMarkovModel({ initialProbs: even, transitionMatrix, emissions });
    expect(await worstError(prepareHmm(alone, data, { inputs }), 0)).toBeLessThan(1e-6);
    const both = { family: "product", blocks: [emissions, { family: "poisson", rates: [1, 2, 3, 4] }] };
    const model = hiddenMarkovModel({ initialProbs: even, transitionMatrix, emissions: both });
    const rows = data.map((row, t) => [...row, t]);
    expect(await worstError(prepareHmm(model, rows, { inputs }), 0)).toBeLessThan(1e-6);
  });

  test("densities on the host take the place of tables that would be too large", async () => {
    const rates = Array.from({ length: 1500 }, (_, k) => [1 + k, 2 + k, 3 + k, 4 + k]);
    const uniform = rates.map(() => 1 / 1500);
    const problem = prepareHmm(
      hiddenMarkovModel({
        initialProbs: uniform,
        transitionMatrix: { data: new Float64Array(1500 ** 2).fill(1 / 1500), shape: [1500, 1500] },
        emissions: { family: "poisson", rates },
      }),
      [[7, null, 900, 3]],
    );
    expect(problem.emissions.gpu.kernel).toEqual({ stem: "precomputed" });
    expect(await worstError(problem, 0)).toBeLessThan(1e-6);
  });

  test("data too far out for float32 stay finite, and go to the state that is widest", async () => {
    for (const emissions of [
      { family: "diagonal-gaussian", means: [0, 1, 2, 3], variances: [1, 4, 9, 1e4] },
      { family: "gaussian", means: [0, 1, 2, 3], covariances: [1, 4, 9, 1e4] },
      { family: "student-t", means: [0, 1, 2, 3], scales: [1, 1, 1, 1], dofs: [9, 5, 3, 1] },
      { family: "gamma", concentrations: [1, 1, 1, 1], rates: [8, 4, 2, 1] },
    ]) {
      const transitionMatrix = even.map(() => even);
      const model = hiddenMarkovModel({ initialProbs: even, transitionMatrix, emissions });
      const problem = prepareHmm(model, [1e25, 1e30, 2]);
      const record = new Float32Array(3 * problem.emissions.gpu.recordFloats);
      problem.emissions.gpu.packRecords(0, 0, 3, record, 0);
      expect(record.every(Number.isFinite)).toBe(true);
      const got = await emissionLogLikelihoodsGpu(problem, { call: "test", engine: engine() });
      for (const t of [0, 1]) {
        const values = [...got.slice(4 * t, 4 * t + 4)].map(
          value => value - problem.emissions.gpu.baseline(0, t),
        );
        expect(values.some(Number.isNaN), `${emissions.family} ${values}`).toBe(false);
        expect(Math.max(...values.slice(0, 3)), `${emissions.family} ${values}`).toBeLessThan(values[3]!);
      }
    }
    const extreme = { family: "diagonal-gaussian", means: [0, 1, 2, 3], variances: [1, 1e-60, 1, 1] };
    const model = hiddenMarkovModel({
      initialProbs: even,
      transitionMatrix: even.map(() => even),
      emissions: extreme,
    });
    const problem = prepareHmm(model, [1]);
    expect(problem.emissions.gpu.kernel).toEqual({ stem: "precomputed" });
    expect(await worstError(problem, 0)).toBeLessThan(1e-6);
  });
});
