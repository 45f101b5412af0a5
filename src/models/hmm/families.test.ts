/** Every family: its densities sum to one, what it refuses, and that documents give it back. */
import { expect, suite, test } from "vitest";
import { familyDocument } from "./emissions/index.ts";
import { type HiddenMarkovModel, hiddenMarkovModel } from "./hidden_markov_model.ts";
import { prepareHmm } from "./prepare_hmm.ts";
import { DENSITY_CASES, densitiesOf } from "./testing/density_cases.ts";

const make = (emissions: Record<string, unknown>): HiddenMarkovModel =>
  hiddenMarkovModel({
    initialProbs: [0.5, 0.5],
    transitionMatrix: [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
    emissions: emissions as { family: string },
  });

/** Σ or ∫ of the densities of both states over a grid of scalars. */
function total(emissions: Record<string, unknown>, grid: number[], step: number): number[] {
  const problem = prepareHmm(make(emissions), grid);
  const row = new Float64Array(2);
  const sums = [0, 0];
  grid.forEach((_, t) => {
    problem.emissions.logLikelihoods(0, t, row, 0);
    row.forEach((value, e) => {
      sums[e] += Math.exp(value) * step;
    });
  });
  return sums;
}

const grid = (low: number, high: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => low + ((i + 0.5) * (high - low)) / n);
const counts = Array.from({ length: 3000 }, (_, y) => y);

suite("densities", () => {
  for (const [emissions, values, step] of [
    [{ family: "poisson", rates: [0.3, 900] }, counts, 1],
    [{ family: "negative-binomial", means: [3, 200], sizes: [0.7, 40] }, counts, 1],
    [{ family: "bernoulli", probs: [0.3, 1] }, [0, 1], 1],
    [
      {
        family: "categorical",
        probs: [
          [0.3, 0.7, 0],
          [0, 0, 1],
        ],
      },
      [0, 1, 2],
      1,
    ],
    // Midpoint sums over steps far below the widths: errors below 1e-6.
    [{ family: "exponential", rates: [1, 2] }, grid(0, 40, 40_000), 1e-3],
    [{ family: "gamma", concentrations: [3, 9], rates: [1, 5] }, grid(0, 60, 60_000), 1e-3],
    [
      { family: "von-mises", means: [1, -3], concentrations: [0, 40] },
      grid(-Math.PI, Math.PI, 6000),
      Math.PI / 3000,
    ],
    [{ family: "student-t", means: [0, 1], scales: [1, 0.2], dofs: [9, 50] }, grid(-100, 100, 40_000), 5e-3],
    [{ family: "gaussian", means: [0, 1], covariances: [1, 0.04] }, grid(-20, 20, 20_000), 2e-3],
    [
      {
        family: "gaussian-mixture",
        weights: [
          [0.2, 0.8],
          [1, 0],
        ],
        means: [
          [0, 3],
          [1, 1],
        ],
        covariances: [
          [1, 0.2],
          [1, 1],
        ],
      },
      grid(-20, 20, 20_000),
      2e-3,
    ],
  ] as [Record<string, unknown>, number[], number][])
    test(`of the family ${emissions.family} sum to one`, () => {
      for (const sum of total(emissions, values, step)) expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
    });
});

suite("documents", () => {
  for (const given of DENSITY_CASES)
    test(`of ${given.name} give its densities back`, () => {
      const { model, rows } = densitiesOf(given);
      const emissions = JSON.parse(JSON.stringify(familyDocument(model.emissions)));
      expect(densitiesOf({ ...given, emissions }).rows).toEqual(rows);
    });
});

suite("families refuse", () => {
  const refusals: [string, Record<string, unknown>, RegExp][] = [
    [
      "rates that are not positive",
      { family: "poisson", rates: [1, 0] },
      /emissions.rates\[1\]\[0\] expected a positive number, got 0/,
    ],
    [
      "probabilities above one",
      { family: "bernoulli", probs: [0.1, 1.2] },
      /emissions.probs\[1\]\[0\] expected a probability, 0 … 1, got 1.2/,
    ],
    [
      "probabilities that do not sum to one",
      {
        family: "categorical",
        probs: [
          [0.5, 0.5],
          [0.5, 0.4],
        ],
      },
      /emissions.probs\[1\]\[0\] expected probabilities that sum to 1, got a sum of 0.9, 0.1 too little/,
    ],
    [
      "covariances that are not positive definite",
      {
        family: "gaussian",
        means: [
          [0, 0],
          [1, 1],
        ],
        covariances: [
          [
            [1, 0],
            [0, 1],
          ],
          [
            [1, 2],
            [2, 1],
          ],
        ],
      },
      /emissions.covariances\[1\] expected a symmetric positive definite matrix/,
    ],
    [
      "covariances that are not symmetric",
      {
        family: "gaussian",
        means: [
          [0, 0],
          [1, 1],
        ],
        covariances: [
          [
            [1, 0],
            [0, 1],
          ],
          [
            [1, 0.5],
            [0, 1],
          ],
        ],
      },
      /emissions.covariances\[1\] expected a symmetric matrix/,
    ],
    [
      "parameters of other sizes",
      {
        family: "gaussian",
        means: [
          [0, 0],
          [1, 1],
        ],
        covariances: [1, 1],
      },
      /emissions.covariances expected \[K, m, m\] = \[2, 2, 2\], got \[2\]. m is that of emissions.means/,
    ],
    [
      "negative concentrations of angles",
      { family: "von-mises", means: [0, 1], concentrations: [1, -1] },
      /emissions.concentrations\[1\]\[0\] expected a number ≥ 0/,
    ],
    [
      "entries that are not finite",
      { family: "student-t", means: [0, Number.NaN], scales: [1, 1], dofs: [1, 1] },
      /emissions.means\[1\]\[0\] expected a finite number/,
    ],
    [
      "trials that are no whole number",
      {
        family: "multinomial",
        probs: [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
        trials: 2.5,
      },
      /emissions.trials expected a whole number ≥ 1, got 2.5/,
    ],
    [
      "channels that are used twice",
      {
        family: "product",
        blocks: [
          { family: "poisson", rates: [1, 2] },
          { family: "poisson", rates: [1, 2], channels: [0] },
        ],
      },
      /emissions.blocks expected channels 0 … 1, each once, got 0, 0/,
    ],
    [
      "an unknown family in a block",
      { family: "product", blocks: [{ family: "poison", rates: [1, 2] }] },
      /emissions.blocks\[0\].family .*Did you mean "poisson"/,
    ],
    [
      "formulas with unknown names",
      { family: "expression", logDensity: "-(y0 - meam)^2", parameters: { mean: [0, 1] } },
      /emissions.logDensity expected one of the names y0, mean, pi, tau, e, got "meam" at column 8\. Did you mean "mean"\?\n {2}-\(y0 - meam\)\^2\n {9}\^{4}$/,
    ],
    [
      "formulas that do not end",
      { family: "expression", logDensity: "log(y0" },
      /emissions.logDensity expected ",", got the end at column 7/,
    ],
    [
      "formulas that are comparisons",
      { family: "expression", logDensity: "y0 > 1" },
      /expected a number, got a comparison at column 1/,
    ],
    [
      "functions that are not there",
      { family: "custom", emissionDim: 1, logDensity: 3 },
      /emissions.logDensity expected a function/,
    ],
  ];
  for (const [name, emissions, text] of refusals)
    test(name, () => {
      expect(() => make(emissions)).toThrow(text);
    });

  const data: [string, Record<string, unknown>, (number | null)[][], RegExp][] = [
    [
      "more counts than trials",
      {
        family: "multinomial",
        probs: [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
        trials: 5,
      },
      [
        [2, 3],
        [4, 2],
      ],
      /observations\[1\] expected counts that sum to trials = 5, got a sum of 6/,
    ],
    [
      "counts below zero",
      { family: "negative-binomial", means: [1, 2], sizes: [1, 1] },
      [[2], [-1]],
      /observations\[1\] expected a count: a whole number ≥ 0, got -1/,
    ],
    [
      "zero under a gamma density",
      { family: "gamma", concentrations: [1, 2], rates: [1, 1] },
      [[2], [0]],
      /observations\[1\] expected a positive number, got 0/,
    ],
    [
      "a bit of 2",
      {
        family: "bernoulli",
        probs: [
          [0.1, 0.1],
          [0.2, 0.2],
        ],
      },
      [
        [1, 0],
        [0, 2],
      ],
      /observations\[1\]\[1\] expected 0 or 1, got 2/,
    ],
    [
      "log-likelihoods of some states only",
      { family: "precomputed" },
      [
        [-1, -2],
        [null, -1],
      ],
      /observations\[1\]\[1\] expected log-likelihoods of all states/,
    ],
  ];
  for (const [name, emissions, rows, text] of data)
    test(name, () => {
      expect(() => prepareHmm(make(emissions), rows)).toThrow(text);
    });
});

suite("expressions", () => {
  const value = (logDensity: string, y: number, parameters = {}): number => {
    const problem = prepareHmm(make({ family: "expression", logDensity, parameters }), [y]);
    const row = new Float64Array(2);
    problem.emissions.logLikelihoods(0, 0, row, 0);
    return row[0];
  };
  test("follow the usual order of operations", () => {
    expect(value("-y0^2 + 2*3 - 8/4/2", 3)).toBe(-9 + 6 - 1);
    expect(value("2^3^2 - 1e-1", 0)).toBeCloseTo(511.9, 12);
    expect(value("y0 >= 2 and not (y0 == 3) ? 1 : y0 < 0 or y0 > 5 ? 2 : 3", 2)).toBe(1);
    expect(value("y0 >= 2 and not (y0 == 3) ? 1 : y0 < 0 or y0 > 5 ? 2 : 3", 3)).toBe(3);
    expect(value("min(a, b) * max(y0, pi) - lgamma(5)", 1, { a: 2, b: [3, 4] })).toBeCloseTo(
      2 * Math.PI - Math.log(24),
      12,
    );
    expect(value("log(y0)", 0)).toBe(Number.NEGATIVE_INFINITY);
    expect(value("y0 > 0 ? lgamma(y0) : log(0)", -1e9)).toBe(Number.NEGATIVE_INFINITY);
    expect(value(Array.from({ length: 3000 }, () => "y0").join(" + "), 2)).toBe(6000);
    expect(value("y0*log(a) + (1 - y0)*log(1 - a)", 0, { a: 0 })).toBe(0);
    expect(value("-square(atan2(y0, 1)) + log(normcdf(a))", 1, { a: 0 })).toBeCloseTo(
      -(Math.PI ** 2) / 16 - Math.LN2,
      14,
    );
  });
});
