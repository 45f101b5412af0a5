import { expect, suite, test } from "vitest";
import { linearGaussianSSM } from "../index.ts";
import { add } from "./add.ts";
import { autoregressive } from "./arma.ts";
import { cycle } from "./cycle.ts";
import { irregular } from "./irregular.ts";
import { matern } from "./matern.ts";
import { regression } from "./regression.ts";
import { dummySeasonal, trigonometricSeasonal } from "./seasonal.ts";
import { stateNames } from "./state_names.ts";
import { level, localLinearTrend, smoothTrend } from "./trend.ts";

/** Rows of a square matrix. */
const rowsOf = (data: Float64Array): number[][] => {
  const k = Math.sqrt(data.length);
  return Array.from({ length: k }, (_, i) => Array.from(data.subarray(i * k, (i + 1) * k)));
};

suite("trends", () => {
  test("level() is a random walk", () => {
    const { system, stateNames: names } = level({ variance: 3 });
    expect([names, [...system.transition], [...system.covariance]]).toEqual([["level"], [1], [3]]);
    expect(system.initial.diffuse).toEqual([true]);
  });

  test("localLinearTrend() and smoothTrend() differ in the noise of the level", () => {
    const [local, smooth] = [
      localLinearTrend({ levelVariance: 2, slopeVariance: 3, damping: 0.9 }),
      smoothTrend({ slopeVariance: 3 }),
    ];
    expect(rowsOf(local.system.transition)).toEqual([
      [1, 1],
      [0, 0.9],
    ]);
    expect(rowsOf(local.system.covariance)).toEqual([
      [2, 0],
      [0, 3],
    ]);
    expect(rowsOf(smooth.system.covariance)).toEqual([
      [0, 0],
      [0, 3],
    ]);
    expect(smooth.stateNames).toEqual(["trend.level", "trend.slope"]);
  });

  test("refuse negative variances and growing slopes", () => {
    expect(() => level({ variance: -1 })).toThrow(
      "level: variance expected a finite number ≥ 0, got -1. 0 means deterministic; square a deviation.",
    );
    expect(() => smoothTrend({ slopeVariance: Number.POSITIVE_INFINITY })).toThrow(
      "slopeVariance expected a finite",
    );
    expect(() => smoothTrend({ slopeVariance: 1, damping: 1.01 })).toThrow(
      "damping expected a number from 0 to 1",
    );
    expect(() => localLinearTrend({ levelVariance: 1 } as never)).toThrow('Add "slopeVariance".');
    expect(() => level({ varience: 1 } as never)).toThrow('Did you mean "variance"?');
    expect(() => level({ variance: 1, name: "my level" })).toThrow("name expected a word without spaces");
  });
});

suite("seasonals", () => {
  test("dummySeasonal(): s effects sum to noise", () => {
    const { system, stateNames: names } = dummySeasonal({ period: 4, variance: 2 });
    expect(rowsOf(system.transition)).toEqual([
      [-1, -1, -1],
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect([...system.covariance]).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(names).toEqual(["seasonal.now", "seasonal.lag1", "seasonal.lag2"]);
  });

  test("period 2 is one state that changes sign, in both forms", () => {
    for (const part of [
      dummySeasonal({ period: 2, variance: 1 }),
      trigonometricSeasonal({ period: 2, variance: 1 }),
    ]) {
      expect([[...part.system.transition], [...part.system.weights]]).toEqual([[-1], [1]]);
    }
  });

  test.each([2, 3, 4, 7, 12])("trigonometricSeasonal() of period %d comes round after a season", period => {
    const { system } = trigonometricSeasonal({ period, variance: 1 });
    const k = system.weights.length;
    expect(k).toBe(period - 1);
    let power = rowsOf(system.transition);
    const F = power;
    for (let i = 1; i < period; i++)
      power = power.map(row => F[0].map((_, j) => row.reduce((s, v, l) => s + v * F[l][j], 0)));
    power.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value).toBeCloseTo(i === j ? 1 : 0, 14);
      });
    });
  });

  test("fewer harmonics, and periods that are not whole", () => {
    const few = trigonometricSeasonal({ period: 365.25, harmonics: 3, variance: 1 });
    expect(few.stateNames.map(name => name.slice(9))).toEqual([
      "cos1",
      "sin1",
      "cos2",
      "sin2",
      "cos3",
      "sin3",
    ]);
    expect(few.system.transition[0]).toBe(Math.cos((2 * Math.PI) / 365.25));
    expect(trigonometricSeasonal({ period: 12, harmonics: 6, variance: 1 }).stateNames.length).toBe(11);
    expect(trigonometricSeasonal({ period: 5, variance: 1 }).stateNames.length).toBe(4);
  });

  test("refuse periods and harmonics that are none", () => {
    expect(() => dummySeasonal({ period: 1, variance: 1 })).toThrow(
      "dummySeasonal: period expected a whole number ≥ 2",
    );
    expect(() => dummySeasonal({ period: 4.5, variance: 1 })).toThrow(
      "period expected a whole number ≥ 2, got 4.5",
    );
    expect(() => trigonometricSeasonal({ period: 1, variance: 1 })).toThrow(
      "period expected at least 2, got 1",
    );
    expect(() => trigonometricSeasonal({ period: 12, harmonics: 7, variance: 1 })).toThrow(
      "trigonometricSeasonal: harmonics expected at most 6, half the period, got 7. Higher ones repeat these.",
    );
    expect(() => trigonometricSeasonal({ period: 12, harmonics: 0, variance: 1 })).toThrow(
      "harmonics expected a whole",
    );
  });
});

suite("cycle()", () => {
  test("starts stationary below damping 1, diffuse at 1", () => {
    const damped = cycle({ period: 8, damping: 0.6, variance: 3.2 });
    expect(damped.system.initial.diffuse).toEqual([false, false]);
    expect(damped.system.initial.covariance[0]).toBeCloseTo(5, 14);
    expect(damped.system.transition[1]).toBeCloseTo(0.6 * Math.SQRT1_2, 15);
    expect(cycle({ frequency: 1, variance: 1 }).system.initial.diffuse).toEqual([true, true]);
  });

  test("the stationary start is what the dynamics leave as it is", () => {
    const part = cycle({ frequency: 0.7, damping: 0.93, variance: 1.3 });
    const { parameters } = linearGaussianSSM({
      initial: "stationary",
      dynamics: {
        weights: rowsOf(part.system.transition),
        covariance: rowsOf(part.system.covariance),
      },
      emissions: { weights: [[1, 0]], covariance: 1 },
    });
    parameters.initial.covariance.data.forEach((value, i) => {
      expect(value).toBeCloseTo(part.system.initial.covariance[i], 13);
    });
  });

  test("refuses damping above 1 and frequencies out of reach", () => {
    expect(() => cycle({ period: 8, damping: 1.1, variance: 1 })).toThrow(
      "cycle: damping expected a number from 0 to 1, got 1.1. Larger values explode.",
    );
    expect(() => cycle({ variance: 1 })).toThrow(
      "cycle: period expected either period or frequency, got neither.",
    );
    expect(() => cycle({ period: 8, frequency: 1, variance: 1 })).toThrow("got both");
    expect(() => cycle({ period: 2, variance: 1 })).toThrow("period expected more than 2 steps");
    expect(() => cycle({ frequency: 3.2, variance: 1 })).toThrow(
      "frequency expected radians between 0 and π",
    );
  });
});

suite("regression()", () => {
  test("known coefficients are input weights, numbered in the order of add()", () => {
    const model = add(
      level({ variance: 1 }),
      regression({ name: "price", coefficients: [2, 3] }),
      regression({ name: "rain", coefficients: [5] }),
    );
    expect([...(model.parameters.emissions.inputWeights?.data ?? [])]).toEqual([2, 3, 5]);
    expect(model.components.map(part => [...part.inputs])).toEqual([
      [0, 0],
      [0, 2],
      [2, 3],
    ]);
    expect(model.inputDim).toBe(3);
  });

  test("coefficients as states: weights are the regressors", () => {
    const part = regression({
      regressors: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      columns: ["a", "b"],
      variance: [0, 0.5],
    });
    expect(part.stateNames).toEqual(["regression.a", "regression.b"]);
    expect([...part.system.covariance]).toEqual([0, 0, 0, 0.5]);
    const model = add(part, irregular({ variance: 1 }));
    expect([model.numSteps, model.parameters.emissions.weights.shape]).toEqual([3, [3, 1, 2]]);
    expect([...model.parameters.emissions.weights.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(regression({ regressors: [1, 2, 3] }).stateNames).toEqual(["regression.x0"]);
  });

  test("refuses neither and both, ragged rows, and lists of other lengths", () => {
    expect(() => regression({} as never)).toThrow("either coefficients or regressors, got neither");
    expect(() => regression({ coefficients: [1], regressors: [1] } as never)).toThrow("got both");
    expect(() => regression({ coefficients: [] })).toThrow("coefficients expected at least one number");
    expect(() => regression({ coefficients: [1], variance: 1 } as never)).toThrow('unknown key "variance"');
    expect(() => regression({ regressors: [[1, 2], [3]] })).toThrow(
      "regressors[1] expected 2 numbers, got 1",
    );
    expect(() => regression({ regressors: [] })).toThrow("at least one row");
    expect(() => regression({ regressors: [1, 2], variance: [1, 1] })).toThrow("variance expected 1 entries");
    expect(() => regression({ regressors: [[1, 2]], columns: ["a", "a"] })).toThrow(
      "columns[1] expected a word",
    );
  });
});

suite("add()", () => {
  test("puts states side by side and names them", () => {
    const model = add(
      localLinearTrend({ levelVariance: 1, slopeVariance: 2 }),
      autoregressive({ name: "short", coefficients: [0.5], variance: 3, mean: 4 }),
      irregular({ variance: 5 }),
    );
    expect(model.stateNames).toEqual(["trend.level", "trend.slope", "short.now"]);
    expect(stateNames(model)).toBe(model.stateNames);
    expect(model.components.map(({ name, kind, states }) => [name, kind, ...states])).toEqual([
      ["trend", "localLinearTrend", 0, 2],
      ["short", "autoregressive", 2, 3],
      ["irregular", "irregular", 3, 3],
    ]);
    const { initial, dynamics, emissions } = model.parameters;
    expect(rowsOf(dynamics.weights.data)).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [0, 0, 0.5],
    ]);
    expect(rowsOf(dynamics.covariance.data)).toEqual([
      [1, 0, 0],
      [0, 2, 0],
      [0, 0, 3],
    ]);
    expect([...emissions.weights.data]).toEqual([1, 0, 1]);
    expect([...(emissions.bias?.data ?? []), ...emissions.covariance.data]).toEqual([4, 5]);
    expect(model.diffuse).toEqual([0, 1]);
    expect(initial.covariance.data[8]).toBeCloseTo(4, 14);
  });

  test("the level model of the Nile is the one written by hand", () => {
    const made = add(level({ variance: 1469.1 }), irregular({ variance: 15099 }));
    const { stateNames: names, components, ...model } = made;
    expect(model).toEqual(
      linearGaussianSSM({
        initial: "diffuse",
        dynamics: { weights: [[1]], covariance: [[1469.1]] },
        emissions: { weights: [[1]], covariance: [[15099]] },
      }),
    );
    expect([names.length, components.length]).toEqual([1, 2]);
  });

  test("a model can be added to", () => {
    const [a, b, c] = [
      level({ variance: 1 }),
      dummySeasonal({ period: 4, variance: 1 }),
      irregular({ variance: 1 }),
    ];
    expect(add(add(a, b), c)).toEqual(add(a, b, c));
  });

  test("no irregular() means no measurement error", () => {
    expect([...add(level({ variance: 1 })).parameters.emissions.covariance.data]).toEqual([0]);
  });

  test("parts that vary in time go with parts that do not", () => {
    const times = [0, 1, 3];
    const model = add(
      matern({ nu: 0.5, lengthScale: 1, variance: 1, times }),
      dummySeasonal({ period: 2, variance: 1 }),
      regression({ regressors: [7, 8, 9] }),
    );
    expect(model.numSteps).toBe(3);
    const F = model.parameters.dynamics.weights;
    expect(F.shape).toEqual([3, 3, 3]);
    expect([...F.data.slice(18)]).toEqual([Math.exp(-2), 0, 0, 0, -1, 0, 0, 0, 1]);
    expect([...model.parameters.emissions.weights.data]).toEqual([1, 1, 7, 1, 1, 8, 1, 1, 9]);
  });

  test("a model made for one step is for one step", () => {
    expect(add(regression({ regressors: [2] }), irregular({ variance: 1 })).numSteps).toBe(1);
    expect(add(matern({ nu: 1.5, lengthScale: 1, variance: 1, times: [3] })).numSteps).toBe(1);
  });

  test("takes a prior in place of the diffuse one, also a partly diffuse one", () => {
    const model = add(
      smoothTrend({
        slopeVariance: 1,
        initial: {
          mean: [0, 2],
          covariance: [
            [0, 0],
            [0, 4],
          ],
          diffuse: [true, false],
        },
      }),
      level({ name: "known", variance: 1, initial: { mean: [5], covariance: [[9]] } }),
    );
    expect(model.diffuse).toEqual([0]);
    expect([...model.parameters.initial.mean.data]).toEqual([0, 2, 5]);
    expect([...model.parameters.initial.covariance.data]).toEqual([0, 0, 0, 0, 4, 0, 0, 0, 9]);
    expect(() => level({ variance: 1, initial: { mean: [1, 2], covariance: [[1]] } })).toThrow(
      "level: initial expected 1 means, a [1, 1] covariance (and 1 diffuse flags), got 2, [1, 1]. One per state.",
    );
  });

  test("refuses names and noises that are there twice, other lengths, nothing", () => {
    const one = level({ variance: 1 });
    expect(() => add(one, level({ variance: 2 }))).toThrow(
      'add: components expected different names, got "level" for both level() and level(). Give one of them another: level({ name: "level2", … }).',
    );
    expect(() => add(one, irregular({ variance: 1 }), irregular({ name: "b", variance: 1 }))).toThrow(
      'at most one irregular(), got "irregular" and "b"',
    );
    expect(() =>
      add(regression({ name: "a", regressors: [1] }), regression({ name: "b", regressors: [1, 2] })),
    ).toThrow('add: "b" expected 1 steps as in "a", got 2');
    expect(() => add()).toThrow("at least one with states, got 0 without. Add level({ variance: 0 }).");
    expect(() => add(irregular({ variance: 1 }))).toThrow("at least one with states, got 1 without");
    expect(() => add(level as never)).toThrow(
      "argument 0 expected a component, as of level(), got a function",
    );
    expect(() => add({ variance: 1 } as never)).toThrow("a component, as of level()");
  });
});
