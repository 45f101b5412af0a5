import { expect, suite, test } from "vitest";
import {
  filter,
  forecast,
  type HiddenMarkovModel,
  hiddenMarkovModel,
  ParameterError,
  predict,
  predictProba,
  ShapeError,
  simulate,
  smooth,
} from "./index.ts";
import { EARTHQUAKES, QUAKES } from "./testing/hmm_cases.ts";

const A = [
  [0.9, 0.1, 0],
  [0.2, 0.5, 0.3],
  [0, 0.4, 0.6],
];
const three = (emissions: Record<string, unknown> & { family: string }, changes = {}): HiddenMarkovModel =>
  hiddenMarkovModel({ initialProbs: [0.5, 0.3, 0.2], transitionMatrix: A, emissions, ...changes });
const COUNTS = [3, 0, 11, 8, 2];

/** Shares of draws of y_T that are below what a forecast says, by drawing z_T and y_T. */
async function sharesBelow(
  model: HiddenMarkovModel,
  values: number[][],
  draws: number,
): Promise<{ below: number[]; atMost: number[] }> {
  const { observations } = simulate(model, { numSteps: 1, numSamples: draws, seed: 3 });
  const m = model.emissionDim;
  const share = (i: number, test: (y: number) => boolean) =>
    Array.from({ length: draws }, (_, d) => observations.data[d * m + i]).filter(test).length / draws;
  return {
    below: values.map(([value, i]) => share(i, y => y < value)),
    atMost: values.map(([value, i]) => share(i, y => y <= value)),
  };
}

suite("forecast() of hidden Markov models", () => {
  test("earthquakes: next year's and the tenth year's (Zucchini & MacDonald)", async () => {
    const result = await forecast(hiddenMarkovModel(QUAKES), EARTHQUAKES, 10);
    expect(result.stateProbs.shape).toEqual([10, 2]);
    const probs = [...result.stateProbs.data];
    [0.9335688025, 0.0664311975].forEach((p, k) => {
      expect(probs[k]).toBeCloseTo(p, 9);
    });
    [0.6990953161, 0.3009046839].forEach((p, k) => {
      expect(probs[18 + k]).toBeCloseTo(p, 9);
    });
    expect(result.means.data[0]).toBeCloseTo(16.179691547, 8);
    // Var = E λ + Var λ of a mixture of Poissons.
    const [p, q] = probs;
    expect(result.variances.data[0]).toBeCloseTo(
      p * 15.472 + q * 26.125 + p * q * (26.125 - 15.472) ** 2,
      10,
    );
  });

  test("is the filter of masked steps", async () => {
    const varying = Array.from({ length: 9 }, (_, t) => (t % 2 ? A : [...A].reverse()));
    for (const transitionMatrix of [A, varying]) {
      const model = three({ family: "poisson", rates: [1, 5, 10] }, { transitionMatrix });
      const gap = [...COUNTS, null, null, null, null];
      const masked = await predict(model, gap);
      const ahead = await forecast(model, COUNTS, 4);
      for (const [field, other] of [
        ["stateProbs", "predictedProbs"],
        ["means", "means"],
        ["covariances", "covariances"],
        ["lower", "lower"],
        ["upper", "upper"],
      ] as const) {
        const want = masked[other].data.slice(-ahead[field].data.length);
        ahead[field].data.forEach((value, i) => {
          expect(value, field).toBeCloseTo(want[i], 12);
        });
      }
    }
  });

  test("a result of filter() or smooth() saves running it again; series of a ragged batch keep apart", async () => {
    const model = three({ family: "poisson", rates: [1, 5, 10] });
    const rows = (counts: number[]) => counts.map(count => [count]);
    const batch = [rows(COUNTS), rows([4, 9]), rows(COUNTS.slice(1))];
    const fresh = await forecast(model, batch, 3, { level: 0.8 });
    for (const call of [filter, smooth] as ((...given: Parameters<typeof filter>) => Promise<object>)[]) {
      const given = (await call(model as never, batch)) as Awaited<ReturnType<typeof smooth>>;
      const again = await forecast(model, given as never, 3, { level: 0.8 });
      expect(again.stateProbs).toEqual(fresh.stateProbs);
      expect(again.upper).toEqual(fresh.upper);
      const second = await forecast(model, given.series(1) as never, 3, { level: 0.8 });
      expect(second.stateProbs).toEqual(fresh.series(1).stateProbs);
    }
    const alone = await forecast(model, [4, 9], 3, { level: 0.8 });
    expect(fresh.series(1).means).toEqual(alone.means);
    expect(fresh.means.shape).toEqual([3, 3, 1]);
  });

  test("inputs drive transitions ahead, and scenarios change them", async () => {
    const model = hiddenMarkovModel({
      initialProbs: [0.5, 0.5],
      transitions: {
        kind: "input-driven",
        weights: [
          [[0], [2]],
          [[0], [-1]],
        ],
      },
      emissions: { family: "linear-regression", weights: [[[1]], [[-1]]], covariances: [[[1]], [[2]]] },
    });
    const [u, future] = [
      [[0.5], [1], [-1]],
      [[2], [-3]],
    ];
    const y = [0.3, 1, -0.2];
    const ahead = await forecast(model, y, 2, {
      inputs: u,
      futureInputs: future,
      scenarios: { other: [[0], [0]] },
    });
    const masked = await predict(model, [...y, null, null], { inputs: [...u, ...future] });
    ahead.stateProbs.data.forEach((p, i) => {
      expect(p).toBeCloseTo(masked.predictedProbs.data[6 + i], 13);
    });
    ahead.means.data.forEach((mean, i) => {
      expect(mean).toBeCloseTo(masked.means.data[3 + i], 13);
    });
    expect(ahead.scenarios.other.means.data[0]).toBe(0);
    expect(ahead.scenarios.other.stateProbs.data[0]).toBeCloseTo(0.5, 12);
    await expect(forecast(model, y, 2, { inputs: u })).rejects.toThrow(ShapeError);
  });

  test("probabilities of categories", async () => {
    const probs = [
      [0.1, 0.9],
      [0.5, 0.5],
      [1, 0],
    ];
    const ahead = await forecast(three({ family: "categorical", probs }), [0, 1, 1], 2);
    const w = ahead.stateProbs.data;
    expect(ahead.categoryProbs.shape).toEqual([2, 1, 2]);
    expect(ahead.categoryProbs.data[3]).toBeCloseTo(0.9 * w[3] + 0.5 * w[4], 14);
    expect(ahead.lower.data[0]).toBeNaN();
    const counts = await forecast(three({ family: "poisson", rates: [1, 2, 3] }), [1], 1);
    expect(() => counts.categoryProbs).toThrow(
      /categoryProbs expected emissions of categories, got "poisson"/,
    );
  });

  const [means, spread] = [
    [
      [-1, 5],
      [0.5, 2],
      [4, 0],
    ],
    [
      [1, 0.3],
      [2, 1],
      [0.5, 3],
    ],
  ];
  const full = spread.map(([a, b]) => [
    [a, 0.1],
    [0.1, b],
  ]);
  test.each([
    ["poisson", { rates: spread.map(row => row.map(v => 6 * v)) }],
    ["negative-binomial", { means: spread.map(row => row.map(v => 8 * v)), sizes: spread }],
    ["bernoulli", { probs: [[0.01], [0.5], [0.2]] }],
    [
      "multinomial",
      {
        probs: [
          [0.2, 0.8],
          [0.6, 0.4],
          [0.1, 0.9],
        ],
        trials: 12,
      },
    ],
    ["gamma", { concentrations: spread, rates: spread.map(([a, b]) => [b, a]) }],
    ["exponential", { rates: spread }],
    ["student-t", { means, scales: spread, dofs: spread.map(row => row.map(v => 2 + v)) }],
    ["gaussian", { means, covariances: full }],
    ["diagonal-gaussian", { means, variances: spread }],
    [
      "product",
      {
        blocks: [
          { family: "poisson", rates: [[3], [9], [30]], channels: [1] },
          { family: "gaussian", means: [[0], [5], [1]], covariances: [[[1]], [[2]], [[9]]], channels: [0] },
        ],
      },
    ],
    [
      "gaussian-mixture",
      {
        weights: [
          [0.2, 0.8],
          [0.5, 0.5],
          [0.9, 0.1],
        ],
        means: means.map(row => [row, row.map(v => v + 3)]),
        covariances: full.map(matrix => [matrix, matrix]),
      },
    ],
  ])("lower and upper hold their share of draws: %s", async (family, parameters) => {
    // A chain that starts anew at every step: the forecast is of the initial distribution.
    const row = [0.5, 0.3, 0.2];
    const model = three({ family, ...parameters }, { transitionMatrix: [row, row, row] });
    const y = new Array(model.emissionDim).fill(null);
    const level = 0.9;
    const ahead = await forecast(model, [y], 1, { level });
    const draws = 40_000;
    const values = ["lower", "upper"].flatMap(field => y.map((_, i) => [ahead[field as "lower"].data[i], i]));
    const { below, atMost } = await sharesBelow(model, values, draws);
    values.forEach((_, v) => {
      const q = v < y.length ? 0.05 : 0.95;
      // Four standard errors of a share of 0.05.
      const slack = 4 * Math.sqrt((0.05 * 0.95) / draws);
      expect(below[v]).toBeLessThan(q + slack);
      expect(atMost[v]).toBeGreaterThan(q - slack);
    });
    y.forEach((_, i) => {
      const all = simulate(model, { numSteps: 1, numSamples: draws, seed: 3 }).observations.data;
      const column = all.filter((_, at) => at % y.length === i);
      const mean = column.reduce((a, b) => a + b, 0) / draws;
      const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / draws;
      expect(Math.abs(mean - ahead.means.data[i])).toBeLessThan(5 * Math.sqrt(variance / draws));
      // Student's t has heavy tails, and no fourth moment here.
      if (family !== "student-t") expect(variance / ahead.variances.data[i]).toBeCloseTo(1, 1);
    });
  });

  test("angles have a mean direction and a circular variance", async () => {
    const emissions = { family: "von-mises", means: [[3], [-3], [0]], concentrations: [[50], [50], [1]] };
    const row = [0.5, 0.5, 0];
    const model = three(emissions, { initialProbs: row, transitionMatrix: [row, row, row] });
    const ahead = await forecast(model, [0.1], 1);
    expect(Math.abs(ahead.means.data[0])).toBeCloseTo(Math.PI, 12);
    expect(ahead.variances.data[0]).toBeLessThan(0.05);
    const { family: _, ...angle } = emissions;
    const blocks = [
      { family: "poisson", rates: [[1], [2], [3]] },
      { family: "von-mises", ...angle },
    ];
    const both = three(
      { family: "product", blocks },
      { initialProbs: row, transitionMatrix: [row, row, row] },
    );
    const two = await forecast(both, [[1, 0.1]], 1);
    expect(two.means.data[0]).toBeCloseTo(1.5, 12);
    expect(two.means.data[1]).toBeCloseTo(ahead.means.data[0], 12);
    expect(two.variances.data[1]).toBeCloseTo(ahead.variances.data[0], 12);
    expect(two.covariances.data[1]).toBeNaN();
    // P(y ≤ 4) = ½ · 0.99634 + ½ · 0.94735 < 0.975 ≤ P(y ≤ 5)
    expect([...two.upper.data]).toEqual([5, Number.NaN]);
  });

  test("an autoregression's moments are those of many simulated futures", async () => {
    const emissions = {
      family: "autoregressive",
      weights: [
        [[[0.9]], [[-0.2]]],
        [[[-0.5]], [[0.3]]],
        [[[0.1]], [[0]]],
      ],
      biases: [[1], [-1], [0.5]],
      covariances: [[[0.5]], [[1]], [[0.1]]],
    };
    const y = [0.5, 1.5, 2, -1, 0.3, 2];
    const model = three(emissions);
    const ahead = await forecast(model, y, 4);
    const { filteredProbs } = await filter(model, y);
    // Futures drawn state by state, by a generator of the test's own.
    let state = 12345;
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const x = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
      return (((x ^ (x >>> 12)) >>> 0) + 0.5) / 2 ** 32;
    };
    const draw = (weights: number[]) => {
      let u = uniform() * weights.reduce((a, b) => a + b, 0);
      return weights.findIndex(w => {
        u -= w;
        return u < 0;
      });
    };
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    const draws = 100_000;
    const sums = [0, 1, 2, 3].map(() => [0, 0]);
    for (let d = 0; d < draws; d++) {
      let k = draw([...filteredProbs.data.slice(-3)]);
      const lags = [2, 0.3];
      for (let h = 0; h < 4; h++) {
        k = draw(A[k]);
        const [w, b, v] = [emissions.weights[k], emissions.biases[k][0], emissions.covariances[k][0][0]];
        const next = w[0][0][0] * lags[0] + w[1][0][0] * lags[1] + b + Math.sqrt(v) * normal();
        sums[h][0] += next;
        sums[h][1] += next * next;
        lags.unshift(next);
      }
    }
    sums.forEach(([one, two], h) => {
      const [mean, variance] = [one / draws, two / draws - (one / draws) ** 2];
      // Five standard errors.
      expect(Math.abs(ahead.means.data[h] - mean)).toBeLessThan(5 * Math.sqrt(variance / draws));
      expect(Math.abs(ahead.variances.data[h] / variance - 1)).toBeLessThan(5 * Math.sqrt(3 / draws));
    });
    expect(ahead.lower.data[0]).not.toBeNaN();
    expect(ahead.lower.data[1]).toBeNaN();
    const given = await forecast(model, await filter(model, [[9], ...y.map(v => [v])]), 1);
    expect(given.means.data[0]).not.toBeNaN();
  });

  test("predictProba() is the smoothed probabilities", async () => {
    const model = hiddenMarkovModel(QUAKES);
    expect(await predictProba(model, EARTHQUAKES)).toEqual((await smooth(model, EARTHQUAKES)).smoothedProbs);
    expect((await predictProba(model, EARTHQUAKES, { lag: 3 })).shape).toEqual([107, 2]);
  });

  test("refuses h < 1 and what does not belong", async () => {
    const model = three({ family: "poisson", rates: [1, 5, 10] });
    await expect(forecast(model, COUNTS, 0)).rejects.toThrow(
      "forecast: h expected a whole number ≥ 1, got 0",
    );
    await expect(forecast(model, COUNTS, 2, { futureInputs: [[1], [2]] })).rejects.toThrow(
      "futureInputs expected none, as the model takes no inputs",
    );
    await expect(forecast(model, COUNTS, 2, { level: 1 })).rejects.toThrow(ParameterError);
    await expect(forecast(model, await filter(model, COUNTS), 2, { mask: [1] })).rejects.toThrow(
      "options.mask",
    );
    const varying = three({ family: "poisson", rates: [1, 5, 10] }, { transitionMatrix: [A, A, A, A, A] });
    await expect(forecast(varying, COUNTS, 2)).rejects.toThrow("time-varying transitions with 7 rows");
  });
});
