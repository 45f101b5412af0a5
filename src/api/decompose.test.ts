import { expect, suite, test } from "vitest";
import {
  add,
  autoregressive,
  cycle,
  decompose,
  dummySeasonal,
  irregular,
  level,
  linearGaussianSSM,
  matern,
  regression,
  type StructuralModel,
  sarima,
  smooth,
} from "./index.ts";
import { cholesky, forward, regress, relativeError } from "./testing/dense_gaussian.ts";

/** A series that no component made, with two gaps. */
const T = 40;
const wave = Array.from({ length: T }, (_, t) => 3 + Math.sin(t) + 0.8 * Math.cos(1.7 * t * t) + 0.05 * t);
const gaps = wave.map((value, t) => (t === 7 || (t > 20 && t < 25) ? null : value));

/** Components with proper priors and their covariance functions. */
const parts = {
  level: [
    level({ variance: 0.3, initial: { mean: [0], covariance: [[4]] } }),
    (i: number, j: number) => 4 + 0.3 * Math.min(i, j),
  ],
  cycle: [
    cycle({ period: 6.5, damping: 0.9, variance: 0.2 }),
    (i: number, j: number) =>
      (0.2 / 0.19) * 0.9 ** Math.abs(i - j) * Math.cos(((2 * Math.PI) / 6.5) * (i - j)),
  ],
  autoregressive: [
    autoregressive({ coefficients: [0.7], variance: 0.51 }),
    (i: number, j: number) => 0.7 ** Math.abs(i - j),
  ],
} as const;
const NOISE = 0.25;
const model = add(parts.level[0], parts.cycle[0], parts.autoregressive[0], irregular({ variance: NOISE }));
const total = (i: number, j: number): number => Object.values(parts).reduce((sum, [, k]) => sum + k(i, j), 0);

/** Posterior of a part with covariance `own` given the sum of all parts and noise at the steps seen. */
function posterior(y: readonly (number | null)[], own: (i: number, j: number) => number, at: number) {
  const seen = y.flatMap((value, i) => (value === null ? [] : [i]));
  const l = cholesky(seen.map(i => seen.map(j => total(i, j) + (i === j ? NOISE : 0))));
  const z = forward(
    l,
    seen.map(i => y[i] as number),
  );
  const c = forward(
    l,
    seen.map(i => own(i, at)),
  );
  return {
    mean: c.reduce((sum, v, k) => sum + v * z[k], 0),
    variance: own(at, at) - c.reduce((sum, v) => sum + v * v, 0),
  };
}

suite("decompose()", () => {
  test("mean and variance of every component are those of the dense posterior, with gaps", async () => {
    const result = await decompose(model, gaps);
    expect(result.components.map(part => part.name)).toEqual(["level", "cycle", "autoregressive"]);
    for (const [name, [, own]] of Object.entries(parts)) {
      const { mean, variance } = result.component(name);
      for (let t = 0; t < T; t++) {
        const expected = posterior(gaps, own, t);
        expect(Math.abs(mean.data[t] - expected.mean), `${name} ${t}`).toBeLessThan(1e-12);
        expect(relativeError(variance.data[t], expected.variance), `${name} ${t}`).toBeLessThan(1e-11);
      }
    }
    for (let t = 0; t < T; t++) {
      const expected = posterior(gaps, total, t);
      expect(Math.abs(result.fitted.mean.data[t] - expected.mean)).toBeLessThan(1e-12);
      expect(relativeError(result.fitted.variance.data[t], expected.variance)).toBeLessThan(1e-11);
    }
  });

  test("filtered: given y up to each step only", async () => {
    const { components } = await decompose(model, gaps, { states: "filtered" });
    for (const t of [0, 7, 22, T - 1]) {
      const expected = posterior(gaps.slice(0, t + 1), parts.cycle[1], t);
      expect(Math.abs(components[1].mean.data[t] - expected.mean)).toBeLessThan(1e-12);
      expect(relativeError(components[1].variance.data[t], expected.variance)).toBeLessThan(1e-11);
    }
  });

  test("filtered: a component is undetermined until the diffuse start is identified", async () => {
    const diffuse = add(
      level({ variance: 1 }),
      dummySeasonal({ period: 3, variance: 1 }),
      irregular({ variance: 1 }),
    );
    const { components } = await decompose(diffuse, wave, { states: "filtered" });
    for (const { variance, lower, upper } of components) {
      expect([...variance.data.slice(0, 2)]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
      expect([lower.data[0], upper.data[0]]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
      expect(variance.data.slice(2).every(Number.isFinite)).toBe(true);
    }
  });

  test("a failed series is NaN when failures are not thrown", async () => {
    const still = add(level({ variance: 0, initial: { mean: [0], covariance: [[1]] } }));
    const { status, fitted } = await decompose(still, [1, 2, 3], { throwOnFailure: false });
    expect(status).toBe("notPositiveDefinite");
    expect([fitted.mean.data[2], fitted.variance.data[2]]).toEqual([Number.NaN, Number.NaN]);
  });

  test("components and irregular add up to the observations", async () => {
    const { components, irregular: noise, fitted } = await decompose(model, gaps);
    gaps.forEach((value, t) => {
      const sum = components.reduce((s, part) => s + part.mean.data[t], 0);
      expect(sum).toBe(fitted.mean.data[t]);
      if (value === null) {
        expect([noise.mean.data[t], noise.variance.data[t]]).toEqual([0, NOISE]);
      } else {
        // One rounding of the difference, one of the sum.
        expect(Math.abs(sum + noise.mean.data[t] - value)).toBeLessThanOrEqual(2 ** -51);
        expect(noise.variance.data[t]).toBe(fitted.variance.data[t]);
      }
    });
  });

  test("bands are normal quantiles of the level asked for", async () => {
    for (const [asked, z] of [
      [undefined, 1.959963984540054],
      [0.5, 0.6744897501960817],
      [0.99, 2.5758293035489004],
    ] as const) {
      const { level: got, fitted } = await decompose(model, wave, { level: asked });
      expect(got).toBe(asked ?? 0.95);
      const sd = Math.sqrt(fitted.variance.data[9]);
      expect((fitted.upper.data[9] - fitted.mean.data[9]) / sd).toBeCloseTo(z, 12);
      expect((fitted.mean.data[9] - fitted.lower.data[9]) / sd).toBeCloseTo(z, 12);
    }
  });

  test("a ragged batch: every series as if alone, padded with NaN; series() cuts one out", async () => {
    const batch = [gaps.slice(0, 13), gaps, wave.slice(5, 12)].map(list => list.map(value => [value]));
    const result = await decompose(model, batch);
    expect(result.fitted.mean.shape).toEqual([3, T]);
    expect(result.numSeries).toBe(3);
    expect(result.fitted.mean.data[13]).toBeNaN();
    for (const [i, y] of batch.entries()) {
      const [one, cut] = [await decompose(model, y), result.series(i)];
      expect(cut.component("cycle")).toEqual(one.component("cycle"));
      expect(cut.irregular).toEqual(one.irregular);
      expect(cut.fitted.upper.shape).toEqual([y.length]);
    }
    expect(() => result.series(3)).toThrow("decompose: series(index) expected 0 … 2, got 3");
    expect(() => result.component("cicle")).toThrow(
      'expected one of "level", "cycle", "autoregressive", "irregular"',
    );
  });

  test("known regressions, means, masks and float32 go through", async () => {
    const withInputs = add(
      parts.level[0],
      regression({ name: "price", coefficients: [2, -1] }),
      autoregressive({ coefficients: [0.7], variance: 0.51, mean: 5 }),
      irregular({ name: "error", variance: NOISE }),
    );
    const inputs = wave.map((_, t) => [t / 10, t % 3]);
    const y = wave.map((value, t) => value + 5 + inputs[t][0] * 2 - inputs[t][1]);
    const plain = await decompose(
      add(parts.level[0], parts.autoregressive[0], irregular({ variance: NOISE })),
      gaps,
    );
    const mask = gaps.map(value => (value === null ? 0 : 1));
    const result = await decompose(withInputs, y, { inputs, mask, dtype: "float32" });
    expect(result.fitted.mean.data).toBeInstanceOf(Float32Array);
    for (let t = 0; t < T; t++) {
      const price = result.component("price");
      expect(price.mean.data[t]).toBe(Math.fround(inputs[t][0] * 2 - inputs[t][1]));
      expect(price.variance.data[t]).toBe(0);
      expect(result.component("level").mean.data[t]).toBeCloseTo(plain.component("level").mean.data[t], 5);
      expect(result.component("autoregressive").mean.data[t]).toBeCloseTo(
        5 + plain.component("autoregressive").mean.data[t],
        5,
      );
    }
    expect(result.component("error").mean.data[7]).toBe(0);
  });

  test("without measurement error the fit is the data", async () => {
    const { fitted, irregular: noise } = await decompose(add(parts.cycle[0], parts.level[0]), wave);
    wave.forEach((value, t) => {
      expect(Math.abs(fitted.mean.data[t] - value)).toBeLessThan(1e-13);
      expect(fitted.variance.data[t]).toBeLessThan(1e-13);
      expect(noise.variance.data[t]).toBe(0);
    });
  });

  test("one step is enough", async () => {
    const { fitted, components } = await decompose(model, [2]);
    const gain = total(0, 0) / (total(0, 0) + NOISE);
    expect(fitted.mean.data[0]).toBeCloseTo(2 * gain, 13);
    expect(components[0].mean.data[0]).toBeCloseTo((2 * 4) / (total(0, 0) + NOISE), 13);
  });

  test("the states it was computed from are there", async () => {
    const { states, run, status } = await decompose(model, wave);
    const direct = await smooth(model, wave);
    expect(states.marginalLogLikelihood).toBe(direct.marginalLogLikelihood);
    expect([run.backend, status]).toEqual(["cpu", "ok"]);
  });

  test("refuses other models and options, in its own name", async () => {
    const other = linearGaussianSSM({
      initial: { mean: 0, covariance: 1 },
      dynamics: { weights: 1, covariance: 1 },
      emissions: { weights: 1, covariance: 1 },
    });
    await expect(decompose(other, wave)).rejects.toThrow("decompose: model expected a model of components");
    await expect(decompose(model, wave, { level: 95 })).rejects.toThrow(
      "decompose: options.level expected a probability between",
    );
    await expect(decompose(model, wave, { states: "all" as never })).rejects.toThrow(
      '"smoothed" or "filtered"',
    );
    await expect(decompose(model, wave, { mothod: "auto" } as never)).rejects.toThrow(
      'Did you mean "method"?',
    );
    await expect(decompose(model, [1, Number.POSITIVE_INFINITY])).rejects.toThrow(
      "decompose: observations[1] expected",
    );
    await expect(decompose(model, wave, { inputs: wave })).rejects.toThrow("decompose: inputs expected none");
    const short = add(regression({ regressors: [1, 2, 3] }), irregular({ variance: 1 }));
    await expect(decompose(short, wave)).rejects.toThrow("observations expected 3 rows");
  });

  test("no noise at all is a numerical failure that says so", async () => {
    const still = add(level({ variance: 0, initial: { mean: [0], covariance: [[1]] } }));
    await expect(decompose(still, [1, 2, 3])).rejects.toThrow("make R positive definite");
  });
});

suite("Gaussian process regression", () => {
  // Irregular times, some equal, some nearly so.
  const times = Array.from({ length: 60 }, (_, i) => i * 0.31 + 0.2 * Math.sin(7 * i) + (i > 30 ? 4 : 0));
  times[12] = times[11];
  times[41] = times[40] + 1e-9;
  const y = times.map((s, i) => (i % 9 === 4 ? Number.NaN : Math.sin(s) + 0.1 * Math.cos(50 * s)));
  const kernels = {
    0.5: (x: number) => Math.exp(-x),
    1.5: (x: number) => (1 + x) * Math.exp(-x),
    2.5: (x: number) => (1 + x + (x * x) / 3) * Math.exp(-x),
  };
  const kernel = (nu: 0.5 | 1.5 | 2.5, lengthScale: number, variance: number) => (i: number, j: number) =>
    variance * kernels[nu]((Math.sqrt(2 * nu) * Math.abs(times[i] - times[j])) / lengthScale);

  test.each([0.5, 1.5, 2.5] as const)(
    "Matérn %d: smoother and log-likelihood are those of the dense solution",
    async nu => {
      const made = add(matern({ nu, lengthScale: 1.3, variance: 2, times }), irregular({ variance: 0.05 }));
      const { fitted, states } = await decompose(made, y);
      const expected = regress(y, kernel(nu, 1.3, 2), 0.05);
      for (let i = 0; i < times.length; i++) {
        expect(Math.abs(fitted.mean.data[i] - expected.mean[i])).toBeLessThan(1e-11);
        expect(relativeError(fitted.variance.data[i], expected.variance[i])).toBeLessThan(1e-10);
      }
      const seen = times.flatMap((_, i) => (Number.isNaN(y[i]) ? [] : [i]));
      const l = cholesky(seen.map(i => seen.map(j => kernel(nu, 1.3, 2)(i, j) + (i === j ? 0.05 : 0))));
      const z = forward(
        l,
        seen.map(i => y[i]),
      );
      const logLik = z.reduce(
        (sum, v, i) => sum - (v * v) / 2 - Math.log(l[i][i]) - Math.log(2 * Math.PI) / 2,
        0,
      );
      expect(relativeError(states.marginalLogLikelihood, logLik)).toBeLessThan(1e-11);
    },
  );

  test("a sum of kernels comes apart into its parts", async () => {
    const [slow, fast] = [kernel(2.5, 5, 1.5), kernel(0.5, 0.2, 0.1)];
    const made: StructuralModel = add(
      matern({ name: "slow", nu: 2.5, lengthScale: 5, variance: 1.5, times }),
      matern({ name: "fast", nu: 0.5, lengthScale: 0.2, variance: 0.1, times }),
      irregular({ variance: 0.02 }),
    );
    const result = await decompose(made, y);
    const seen = times.flatMap((_, i) => (Number.isNaN(y[i]) ? [] : [i]));
    const l = cholesky(seen.map(i => seen.map(j => slow(i, j) + fast(i, j) + (i === j ? 0.02 : 0))));
    const z = forward(
      l,
      seen.map(i => y[i]),
    );
    for (const [name, own] of [
      ["slow", slow],
      ["fast", fast],
    ] as const) {
      for (let i = 0; i < times.length; i++) {
        const c = forward(
          l,
          seen.map(j => own(i, j)),
        );
        const mean = c.reduce((sum, v, k) => sum + v * z[k], 0);
        const variance = own(i, i) - c.reduce((sum, v) => sum + v * v, 0);
        expect(Math.abs(result.component(name).mean.data[i] - mean)).toBeLessThan(1e-11);
        expect(relativeError(result.component(name).variance.data[i], variance)).toBeLessThan(1e-9);
      }
    }
  });

  test("goes with a seasonal and a diffuse lag", () => {
    const made = add(
      matern({ nu: 1.5, lengthScale: 3, variance: 1, times }),
      dummySeasonal({ period: 4, variance: 0.1 }),
      sarima({ differences: 1, variance: 1 }),
      irregular({ variance: 1 }),
    );
    expect([made.numSteps, made.stateDim, made.diffuse]).toEqual([60, 7, [2, 3, 4, 6]]);
  });
});
