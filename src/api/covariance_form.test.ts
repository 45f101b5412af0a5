/** form: "covariance" on the CPU: the oracle's numbers where it may be used, refused with the reason where it may not. */
import { expect, suite, test } from "vitest";
import { differences } from "../../test-browser/compare.ts";
import { largestAmplification, largestRatio } from "../../test-browser/covariance_ratio.ts";
import { denseOracle, textbookOracle } from "../../test-browser/oracle.ts";
import {
  namedModel,
  type RandomModelOptions,
  type RawCase,
  randomModel,
} from "../../test-browser/oracle_models.ts";
import {
  filter,
  forecast,
  type InferenceOptions,
  linearGaussianSSM,
  logLikelihood,
  NumericalError,
  ParameterError,
  predict,
  samplePosterior,
  smooth,
} from "./index.ts";

const covariance = { backend: "cpu", form: "covariance" } as const;

const KINDS: readonly (readonly [string, Partial<RandomModelOptions>])[] = [
  ["plain", {}],
  ["missing entries, inputs, time-varying", { missing: 0.3, inputs: 2, timeVarying: true }],
  ["singular Q, P0 = 0", { singularQ: true, zeroP0: true, missing: 0.2 }],
  ["singular Q", { singularQ: true }],
];

/** Noise of the standard deviation given in place of a named model's. */
function withNoise(given: RawCase, sd: number): RawCase {
  const { emissions } = given.model;
  const R = (emissions.covariance as number[][]).map((row, i) => row.map((_, j) => (i === j ? sd * sd : 0)));
  return { ...given, model: { ...given.model, emissions: { ...emissions, covariance: R } } };
}

const withPrior = (given: RawCase, variance: number): RawCase => {
  const { initial } = given.model;
  const wide = initial.covariance.map((row, i) => row.map((_, j) => (i === j ? variance : 0)));
  return { ...given, model: { ...given.model, initial: { ...initial, covariance: wide } } };
};

const run = (c: RawCase, options: InferenceOptions = {}) =>
  smooth(linearGaussianSSM(c.model), c.observations, { ...covariance, inputs: c.inputs, ...options });

/** Equal but for rounding; NaN, which pads short series, in the same places. */
function close(got: ArrayLike<number>, expected: ArrayLike<number>, digits: number): void {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(expected[i]!)) expect(got[i]).toBeNaN();
    else expect(got[i]).toBeCloseTo(expected[i]!, digits);
  }
}

suite('form: "covariance" on the CPU', () => {
  for (const [name, kind] of KINDS) {
    test.each([
      [1, 1],
      [2, 3],
      [3, 2],
      [4, 4],
      [6, 2],
    ])(
      `${name}, n = %i, m = %i: the oracle's numbers, or refused where the ratio is too large`,
      async (n, m) => {
        let used = 0;
        for (const seed of [1, 2, 3, 4]) {
          for (const T of [1, 2, 25]) {
            const c = randomModel({ n, m, T, seed: 10 * n + m + 1000 * seed, ...kind });
            const oracle = denseOracle(c.model, c.observations, c.inputs);
            const ratio = largestRatio(c, oracle);
            const result = await run(c).catch((error: Error) => error);
            if (result instanceof Error) {
              expect(result.message).toMatch(/got "covariance": at step/);
              expect(ratio > 1000 || largestAmplification(c, oracle) > 50).toBe(true);
              continue;
            }
            expect(ratio).toBeLessThan(1000);
            used++;
            expect(result.run.plan).toMatch(/covariance recursion/);
            const worst = differences(result, oracle);
            expect(worst.means).toBeLessThan(1e-7);
            expect(worst.covariances).toBeLessThan(1e-7);
            expect(worst.crossCovariances).toBeLessThan(1e-7);
            expect(worst.marginalLogLikelihood).toBeLessThan(1e-10);
          }
        }
        expect(used).toBeGreaterThanOrEqual(6);
      },
    );
  }

  test.each(["d8", "mat52", "stiff", "cv4", "llt", "d8gap"] as const)("%s over 3000 steps", async name => {
    const c = namedModel(name, 3000);
    const worst = differences(await run(c), textbookOracle(c.model, c.observations));
    expect(worst.means).toBeLessThan(1e-6);
    expect(worst.covariances).toBeLessThan(1e-7);
    expect(worst.marginalLogLikelihood).toBeLessThan(1e-10);
  });

  test("a ragged batch: every series as if alone, in filter, predict, forecast and logLikelihood", async () => {
    const c = randomModel({ n: 3, m: 2, T: 40, seed: 5, missing: 0.2 });
    const model = linearGaussianSSM(c.model);
    const batch = [c.observations, c.observations.slice(0, 7)];
    const exact = { backend: "cpu", form: "squareRoot" } as const;
    const calls: ((...given: Parameters<typeof filter>) => Promise<object>)[] = [filter, predict, smooth];
    for (const call of calls) {
      const [a, b] = [await call(model, batch, covariance), await call(model, batch, exact)];
      const field = call === predict ? "standardizedInnovations" : "filteredCovariances";
      const values = (r: object) => (r as Record<string, { data: Float64Array }>)[field]!.data;
      close(values(a), values(b), 9);
    }
    const ahead = await forecast(model, batch, 3, covariance);
    close(ahead.covariances.data, (await forecast(model, batch, 3, exact)).covariances.data, 9);
    expect(await logLikelihood(model, batch, covariance)).toBeCloseTo(
      await logLikelihood(model, batch, exact),
      9,
    );
    const draws = { numSamples: 2, seed: 3 };
    const sampled = await samplePosterior(model, batch, { ...covariance, ...draws });
    close(sampled.states.data, (await samplePosterior(model, batch, { ...exact, ...draws })).states.data, 7);
  });
});

suite('form: "covariance" where it would be wrong', () => {
  const refused: [string, RawCase, RegExp][] = [
    ["cv4 with R = 1e-6", withNoise(namedModel("cv4", 30), 1e-3), /at step 0 the variance .* is 1.0e6 times/],
    [
      "mat52 with R = 1e-6",
      withNoise(namedModel("mat52", 30), 1e-3),
      /at step 0 the variance .* is 1.0e6 times/,
    ],
    ["a prior of 1e8", withPrior(namedModel("llt", 30), 1e8), /at step 0 the variance .* is 1.0e8 times/],
    ["R = 0", withNoise(namedModel("cv4", 30), 0), /emissions.covariance is singular at step 0/],
    [
      "a settled variance 1500 times the noise",
      withNoise(withPrior(randomModel({ n: 1, m: 1, T: 30, seed: 3 }), 1e-9), 1e-2),
      /at step \d+ the variance/,
    ],
  ];
  test.each(refused)("%s: ParameterError before any work, with step, ratio and fix", async (_, c, why) => {
    for (const throwOnFailure of [true, false]) {
      const error: Error = await run(c, { throwOnFailure }).then(
        () => expect.unreachable(),
        e => e,
      );
      expect(error).toBeInstanceOf(ParameterError);
      expect(error.message).toMatch(
        /^smooth: options.form expected "squareRoot" or "auto" .*, got "covariance": /,
      );
      expect(error.message).toMatch(why);
      expect(error.message).toMatch(/Use form: "squareRoot"\.$/);
    }
  });

  /** Noise of step t; the others have 1. */
  const quiet = (T: number, at: number, variance: number): RawCase => ({
    model: {
      initial: { mean: [0], covariance: [[1]] },
      dynamics: { weights: [[1]], covariance: [[1]] },
      emissions: {
        weights: [[1]],
        covariance: Array.from({ length: T }, (_, t) => [[t === at ? variance : 1]]),
      },
    },
    observations: Array.from({ length: T }, (_, t) => [Math.sin(t)]),
  });

  test("a step that is met on the way: NumericalError names it; without throwing, NaN from there on", async () => {
    const c = quiet(80, 70, 1e-4);
    const error: Error = await run(c).then(
      () => expect.unreachable(),
      e => e,
    );
    expect(error).toBeInstanceOf(NumericalError);
    expect((error as NumericalError).status).toBe("illConditioned");
    expect(error.message).toMatch(
      /^smooth: options.form expected "squareRoot" or "auto" .*, got "covariance": at step 70 the variance H P H' of an entry given the past is 1.6e4 times that of its noise, more than 1000. Use form: "squareRoot".$/,
    );
    const result = await run(c, { throwOnFailure: false });
    expect(result.status).toBe("illConditioned");
    const exact = textbookOracle(c.model, c.observations);
    result.filteredMeans.data.forEach((x, t) => {
      if (t < 70) expect(x).toBeCloseTo(exact.filteredMeans[t]![0]!, 12);
      else expect(x).toBeNaN();
    });
    for (const field of ["smoothedMeans", "smoothedCovariances", "smoothedCrossCovariances"] as const)
      expect(result[field].data.every(Number.isNaN)).toBe(true);
    expect(result.marginalLogLikelihood).toBeNaN();
  });

  test("just below the bound it is used", async () => {
    const c = quiet(80, 70, 1.7e-3);
    expect(differences(await run(c), textbookOracle(c.model, c.observations)).covariances).toBeLessThan(
      1e-10,
    );
  });

  test("one series of a batch is refused, the other is not", async () => {
    const { model, observations } = quiet(80, 70, 1e-4);
    const blind = observations.map((y, t) => (t === 70 ? [null] : y));
    const result = await smooth(linearGaussianSSM(model), [blind, observations], {
      ...covariance,
      throwOnFailure: false,
    });
    expect(result.statuses).toEqual(["ok", "illConditioned"]);
    expect(result.series(0).smoothedMeans.data.every(Number.isFinite)).toBe(true);
    await expect(smooth(linearGaussianSSM(model), [blind, observations], covariance)).rejects.toThrow(
      /at step 70 .* \(series 1\)/,
    );
  });

  test("the two-filter smoother has no covariance form", async () => {
    const c = quiet(80, 70, 1);
    await expect(run(c, { smoother: "twoFilter" })).rejects.toThrow(
      /^smooth: options.smoother expected "auto" or "rts" with form "covariance", got "twoFilter"/,
    );
  });

  test("is never chosen by auto", async () => {
    const c = quiet(80, 70, 1);
    const result = await smooth(linearGaussianSSM(c.model), c.observations, { backend: "cpu" });
    expect(result.run.plan).not.toMatch(/covariance/);
  });
});
