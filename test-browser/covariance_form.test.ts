/**
 * form: "covariance" on the GPU against the float64 oracle, wherever its preconditions hold; refused elsewhere. Tolerances are
 * those of the square-root form: means 1e-3 sd, covariances 1e-4, log-likelihood 1e-6 relative.
 */
import { expect, suite, test } from "vitest";
import {
  filter,
  linearGaussianSSM,
  logLikelihood,
  NumericalError,
  ParameterError,
  samplePosterior,
  smooth,
} from "../src/api/index.ts";
import {
  covarianceProblem,
  type KalmanRequest,
  kalmanSmootherCpu,
  kalmanSmootherGpu,
  type LinearGaussianProblem,
  type Moments,
} from "../src/inference/index.ts";
import { prepare } from "../src/models/index.ts";
import { differences } from "./compare.ts";
import { largestAmplification, largestRatio, smallestPivot } from "./covariance_ratio.ts";
import { denseOracle, type OracleResult, textbookOracle } from "./oracle.ts";
import { namedModel, type RandomModelOptions, type RawCase, randomModel } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const METHODS = ["parallel", "sequential"] as const;
const on = (method: (typeof METHODS)[number] = "parallel") =>
  ({ backend: "webgpu", engine: engine(), form: "covariance", method }) as const;

/** Right, or refused with a reason that the oracle confirms. @returns whether it was used */
async function check(c: RawCase, oracle: OracleResult, chunkLength?: number, noise = 1): Promise<boolean> {
  const model = linearGaussianSSM(c.model);
  const size = c.observations.length * c.observations[0]!.length;
  const largest = Math.max(...c.observations.flat().map(y => Math.abs(y ?? 0)));
  // Eight float32 roundings of the largest observation, in sd of its noise, as for the square-root form.
  const floor = (8 * 2 ** -24 * largest) / noise;
  for (const method of METHODS) {
    const options = { ...on(method), inputs: c.inputs, ...(chunkLength ? { chunkLength } : {}) };
    const result = await smooth(model, c.observations, options).catch((error: Error) => error);
    if (result instanceof Error) {
      expect(result.message).toMatch(/got "covariance": at step/);
      // float32 rounds the amplification too, and may see one where the predicted covariance is singular.
      expect(
        largestRatio(c, oracle) > 999 || largestAmplification(c, oracle) > 49 || smallestPivot(oracle) < 1e-6,
      ).toBe(true);
      return false;
    }
    expect(result.run.plan).toMatch(/^covariance form, /);
    expect(result.run.method).toBe(method);
    // A mean without variance is asked for to 1e-7 of the largest there is.
    const largestMean = Math.max(1, ...oracle.smoothedMeans.flat().map(Math.abs));
    const worst = differences(result, oracle, 1e-4 * largestMean);
    expect(worst.means, `${method} means, sd`).toBeLessThan(1e-3);
    expect(worst.covariances, `${method} covariances, relative`).toBeLessThan(1e-4);
    expect(worst.crossCovariances, `${method} cross-covariances, relative`).toBeLessThan(1e-4);
    expect(worst.marginalLogLikelihood, `${method} log-likelihood, relative`).toBeLessThan(
      Math.max(1e-6, noise < 1 ? floor / (6 * Math.sqrt(size)) : 0),
    );
  }
  return true;
}

const SIZES: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 3],
  [2, 1],
  [2, 3],
  [3, 1],
  [3, 2],
  [4, 1],
  [4, 4],
  [6, 2],
  [6, 6],
  [8, 3],
  [12, 2],
  [12, 12],
];

/** Noise that keeps the ratio below its bound at large n too. */
const noiseOf = (n: number): number => Math.max(1, Math.sqrt(n) / 2);

const KINDS: readonly Partial<RandomModelOptions>[] = [
  {},
  { missing: 0.3, inputs: 2, timeVarying: true },
  { singularQ: true, missing: 0.2 },
  { singularQ: true, zeroP0: true, missing: 0.2 },
  { noise: 0.1, isotropicNoise: true },
];

suite('smooth() on the GPU, form: "covariance"', () => {
  for (const [n, m] of SIZES) {
    test(`n = ${n}, m = ${m}: T = 1, 2, chunk − 1, chunk, chunk + 1 and several chunks, all kinds of models`, {
      timeout: 240_000,
    }, async () => {
      let used = 0;
      for (const [index, T] of [1, 2, 3, 4, 5, 23, 23, 23, 23, 23].entries()) {
        const kind = KINDS[index % KINDS.length]!;
        // Known without any variance: what is left is how float32 adds up 23 numbers.
        if (n === 1 && kind.zeroP0 && T > 5) continue;
        const seed = 100 * n + 10 * m + index;
        const c = randomModel({ n, m, T, seed, noise: noiseOf(n), ...kind });
        if (await check(c, denseOracle(c.model, c.observations, c.inputs), 4, kind.noise)) used++;
      }
      expect(used).toBeGreaterThanOrEqual(4);
    });
  }

  for (const [n, m, T] of [
    [1, 1, 1000],
    [2, 1, 20_000],
    [4, 4, 20_000],
    [6, 2, 3000],
    [8, 8, 1000],
    [12, 2, 1000],
  ] as const) {
    test(`n = ${n}, m = ${m}, T = ${T}, masked, with the planner's chunks`, {
      timeout: 120_000,
    }, async () => {
      const c = randomModel({ n, m, T, seed: n + m, missing: 0.1, noise: noiseOf(n) });
      expect(await check(c, textbookOracle(c.model, c.observations))).toBe(true);
    });
  }

  test.each(["d8", "mat52", "stiff", "d8gap", "cv4", "llt"] as const)(
    "%s over 5000 steps, refined where it drifts",
    { timeout: 120_000 },
    async name => {
      const c = namedModel(name, 5000);
      expect(await check(c, textbookOracle(c.model, c.observations))).toBe(true);
    },
  );

  test("filter, logLikelihood and samplePosterior take it too", async () => {
    const c = namedModel("cv4", 300);
    const model = linearGaussianSSM(c.model);
    const oracle = textbookOracle(c.model, c.observations);
    const filtered = await filter(model, c.observations, on());
    expect(filtered.run.passes).toBeGreaterThan(1);
    expect(filtered.filteredCovariances.data[16 * 299]).toBeCloseTo(
      oracle.filteredCovariances[299]![0]![0]!,
      6,
    );
    const value = await logLikelihood(model, c.observations, on());
    expect(Math.abs(value / oracle.marginalLogLikelihood - 1)).toBeLessThan(1e-6);
    const draws = { seed: 3, numSamples: 2 } as const;
    const gpu = await samplePosterior(model, c.observations, { ...on(), ...draws });
    const cpu = await samplePosterior(model, c.observations, { backend: "cpu", ...draws });
    // Standard deviations are about 0.2 (position) and 0.5 (velocity).
    gpu.states.data.forEach((x, i) => {
      expect(Math.abs(x - cpu.states.data[i]!)).toBeLessThan(5e-4);
    });
  });
});

/** Means and covariances of all steps there are. */
function flatten({ means, covariances }: Moments, { stateDim: n, lengths }: LinearGaussianProblem): number[] {
  return [...lengths].flatMap((length, s) =>
    Array.from({ length }, (_, t) => [
      ...means.data.subarray(means.at(s, t), means.at(s, t) + n),
      ...covariances!.data.subarray(covariances!.at(s, t), covariances!.at(s, t) + (n * (n + 1)) / 2),
    ]).flat(),
  );
}

const request: KalmanRequest = {
  call: "test",
  smooth: true,
  method: "parallel",
  predicted: true,
  crossCovariances: true,
  moments: true,
};

async function compare(
  n: number,
  m: number,
  lengths: number[],
  extra: Partial<KalmanRequest>,
): Promise<void> {
  const cases = lengths.map(T =>
    randomModel({ n, m, T, seed: n * 100 + m, missing: 0.2, noise: noiseOf(n) }),
  );
  const longest = cases[lengths.indexOf(Math.max(...lengths))]!;
  const observations = cases.map(c => c.observations);
  const problem = covarianceProblem(
    prepare(linearGaussianSSM(longest.model), observations, { call: "test" }),
  );
  const cpu = await kalmanSmootherCpu(problem, { outputs: { predicted: true } });
  const gpu = await kalmanSmootherGpu(problem, {
    call: "test",
    engine: engine(),
    request: { ...request, ...extra },
  });
  for (const field of ["filtered", "predicted", "smoothed"] as const) {
    const [a, b] = [flatten(gpu[field]!, problem), flatten(cpu[field]!, problem)];
    expect(a.length).toBe(b.length);
    a.forEach((x, i) => {
      expect(Math.abs(x - b[i]!), field).toBeLessThan(3e-5 * Math.max(1, Math.abs(b[i]!)));
    });
  }
}

suite("covariance-form scans", () => {
  test("any number of spine levels, blocks of time, ragged batches: the moments of float64", {
    timeout: 120_000,
  }, async () => {
    for (const T of [1, 7, 64]) await compare(2, 1, [T], { chunkLength: 2, leaves: 2, spineLeaves: 2 });
    for (const method of METHODS) {
      await compare(2, 2, [40, 1, 17, 33], {
        method,
        chunkLength: 4,
        leaves: 2,
        spineLeaves: 2,
        blockSteps: 12,
      });
    }
    await compare(2, 1, Array(130).fill(6), { method: "sequential" });
  });

  for (const [n, m, variant] of [
    [5, 2, "team"],
    [3, 3, "team"],
    [13, 2, "team"],
    [6, 4, "wide"],
  ] as const) {
    test(`${variant} kernels at n = ${n}, m = ${m}: parallel and sequential, ragged`, {
      timeout: 240_000,
    }, async () => {
      for (const method of METHODS) {
        await compare(n, m, n < 13 ? [26, 9, 14] : [11, 5], {
          variant,
          method,
          chunkLength: 3,
          leaves: 4,
          spineLeaves: 4,
          blockSteps: 18,
        });
      }
    });
  }
  test("n = 40 runs with matrices in storage", { timeout: 240_000 }, async () => {
    await compare(40, 3, [6], { method: "sequential" });
  });
});

suite('form: "covariance" where it would be wrong, on the GPU', () => {
  const withNoise = (name: "cv4" | "mat52"): RawCase => {
    const c = namedModel(name, 30);
    const R = (c.model.emissions.covariance as number[][]).map((row, i) =>
      row.map((_, j) => (i === j ? 1e-6 : 0)),
    );
    return { ...c, model: { ...c.model, emissions: { ...c.model.emissions, covariance: R } } };
  };
  test.each(["cv4", "mat52"] as const)("%s with R = 1e-6: ParameterError before any work", async name => {
    const { model, observations } = withNoise(name);
    const running = smooth(linearGaussianSSM(model), observations, on());
    await expect(running).rejects.toThrow(ParameterError);
    await expect(running).rejects.toThrow(/at step 0 .* 1.0e6 times .* Use form: "squareRoot"/);
  });

  const quiet = (variance: number): RawCase => ({
    model: {
      initial: { mean: [0], covariance: [[1]] },
      dynamics: { weights: [[1]], covariance: [[1]] },
      emissions: {
        weights: [[1]],
        covariance: Array.from({ length: 100 }, (_, t) => [[t === 70 ? variance : 1]]),
      },
    },
    observations: Array.from({ length: 100 }, (_, t) => [Math.sin(t)]),
  });

  test.each(METHODS)("a precise observation met on the way, %s: named, NaN from there on", async method => {
    const { model, observations } = quiet(1e-4);
    const ssm = linearGaussianSSM(model);
    const error = await smooth(ssm, observations, on(method)).catch((e: Error) => e);
    expect(error).toBeInstanceOf(NumericalError);
    expect((error as NumericalError).status).toBe("illConditioned");
    expect((error as Error).message).toMatch(
      /at step 70 .* is 1.6e4 times that of its noise, more than 1000/,
    );
    const blind = observations.map((y, t) => (t === 70 ? [null] : y));
    const result = await smooth(ssm, [blind, observations], { ...on(method), throwOnFailure: false });
    expect(result.statuses).toEqual(["ok", "illConditioned"]);
    const [fine, bad] = [result.series(0), result.series(1)];
    expect(fine.smoothedMeans.data.every(Number.isFinite)).toBe(true);
    bad.filteredMeans.data.forEach((x, t) => {
      expect(Number.isNaN(x)).toBe(t >= 70);
    });
    bad.logLikelihoods.data.forEach((x, t) => {
      expect(Number.isNaN(x)).toBe(t >= 70);
    });
    for (const field of ["smoothedMeans", "smoothedCovariances", "smoothedCrossCovariances"] as const)
      expect(bad[field].data.every(Number.isNaN)).toBe(true);
  });

  test("a smoother's step that passes rounding on: named, its smoothed fields NaN, its filtered ones not", async () => {
    // Two states that one noise drives all but alike from step 80 on: P⁻ is nearly singular there, F is not.
    const T = 100;
    const model = {
      initial: {
        mean: [0, 0],
        covariance: [
          [1, 0],
          [0, 1],
        ],
      },
      dynamics: {
        weights: Array.from({ length: T }, (_, t) =>
          t === 80
            ? [
                [1, 0.99],
                [1, 1],
              ]
            : [
                [0.5, 0],
                [0, 0.5],
              ],
        ),
        covariance: Array.from({ length: T }, (_, t) =>
          t === 80
            ? [
                [1e-6, 0],
                [0, 1e-6],
              ]
            : [
                [1, 0],
                [0, 1],
              ],
        ),
      },
      emissions: { weights: [[1, 0]], covariance: [[1]] },
    };
    const observations = Array.from({ length: T }, (_, t) => [Math.sin(t)]);
    for (const backend of ["webgpu", "cpu"] as const) {
      const options = { ...on(), backend };
      await expect(smooth(linearGaussianSSM(model), observations, options)).rejects.toThrow(
        /at step 79 the smoother would pass on the rounding of a nearly singular predicted covariance/,
      );
      const result = await smooth(linearGaussianSSM(model), observations, {
        ...options,
        throwOnFailure: false,
      });
      expect(result.status).toBe("illConditioned");
      expect(result.smoothedMeans.data.every(Number.isNaN)).toBe(true);
      expect(result.filteredMeans.data.every(Number.isFinite)).toBe(true);
      expect((await filter(linearGaussianSSM(model), observations, options)).status).toBe("ok");
    }
  });
});
