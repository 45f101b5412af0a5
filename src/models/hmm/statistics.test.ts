/**
 * Sufficient statistics by Fisher's identity: the derivative of Σ p(e) log p(y | e) by a parameter is that of the expected
 * complete-data log-likelihood, a function of the statistics alone. The left side is by differences of the densities.
 */
import { expect, suite, test } from "vitest";
import type { NDArray } from "../../engine/index.ts";
import { seriesLayout } from "../read_series.ts";
import { hiddenMarkovModel } from "./hidden_markov_model.ts";
import { emissionData } from "./hmm_data.ts";
import { prepareHmm } from "./prepare_hmm.ts";
import { digamma, logBesselScaled } from "./special.ts";

type Given = Record<string, unknown>;
type Rows = (number | null)[][];

const probs = [0.2, 0.9, 0.5, 0.7, 0.35, 1];
const make = (emissions: Given) =>
  hiddenMarkovModel({
    initialProbs: [0.5, 0.5],
    transitionMatrix: [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
    emissions: emissions as { family: string },
  });

/** Σ_t p_t log p(y_t | e = 0) */
function objective(emissions: Given, y: Rows, inputs?: number[][]): number {
  const problem = prepareHmm(make(emissions), y, { inputs });
  const row = new Float64Array(2);
  return y.reduce((sum, _, t) => {
    problem.emissions.logLikelihoods(0, t, row, 0);
    return sum + probs[t] * row[0];
  }, 0);
}

function statistics(emissions: Given, y: Rows, inputs?: number[][]): Record<string, NDArray> {
  const model = make(emissions);
  const data = emissionData("test", model, seriesLayout("test", "observations", y, model.emissionDim), {
    inputs,
  });
  return model.emissions.sufficientStatistics!(
    data,
    Float64Array.from(y.flatMap((_, t) => [probs[t], 1 - probs[t]])),
  );
}

/** Derivative of the objective by a number that `set` puts in. */
function slope(set: (value: number) => Given, at: number, y: Rows, inputs?: number[][]): number {
  const h = 1e-5 * Math.max(1, Math.abs(at));
  return (objective(set(at + h), y, inputs) - objective(set(at - h), y, inputs)) / (2 * h);
}

const first = (table: NDArray, i = 0): number => table.data[i];
const single: Rows = [[1], [3], [null], [2], [7], [0]];

suite("sufficientStatistics()", () => {
  test("of a Poisson family give the derivative by the rate", () => {
    const s = statistics({ family: "poisson", rates: [2.5, 1] }, single);
    const expected = first(s.sums) / 2.5 - first(s.weights);
    expect(slope(x => ({ family: "poisson", rates: [x, 1] }), 2.5, single)).toBeCloseTo(expected, 6);
    expect(first(s.weights)).toBeCloseTo(0.2 + 0.9 + 0.7 + 0.35 + 1, 14);
  });

  test("of exponential, gamma, von Mises, Bernoulli and Student's t families", () => {
    const y: Rows = [[1], [3], [null], [2], [0.7], [0.1]];
    const e = statistics({ family: "exponential", rates: [2.5, 1] }, y);
    expect(slope(x => ({ family: "exponential", rates: [x, 1] }), 2.5, y)).toBeCloseTo(
      first(e.weights) / 2.5 - first(e.sums),
      6,
    );
    const g = statistics({ family: "gamma", concentrations: [2.5, 1], rates: [1.5, 1] }, y);
    expect(slope(x => ({ family: "gamma", concentrations: [x, 1], rates: [1.5, 1] }), 2.5, y)).toBeCloseTo(
      first(g.logs) + first(g.weights) * (Math.log(1.5) - digamma(2.5)),
      6,
    );
    const v = statistics({ family: "von-mises", means: [0.4, 0], concentrations: [2, 1] }, y);
    const ratio = Math.exp(logBesselScaled(1, 2) - logBesselScaled(0, 2));
    expect(slope(x => ({ family: "von-mises", means: [0.4, 0], concentrations: [x, 1] }), 2, y)).toBeCloseTo(
      Math.cos(0.4) * first(v.cosines) + Math.sin(0.4) * first(v.sines) - ratio * first(v.weights),
      6,
    );
    const t = { family: "student-t", means: [0.4, 0], scales: [1.5, 1], dofs: [3, 1] };
    const u = statistics(t, y);
    expect(slope(x => ({ ...t, means: [x, 0] }), 0.4, y)).toBeCloseTo(
      (first(u.sums) - 0.4 * first(u.precisions)) / 1.5 ** 2,
      6,
    );
    const bits: Rows = [[1], [0], [null], [1], [1], [0]];
    const b = statistics({ family: "bernoulli", probs: [0.3, 0.5] }, bits);
    expect(slope(x => ({ family: "bernoulli", probs: [x, 0.5] }), 0.3, bits)).toBeCloseTo(
      first(b.sums) / 0.3 - (first(b.weights) - first(b.sums)) / 0.7,
      6,
    );
  });

  const means = [
    [0.5, -1, 2],
    [0, 0, 0],
  ];
  const covariance = [
    [2, 0.5, 0.3],
    [0.5, 1, -0.2],
    [0.3, -0.2, 3],
  ];
  const covariances = [covariance, covariance];
  const gaps: Rows = [
    [1, 0, 2],
    [null, 1, 1],
    [0.5, null, null],
    [null, null, null],
    [2, -2, null],
    [0, -1, 4],
  ];
  /** Σ⁻¹ by cofactors */
  const inverse = (() => {
    const [[a, b, c], [, d, e], [, , f]] = covariance;
    const det = a * (d * f - e * e) - b * (b * f - e * c) + c * (b * e - d * c);
    const rows = [
      [d * f - e * e, c * e - b * f, b * e - c * d],
      [c * e - b * f, a * f - c * c, b * c - a * e],
      [b * e - c * d, b * c - a * e, a * d - b * b],
    ];
    return rows.map(row => row.map(entry => entry / det));
  })();

  test("of a Gaussian family with missing entries", () => {
    const given = { family: "gaussian", means, covariances };
    const { weights, sums, outers } = statistics(given, gaps);
    for (let i = 0; i < 3; i++) {
      const set = (x: number): Given => ({
        ...given,
        means: [means[0].map((mean, k) => (k === i ? x : mean)), means[1]],
      });
      const expected = inverse[i].reduce(
        (sum, p, j) => sum + p * (first(sums, j) - first(weights) * means[0][j]),
        0,
      );
      expect(slope(set, means[0][i], gaps)).toBeCloseTo(expected, 6);
    }
    /** Σ p E (y − μ)(y − μ)' − Σ p Σ */
    const excess = [0, 1, 2].map(i =>
      [0, 1, 2].map(
        j =>
          first(outers, 3 * i + j) -
          first(sums, i) * means[0][j] -
          means[0][i] * first(sums, j) +
          first(weights) * (means[0][i] * means[0][j] - covariance[i][j]),
      ),
    );
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [1, 2],
      [2, 2],
    ]) {
      const set = (x: number): Given => {
        const changed = covariance.map(row => [...row]);
        changed[i][j] = x;
        changed[j][i] = x;
        return { ...given, covariances: [changed, covariance] };
      };
      let expected = 0;
      for (let a = 0; a < 3; a++)
        for (let b = 0; b < 3; b++) expected += inverse[i][a] * excess[a][b] * inverse[b][j];
      expect(slope(set, covariance[i][j], gaps)).toBeCloseTo(i === j ? expected / 2 : expected, 6);
    }
  });

  test("of a mixture, by component", () => {
    const given = {
      family: "diagonal-gaussian-mixture",
      weights: [
        [0.3, 0.7],
        [1, 0],
      ],
      means: [
        [0, 2],
        [0, 0],
      ],
      variances: [
        [1, 2],
        [1, 1],
      ],
    };
    const s = statistics(given, single);
    const set = (x: number): Given => ({ ...given, means: [[0, x], given.means[1]] });
    expect(slope(set, 2, single)).toBeCloseTo((first(s.sums, 1) - 2 * first(s.weights, 1)) / 2, 6);
    expect(s.weights.shape).toEqual([2, 2]);
    expect(first(s.weights, 0) + first(s.weights, 1)).toBeCloseTo(0.2 + 0.9 + 0.7 + 0.35 + 1, 12);
  });

  test("of regressions and autoregressions, by weight, over the steps that have their lags", () => {
    const inputs = [[1], [-2], [0.5], [3], [-1], [0.25]];
    const line = {
      family: "linear-regression",
      weights: [[0.7], [0]],
      biases: [0.2, 0],
      covariances: [2, 1],
    };
    const s = statistics(line, single, inputs);
    expect(slope(x => ({ ...line, weights: [[x], [0]] }), 0.7, single, inputs)).toBeCloseTo(
      (first(s.crossOuters, 1) - 0.2 * first(s.featureOuters, 1) - 0.7 * first(s.featureOuters, 3)) / 2,
      6,
    );
    const auto = { family: "autoregressive", weights: [[0.7], [0]], biases: [0.2, 0], covariances: [2, 1] };
    const a = statistics(auto, single);
    // Steps 1, 4 and 5: the first has no lag, the third is missing, the fourth lacks its lag.
    expect(first(a.weights)).toBeCloseTo(0.9 + 0.35 + 1, 14);
    expect(slope(x => ({ ...auto, weights: [[x], [0]] }), 0.7, single)).toBeCloseTo(
      (first(a.crossOuters, 1) - 0.2 * first(a.featureOuters, 1) - 0.7 * first(a.featureOuters, 3)) / 2,
      6,
    );
  });

  test("of categories and multinomial counts, expected where they are missing", () => {
    const categories = {
      family: "categorical",
      probs: [
        [0.2, 0.5, 0.3],
        [1, 0, 0],
      ],
    };
    const { counts } = statistics(categories, [[2], [0], [null], [2], [1], [1]]);
    const expected = [0.9, 0.35 + 1, 0.2 + 0.7];
    expected.forEach((sum, c) => {
      expect(first(counts, c)).toBeCloseTo(sum, 14);
    });
    const multinomial = {
      family: "multinomial",
      probs: [
        [0.2, 0.5, 0.3],
        [0.4, 0.3, 0.3],
      ],
      trials: 10,
    };
    const rows: Rows = [
      [2, 5, 3],
      [null, 4, null],
      [null, null, null],
      [10, 0, 0],
      [1, null, 3],
      [0, 0, 10],
    ];
    const s = statistics(multinomial, rows);
    expect(first(s.weights)).toBeCloseTo(0.2 + 0.9 + 0.7 + 0.35 + 1, 14);
    expect(first(s.counts, 0)).toBeCloseTo(0.2 * 2 + (0.9 * 6 * 0.2) / 0.5 + 0.7 * 10 + 0.35, 13);
    expect(first(s.counts, 1)).toBeCloseTo(0.2 * 5 + 0.9 * 4 + 0.35 * 6, 13);
  });

  test("of a product are those of its blocks", () => {
    const given = {
      family: "product",
      blocks: [
        { family: "poisson", rates: [1, 2], channels: [1] },
        { family: "diagonal-gaussian", means: [0, 1], variances: [1, 1], channels: [0] },
      ],
    };
    const s = statistics(
      given,
      single.map(([y], t) => [t, y]),
    );
    expect(Object.keys(s)).toContain("blocks[0].sums");
    expect(first(s["blocks[0].sums"])).toBeCloseTo(0.2 + 0.9 * 3 + 0.7 * 2 + 0.35 * 7, 13);
    expect(first(s["blocks[1].sums"])).toBeCloseTo(0.9 + 2 * 0.5 + 3 * 0.7 + 4 * 0.35 + 5, 13);
  });
});
