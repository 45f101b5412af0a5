/** What holds for every hidden Markov model, whatever its numbers. */
import { expect, suite, test } from "vitest";
import {
  decode,
  filter,
  type HiddenMarkovModel,
  type HiddenMarkovParameters,
  hiddenMarkovModel,
  logLikelihood,
  simulate,
  smooth,
} from "./index.ts";

const A = [
  [0.8, 0.2, 0],
  [0.1, 0.6, 0.3],
  [0.3, 0, 0.7],
];
const start = { initialProbs: [0.2, 0.5, 0.3], transitionMatrix: A };
const LAGGED = {
  family: "autoregressive",
  weights: [[[[0.9]]], [[[-0.5]]], [[[0]]]],
  covariances: [[[1]], [[2]], [[0.1]]],
};
const MODELS: [string, HiddenMarkovParameters, { inputs?: number }?][] = [
  [
    "poisson",
    {
      ...start,
      emissions: {
        family: "poisson",
        rates: [
          [1, 4],
          [5, 2],
          [10, 9],
        ],
      },
    },
  ],
  [
    "gaussian",
    {
      ...start,
      emissions: { family: "gaussian", means: [[0], [1], [5]], covariances: [[[1]], [[0.1]], [[4]]] },
    },
  ],
  [
    "sharp gaussian",
    {
      ...start,
      emissions: { family: "gaussian", means: [[0], [1], [5]], covariances: [[[1e-8]], [[1e-6]], [[1e-4]]] },
    },
  ],
  [
    "categorical",
    {
      ...start,
      emissions: {
        family: "categorical",
        probs: [
          [1, 0, 0],
          [0.1, 0.9, 0],
          [0, 0.5, 0.5],
        ],
      },
    },
  ],
  [
    "student-t",
    {
      ...start,
      emissions: {
        family: "student-t",
        means: [[0], [1], [9]],
        scales: [[1], [2], [1]],
        dofs: [[1], [3], [9]],
      },
    },
  ],
  [
    "regression",
    {
      ...start,
      emissions: {
        family: "linear-regression",
        weights: [[[1]], [[2]], [[-1]]],
        covariances: [[[1]], [[2]], [[3]]],
      },
    },
    { inputs: 1 },
  ],
  ["autoregression", { ...start, emissions: LAGGED }],
  [
    "semi-Markov",
    {
      initialProbs: [0.5, 0.5],
      transitions: {
        kind: "semi-markov",
        transitionMatrix: [
          [0, 1],
          [1, 0],
        ],
        durations: { kind: "negative-binomial", shapes: [3, 2], probs: [0.4, 0.2] },
      },
      emissions: { family: "poisson", rates: [2, 7] },
    },
  ],
];

const made = (parameters: HiddenMarkovParameters, inputs = 0) => {
  const model = hiddenMarkovModel(parameters);
  const T = 60;
  const given = inputs > 0 ? { inputs: Array.from({ length: T }, (_, t) => [Math.sin(t)]) } : {};
  const drawn = simulate(model, { numSteps: T, seed: 5, ...given });
  return { model, given, drawn, y: drawn.observations, T };
};

/** log p(z, y) of a path of states, from the fields of a filter. */
async function logJointOf(
  model: HiddenMarkovModel,
  states: ArrayLike<number>,
  y: never,
  given: object,
): Promise<number> {
  const { emissionLogLikelihoods } = (
    await filter(model, y, { outputs: ["emissionLogLikelihoods"], ...given })
  ).expanded;
  const K = model.numStates;
  const matrix = model.transitions.field(undefined, 1, states.length).data;
  let sum = Math.log(model.initialProbs.data[states[0]]);
  for (let t = 0; t < states.length; t++) {
    if (t > 0) sum += Math.log(matrix[states[t - 1] * K + states[t]]);
    sum += emissionLogLikelihoods.data[t * K + states[t]];
  }
  return sum;
}

suite("laws of hidden Markov models", () => {
  test.each(MODELS)(
    "%s: the decoded path is at least as probable as the simulated one, and as it says",
    async (_, parameters, options) => {
      const { model, given, drawn, y } = made(parameters, options?.inputs);
      const best = await decode(model, y, given);
      const simulated = await logJointOf(model, drawn.states.data, y as never, given);
      const own = await logJointOf(model, best.expanded.mostLikelyStates.data, y as never, given);
      expect(best.logJoint).toBeGreaterThanOrEqual(simulated - 1e-9 * Math.abs(simulated));
      expect(best.logJoint).toBeCloseTo(own, 8);
      expect(best.logJoint).toBeLessThanOrEqual((await logLikelihood(model, y, given)) + 1e-9);
    },
  );

  test.each(MODELS)(
    "%s: rows sum to one, smoothers agree, and transitions are those of the smoothed states",
    async (_, parameters, options) => {
      const { model, given, y, T } = made(parameters, options?.inputs);
      const result = (await smooth(model, y, { ...given, transitions: "steps" })).expanded;
      const twice = (await smooth(model, y, { ...given, smoother: "twoFilter" })).expanded;
      const last = (await smooth(model, y, { ...given, lag: T })).expanded;
      const K = model.numStates;
      for (const field of ["filteredProbs", "predictedProbs", "smoothedProbs"] as const)
        for (let t = 0; t < T; t++) {
          const row = Array.from(result[field].data.slice(t * K, (t + 1) * K));
          expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
          row.forEach((p, k) => {
            expect(twice[field].data[t * K + k]).toBeCloseTo(p, 11);
            expect(last[field].data[t * K + k]).toBeCloseTo(p, 11);
          });
        }
      const pairs = result.expectedTransitions.data;
      for (let t = 0; t < T - 1; t++)
        for (let i = 0; i < K; i++) {
          let [from, to] = [0, 0];
          for (let k = 0; k < K; k++) {
            from += pairs[(t * K + i) * K + k];
            to += pairs[(t * K + k) * K + i];
          }
          expect(from).toBeCloseTo(result.smoothedProbs.data[t * K + i], 12);
          expect(to).toBeCloseTo(result.smoothedProbs.data[(t + 1) * K + i], 12);
        }
      expect(result.smoothedProbs.data.slice(-K)).toEqual(result.filteredProbs.data.slice(-K));
    },
  );

  test("a step with A = I and nothing observed changes neither states nor likelihood", async () => {
    const matrices = Array.from({ length: 9 }, (_, t) =>
      t % 2 ? A : A.map(row => [...row].reverse()).reverse(),
    );
    const eye = A.map((_, i) => A.map((_, k) => (i === k ? 1 : 0)));
    const emissions = { family: "poisson", rates: [1, 4, 9] };
    const y = [3, 0, 8, 2, 2, 11, 5, 1, 4];
    const at = 5;
    const make = (transitionMatrix: number[][][]) =>
      hiddenMarkovModel({ ...start, transitionMatrix, emissions });
    const short = await smooth(make(matrices), y);
    const long = await smooth(
      make(matrices.toSpliced(at, 0, eye)),
      (y as (number | null)[]).toSpliced(at, 0, null),
    );
    expect(long.logLikelihoods.data[at]).toBe(0);
    expect(long.marginalLogLikelihood).toBeCloseTo(short.marginalLogLikelihood, 12);
    for (const field of ["filteredProbs", "predictedProbs", "smoothedProbs"] as const) {
      const data = [...long[field].data];
      const inserted = data.splice(at * 3, 3);
      data.forEach((p, i) => {
        expect(p).toBeCloseTo(short[field].data[i], 13);
      });
      if (field === "predictedProbs") continue;
      inserted.forEach((p, k) => {
        expect(p).toBeCloseTo(short[field].data[(at - 1) * 3 + k], 13);
      });
    }
  });

  test("with nothing observed the states are those of the chain, and the likelihood is 0", async () => {
    const model = hiddenMarkovModel({ ...start, emissions: { family: "poisson", rates: [1, 4, 9] } });
    const result = await smooth(model, [null, null, null]);
    expect(result.marginalLogLikelihood).toBe(0);
    let row = start.initialProbs;
    for (let t = 0; t < 3; t++) {
      row.forEach((p, k) => {
        expect(result.smoothedProbs.data[3 * t + k]).toBeCloseTo(p, 14);
      });
      row = A.map((_, k) => row.reduce((sum, p, i) => sum + p * A[i][k], 0));
    }
  });

  test("states that share everything can be merged", async () => {
    const two = hiddenMarkovModel({
      initialProbs: [0.3, 0.7],
      transitionMatrix: [
        [0.9, 0.1],
        [0.2, 0.8],
      ],
      emissions: { family: "poisson", rates: [3, 8] },
    });
    const three = hiddenMarkovModel({
      initialProbs: [0.3, 0.2, 0.5],
      transitionMatrix: [
        [0.9, 0.05, 0.05],
        [0.2, 0.5, 0.3],
        [0.2, 0.1, 0.7],
      ],
      emissions: { family: "poisson", rates: [3, 8, 8] },
    });
    const { observations } = simulate(two, { numSteps: 50, seed: 2 });
    const [a, b] = [await smooth(two, observations), await smooth(three, observations)];
    expect(b.marginalLogLikelihood).toBeCloseTo(a.marginalLogLikelihood, 11);
    for (let t = 0; t < 50; t++)
      expect(b.smoothedProbs.data[3 * t]).toBeCloseTo(a.smoothedProbs.data[2 * t], 12);
  });
});
