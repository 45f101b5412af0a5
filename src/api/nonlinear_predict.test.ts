import { expect, suite, test } from "vitest";
import { diagonal, randomModel } from "../../test-browser/oracle_models.ts";
import {
  diagnostics,
  expressionFunction,
  filter,
  forecast,
  generalizedGaussianSSM,
  type LinearGaussianSSM,
  linearGaussianSSM,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  predict,
  simulate,
} from "./index.ts";
import { asNonlinear } from "./testing/as_nonlinear.ts";

/** Largest difference of two arrays, which must have their NaN in the same places. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    expect(Number.isNaN(a[i])).toBe(Number.isNaN(b[i]));
    if (!Number.isNaN(a[i])) worst = Math.max(worst, Math.abs(a[i] - b[i]) / Math.max(1, Math.abs(b[i])));
  }
  return worst;
}

const FIELDS = [
  "means",
  "covariances",
  "variances",
  "lower",
  "upper",
  "innovations",
  "standardizedInnovations",
] as const;

suite("predict() of a linear model written as a nonlinear one", () => {
  const {
    model: raw,
    observations,
    inputs,
  } = randomModel({
    n: 3,
    m: 2,
    T: 60,
    seed: 71,
    inputs: 2,
    missing: 0.3,
  });
  const R = Array.from({ length: 60 }, (_, t) =>
    (raw.emissions.covariance as number[][]).map(row => row.map(value => value * (1 + (t % 4)))),
  );
  const varying = { ...raw, emissions: { ...raw.emissions, covariance: R } };
  const linear: LinearGaussianSSM = linearGaussianSSM(varying);
  const rules = [
    {},
    { linearization: "taylor" },
    { linearization: "cubature", updates: 3 },
    { linearization: "gauss-hermite", order: 3 },
    { linearization: "slr", points: 40 },
  ] as const;

  test.each(rules)("%o: every field and every test of diagnostics()", async rule => {
    const model = await asNonlinear(varying);
    const got = await predict(model, observations, { ...rule, inputs, level: 0.9 });
    const wanted = await predict(linear, observations, { inputs, level: 0.9 });
    expect(got.likelihood).toBe("linearised");
    expect(got.level).toBe(0.9);
    for (const field of FIELDS) {
      expect(got[field].shape).toEqual(wanted[field].shape);
      expect(apart(got[field].data, wanted[field].data), field).toBeLessThan(1e-9);
    }
    expect(got.quantileResiduals).toBe(got.standardizedInnovations);
    diagnostics(got, { lags: 4 }).forEach((tests, i) => {
      const same = diagnostics(wanted, { lags: 4 })[i];
      expect([tests.series, tests.channel, tests.count]).toEqual([same.series, same.channel, same.count]);
      for (const name of ["normality", "heteroskedasticity", "serialCorrelation"] as const) {
        expect(tests[name].statistic).toBeCloseTo(same[name].statistic, 8);
        expect(tests[name].pValue).toBeCloseTo(same[name].pValue, 8);
      }
    });
  });

  test("ragged batches, masks, views of one series and float32", async () => {
    const constant = await asNonlinear(raw);
    const lists = [observations.slice(0, 40), observations.slice(40, 55)] as number[][][];
    const given = {
      inputs: [inputs?.slice(0, 40), inputs?.slice(40, 55)] as number[][][],
      mask: lists.map(rows => rows.map((row, t) => row.map(() => (t % 5 === 1 ? 0 : 1)))),
    };
    const got = await predict(constant, lists, given);
    const wanted = await predict(linearGaussianSSM(raw), lists, given);
    for (const field of FIELDS) {
      expect(apart(got[field].data, wanted[field].data), field).toBeLessThan(1e-9);
      expect(apart(got.series(1)[field].data, wanted.series(1)[field].data), field).toBeLessThan(1e-9);
    }
    expect(got.series(1).quantileResiduals.shape).toEqual([15, 2]);
    const single = await predict(constant, lists, { ...given, dtype: "float32" });
    expect(single.quantileResiduals.data).toBeInstanceOf(Float32Array);
  });

  test("Gaussian emissions by their moments: quantile residuals are the standardised innovations", async () => {
    // Grids of spacing 0.05 within 7 standard deviations, and 0.375 within 6, which leave out e^−24.5 and e^−18.
    for (const [n, seed, tolerance] of [
      [1, 72, 1e-8],
      [2, 73, 1e-6],
    ]) {
      const { model: own, observations: y } = randomModel({ n, m: 2, T: 40, seed, missing: 0.2 });
      const gaussian = await asNonlinear(own);
      const covariance = (own.emissions.covariance as number[][]).flat().map(value => `${value} + 0*x0`);
      const model = generalizedGaussianSSM({
        ...(own as Required<typeof own>),
        initial: own.initial as { mean: number[]; covariance: number[][] },
        dynamics: { function: gaussian.dynamics.function, covariance: own.dynamics.covariance },
        emissions: {
          function: gaussian.emissions.function,
          covarianceFunction: await expressionFunction({ expressions: covariance, stateDim: n }),
        },
      });
      const got = await predict(model, y);
      const wanted = await predict(linearGaussianSSM(own), y);
      expect(apart(got.standardizedInnovations.data, wanted.standardizedInnovations.data)).toBeLessThan(1e-9);
      expect(apart(got.quantileResiduals.data, wanted.standardizedInnovations.data)).toBeLessThan(tolerance);
    }
  });
});

/** A Gaussian walk seen through a family. */
async function walk(
  emissions: Record<string, unknown>,
  expressions: string | string[],
  { variance = 0.3, q = 0.05 } = {},
): Promise<NonlinearSSM> {
  return generalizedGaussianSSM({
    initial: { mean: [0.4], covariance: [[variance]] },
    dynamics: {
      function: await expressionFunction({ expressions: "0.95*x0", stateDim: 1 }),
      covariance: [[q]],
    },
    emissions: { ...emissions, function: await expressionFunction({ expressions, stateDim: 1 }) } as never,
  });
}

suite("predict() of counts, by hand", () => {
  const logFactorial = (y: number): number =>
    Array.from({ length: y }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0);
  const probability = (y: number, rate: number): number =>
    Math.exp(y * Math.log(rate) - rate - logFactorial(y));
  /** P(Y ≤ y), Y Poisson of rate exp x, x ~ N(m, P): Simpson's rule on 4000 intervals over ±9 standard deviations. */
  function distribution(y: number, m: number, P: number): number {
    if (y < 0) return 0;
    let sum = 0;
    for (let i = 0; i <= 4000; i++) {
      const z = -9 + (18 * i) / 4000;
      const rate = Math.exp(m + Math.sqrt(P) * z);
      let below = 0;
      for (let k = 0; k <= y; k++) below += probability(k, rate);
      const weight = i === 0 || i === 4000 ? 1 : i % 2 === 1 ? 4 : 2;
      sum += weight * below * Math.exp(-0.5 * z * z);
    }
    return (sum * 18) / 4000 / 3 / Math.sqrt(2 * Math.PI);
  }
  /** Φ(r), by the same rule from −9. */
  function normal(r: number): number {
    let sum = 0;
    for (let i = 0; i <= 4000; i++) {
      const z = -9 + ((r + 9) * i) / 4000;
      sum += (i === 0 || i === 4000 ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-0.5 * z * z);
    }
    return (sum * (r + 9)) / 4000 / 3 / Math.sqrt(2 * Math.PI);
  }

  test("moments are those of the lognormal rate, residuals lie between P(Y < y) and P(Y ≤ y)", async () => {
    const model = await walk({ family: "poisson" }, "exp(x0)");
    const y = [2, 0, 5, Number.NaN, 1, 9, 3];
    const rule = { linearization: "gauss-hermite", order: 20 } as const;
    const filtered = await filter(model, y, rule);
    const [first, second] = [await predict(model, y, rule), await predict(model, y, { ...rule, seed: 1 })];
    y.forEach((count, t) => {
      const [m, P] = [filtered.predictedMeans.data[t], filtered.predictedCovariances.data[t]];
      const mean = Math.exp(m + P / 2);
      const variance = mean + (Math.exp(P) - 1) * mean * mean;
      expect(first.means.data[t]).toBeCloseTo(mean, 9);
      expect(first.variances.data[t]).toBeCloseTo(variance, 8);
      expect(first.lower.data[t]).toBeCloseTo(mean - 1.959963984540054 * Math.sqrt(variance), 8);
      if (Number.isNaN(count)) {
        for (const field of ["innovations", "standardizedInnovations", "quantileResiduals"] as const)
          expect(first[field].data[t]).toBeNaN();
        return;
      }
      expect(first.standardizedInnovations.data[t]).toBeCloseTo((count - mean) / Math.sqrt(variance), 8);
      // Where v falls differs by seed; both residuals are in the interval, and it is met: v = (Φ(r) − F(y − 1))/p is not the same.
      const [low, high] = [distribution(count - 1, m, P), distribution(count, m, P)];
      const places = [first, second].map(({ quantileResiduals }) => normal(quantileResiduals.data[t]));
      for (const place of places) {
        expect(place).toBeGreaterThan(low - 1e-9);
        expect(place).toBeLessThan(high + 1e-9);
      }
      expect(places[0]).not.toBeCloseTo(places[1], 6);
    });
    expect((await predict(model, y, rule)).quantileResiduals.data).toEqual(first.quantileResiduals.data);
  });

  test("the share v of every datum is the same whatever the law, so v is known from a known rate", async () => {
    // A state without variance has rate e^0.4; v from r at one count gives r at another.
    const known = await walk({ family: "poisson" }, "exp(x0)", { variance: 0, q: 0 });
    const rate = Math.exp(0.4);
    const [a, b] = [await predict(known, [1]), await predict(known, [3])];
    const below = (y: number): number =>
      Array.from({ length: y }, (_, k) => probability(k, rate)).reduce((sum, p) => sum + p, 0);
    const v = (normal(a.quantileResiduals.data[0]) - below(1)) / probability(1, rate);
    expect(v).toBeGreaterThan(0);
    expect(v).toBeLessThan(1);
    expect(normal(b.quantileResiduals.data[0])).toBeCloseTo(below(3) + v * probability(3, rate), 9);
    expect(a.variances.data[0]).toBeCloseTo(rate, 12);
  });

  test("a count far out has a finite residual of the right size", async () => {
    const known = await walk({ family: "poisson" }, "exp(x0)", { variance: 0, q: 0 });
    const { quantileResiduals } = await predict(known, [[[40]], [[1e6]]]);
    // P(Y ≥ 40) at rate e^0.4 is 4.5e-43 up to a factor: 13.6 < r < 13.9.
    expect(quantileResiduals.data[0]).toBeGreaterThan(13.5);
    expect(quantileResiduals.data[0]).toBeLessThan(14);
    expect(quantileResiduals.data[1]).toBeGreaterThan(37);
    expect(quantileResiduals.data[1]).toBeLessThan(37.1);
  });
});

suite("quantile residuals of every family", () => {
  const families: [string, Record<string, unknown>, string | string[]][] = [
    ["poisson", {}, "exp(x0)"],
    ["bernoulli", {}, "1/(1 + exp(-x0))"],
    ["binomial", { trials: 6 }, "1/(1 + exp(-x0))"],
    ["negative-binomial", { size: 2.5 }, "exp(x0 + 1)"],
    ["gamma", { concentration: 1.7 }, "exp(x0)"],
    ["student-t", { dof: 4, scale: 0.6 }, "x0"],
    ["von-mises", { concentration: 3 }, "2.9 + 0.4*x0"],
    ["von-mises", { concentration: 2e4 }, "3.1 + 0.01*x0"],
    ["categorical", {}, ["0.2", "0.5/(1 + exp(-x0))", "0.8 - 0.5/(1 + exp(-x0))"]],
  ];
  test.each(families)(
    "%s %o: standard normals, independent, of draws from the model",
    async (family, constants, theta) => {
      const model = await walk({ family, ...constants }, theta);
      const { observations } = simulate(model, { numSteps: 3000, seed: 5 });
      const prediction = await predict(model, observations, { linearization: "gauss-hermite", order: 9 });
      const residuals = Array.from(prediction.quantileResiduals.data).sort((a, b) => a - b);
      expect(prediction.quantileResiduals.shape).toEqual([3000, 1]);
      const [tests] = diagnostics(prediction);
      expect(tests.count).toBe(3000);
      for (const name of ["normality", "heteroskedasticity", "serialCorrelation"] as const)
        expect(tests[name].pValue, name).toBeGreaterThan(0.001);
      const mean = residuals.reduce((a, b) => a + b, 0) / 3000;
      const variance = residuals.reduce((sum, r) => sum + (r - mean) ** 2, 0) / 3000;
      // Four standard errors.
      expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(3000));
      expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 3000));
    },
  );

  test("a wrong law is seen: counts of more variance, angles of less concentration", async () => {
    const drawn = simulate(await walk({ family: "negative-binomial", size: 1 }, "exp(x0 + 1)"), {
      numSteps: 1500,
      seed: 6,
    }).observations;
    const [tests] = diagnostics(await predict(await walk({ family: "poisson" }, "exp(x0 + 1)"), drawn));
    expect(tests.normality.pValue).toBeLessThan(1e-6);
    // Pearson residuals are tested where they are all that is given.
    const { standardizedInnovations, numSeries } = await predict(
      await walk({ family: "poisson" }, "exp(x0 + 1)"),
      drawn,
    );
    const [pearson] = diagnostics({ standardizedInnovations, numSeries });
    expect(pearson.normality.statistic).not.toBe(tests.normality.statistic);
  });

  test("two channels of one state: the second is weighed by the first, a gap too", async () => {
    const model = await walk({ family: "poisson" }, ["exp(1 + x0)", "exp(1.5 - x0)"], { q: 0.3 });
    const { observations } = simulate(model, { numSteps: 3000, seed: 7 });
    const y = observations.data.map((value, i) => (i % 14 === 4 ? Number.NaN : value));
    const rows = Array.from({ length: 3000 }, (_, t) => [y[2 * t], y[2 * t + 1]]);
    const { quantileResiduals } = await predict(model, rows, { linearization: "gauss-hermite", order: 9 });
    let [products, count] = [0, 0];
    for (let t = 0; t < 3000; t++) {
      const product = quantileResiduals.data[2 * t] * quantileResiduals.data[2 * t + 1];
      if (Number.isNaN(product)) continue;
      products += product;
      count++;
    }
    expect(count).toBeLessThan(3000);
    // Products of independent standard normals have mean 0 and variance 1: four standard errors.
    expect(Math.abs(products)).toBeLessThan(4 * Math.sqrt(count));
    // Without the weighing the shared state would show: rates that go against each other.
    const pearson = (await predict(model, rows)).covariances.data;
    expect(pearson[1]).toBeLessThan(-0.5);
  });

  test("emissions that ignore the state, and states that they ignore", async () => {
    const constant = await walk({ family: "poisson" }, "2 + 0*x0");
    const flat = await predict(constant, [0, 4]);
    expect(flat.means.data[1]).toBeCloseTo(2, 12);
    expect(flat.quantileResiduals.data.every(Number.isFinite)).toBe(true);
    const one = await walk({ family: "poisson" }, "exp(x0)");
    const wide = generalizedGaussianSSM({
      initial: { mean: [9, 0.4, 9, 9], covariance: diagonal([4, 0.3, 4, 4]) },
      dynamics: {
        function: await expressionFunction({ expressions: ["x0", "0.95*x1", "x2", "x3"], stateDim: 4 }),
        covariance: diagonal([1, 0.05, 1, 1]),
      },
      emissions: {
        family: "poisson",
        function: await expressionFunction({ expressions: "exp(x1)", stateDim: 4 }),
      },
    });
    const rule = { linearization: "taylor" } as const;
    const [a, b] = [await predict(one, [2, 0, 3], rule), await predict(wide, [2, 0, 3], rule)];
    expect(apart(a.quantileResiduals.data, b.quantileResiduals.data)).toBeLessThan(1e-9);
  });

  test("angles: residuals are signed deviations, across ±π too", async () => {
    const model = await walk({ family: "von-mises", concentration: 3 }, "pi + 0*x0");
    const { quantileResiduals, means } = await predict(model, [Math.PI - 0.3, -Math.PI + 0.3, Math.PI]);
    const [left, right, centre] = quantileResiduals.data;
    expect(left).toBeLessThan(-0.4);
    expect(right).toBeCloseTo(-left, 10);
    expect(centre).toBeCloseTo(0, 10);
    expect(means.shape).toEqual([3, 2]);
  });
});

suite("predict() refuses", () => {
  test("densities, options of other models, and says what to do", async () => {
    const density = generalizedGaussianSSM({
      initial: { mean: [0], covariance: [[1]] },
      dynamics: { function: await expressionFunction({ expressions: "x0", stateDim: 1 }), covariance: [[1]] },
      emissions: {
        logDensity: await expressionFunction({
          expressions: "-abs(y0 - x0)",
          stateDim: 1,
          inputDim: 1,
          inputNames: ["y0"],
        }),
      },
    });
    await expect(predict(density, [1])).rejects.toThrow(
      "predict: model expected emissions with moments, got a log density. Give emissions by a family, or by mean and covariance.",
    );
    const one = await expressionFunction({ expressions: "x0", stateDim: 1 });
    const gaussian = nonlinearGaussianSSM({
      initial: { mean: [0], covariance: [[1]] },
      dynamics: { function: one, covariance: [[1]] },
      emissions: { function: one, covariance: [[1]] },
    });
    const refused: [object, string][] = [
      [{ level: 1 }, "predict: options.level expected a probability"],
      [{ seed: 1 }, "predict: options.seed expected one of the keys"],
      [{ outputs: [] }, "predict: options.outputs expected one of the keys"],
      [{ iterations: 3 }, "predict: options.iterations expected one of the keys"],
      [{ linearization: "ekf" }, 'predict: options.linearization expected "taylor"'],
      [{ results: "gpu" }, "predict: options.results expected nothing for this call"],
    ];
    for (const [options, message] of refused)
      await expect(predict(gaussian, [1], options)).rejects.toThrow(message);
    const counts = await walk({ family: "poisson" }, "exp(x0)");
    await expect(predict(counts, [1], { seed: 0.5 })).rejects.toThrow(
      "predict: options.seed expected a whole number ≥ 0, got 0.5.",
    );
    await expect(predict(counts, [1.5])).rejects.toThrow(
      "predict: observations[0] expected a whole number ≥ 0, got 1.5.",
    );
    await expect(predict(counts, [[1, 2]])).rejects.toThrow(
      /predict: observations\[0\] expected 1 entries, got 2/,
    );
  });

  test("a step without a value is NaN from there on with throwOnFailure false", async () => {
    const model = await walk({ family: "poisson" }, "exp(x0)/(t < 2 ? 1 : 0)");
    await expect(predict(model, [1, 2, 3])).rejects.toThrow(/predict: model expected .*got none at step 2/);
    const result = await predict(model, [1, 2, 3, 4], { throwOnFailure: false });
    expect(result.status).not.toBe("ok");
    for (const field of ["means", "variances", "standardizedInnovations", "quantileResiduals"] as const)
      expect(Array.from(result[field].data, Number.isNaN), field).toEqual([false, false, true, true]);
  });

  test("a forecast of one step is the prediction of the step that it forecasts", async () => {
    const model = await walk({ family: "negative-binomial", size: 2 }, "exp(x0)");
    const ahead = await forecast(model, [1, 4, 2], 1);
    const { means, variances } = await predict(model, [1, 4, 2, Number.NaN]);
    expect(means.data[3]).toBeCloseTo(ahead.means.data[0], 12);
    expect(variances.data[3]).toBeCloseTo(ahead.variances.data[0], 12);
  });
});
