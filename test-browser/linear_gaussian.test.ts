/**
 * filter and smooth on the GPU against the float64 oracle. Tolerances are the project's promise for models without
 * drift: means 1e-3 sd (with R = 1e-6 as near as float32 can hold a mean), covariances 1e-4 relative, log-likelihood
 * 1e-6 relative.
 */
import { expect, suite, test } from "vitest";
import { linearGaussianSSM, smooth } from "../src/api/index.ts";
import { differences } from "./compare.ts";
import { denseOracle, textbookOracle } from "./oracle.ts";
import { namedModel, type RandomModelOptions, type RawCase, randomModel } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const METHODS = ["parallel", "sequential"] as const;

/** Eight float32 roundings of the largest observation, in standard deviations of its noise. */
const roundings = (c: RawCase, noise: number): number =>
  (8 * 2 ** -24 * Math.max(...c.observations.flat().map(y => Math.abs(y ?? 0)))) / noise;

async function check(
  c: RawCase,
  exact: "dense" | "textbook",
  { noise, ...options }: { chunkLength?: number; noise?: number | undefined } = {},
): Promise<void> {
  const oracle = (exact === "dense" ? denseOracle : textbookOracle)(c.model, c.observations, c.inputs);
  const model = linearGaussianSSM(c.model);
  for (const method of METHODS) {
    const result = await smooth(model, c.observations, {
      backend: "webgpu",
      engine: engine(),
      method,
      form: "squareRoot",
      inputs: c.inputs,
      ...options,
    });
    expect(result.run.backend).toBe("webgpu");
    expect(result.run.method).toBe(method);
    const worst = differences(result, oracle, 1e-4 * Math.max(1, ...c.model.initial.mean.map(Math.abs)));
    const floor = noise ? roundings(c, noise) : 0;
    expect(worst.means, `${method} means, sd`).toBeLessThan(Math.max(1e-3, floor));
    expect(worst.covariances, `${method} covariances, relative`).toBeLessThan(1e-4);
    expect(worst.crossCovariances, `${method} cross-covariances, relative`).toBeLessThan(1e-4);
    expect(worst.marginalLogLikelihood, `${method} log-likelihood, relative`).toBeLessThan(
      // Innovations of order one, each off by the floor, in a sum of about 6 nats for every one of them.
      Math.max(1e-6, floor / (6 * Math.sqrt(c.observations.length * c.observations[0]!.length))),
    );
    expectPositive(result.smoothedCovariances.data, c.model.initial.mean.length);
    expectPositive(result.filteredCovariances.data, c.model.initial.mean.length);
  }
}

/**
 * No covariance is indefinite: float64 Cholesky without a negative pivot. A pivot under 1e-10 of its variance is the
 * rounding of a singular covariance; its column is then dropped, and may be negative by as much.
 */
function expectPositive(P: ArrayLike<number>, n: number): void {
  for (let at = 0; at < P.length; at += n * n) {
    const L = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      const variance = P[at + i * n + i]!;
      for (let j = 0; j <= i; j++) {
        let sum = P[at + i * n + j]!;
        for (let k = 0; k < j; k++) sum -= L[i * n + k]! * L[j * n + k]!;
        const pivot = L[j * n + j]!;
        if (i > j) L[i * n + j] = pivot > 0 ? sum / pivot : 0;
        else if (sum > 1e-10 * variance) L[i * n + i] = Math.sqrt(sum);
        else if (!(sum >= -1e-10 * variance))
          throw new Error(`covariance ${at / (n * n)}: pivot ${sum} of variance ${variance}`);
      }
    }
  }
}

/**
 * The same case with everything but covariances (a rounded one may be indefinite) in numbers that float32 holds exactly:
 * with R = 1e-6 the rounding of y alone is 1e-3 sd, and not ours.
 */
function rounded<Value>(value: Value): Value {
  const round = (v: unknown): unknown => {
    if (typeof v === "number") return Math.fround(v);
    if (Array.isArray(v)) return v.map(round);
    if (v && typeof v === "object")
      return Object.fromEntries(
        Object.entries(v).map(([key, entry]) => [key, key === "covariance" ? entry : round(entry)]),
      );
    return v;
  };
  return round(value) as Value;
}

/** n, and the m it is tried with: 1, between, n, and more than n once. */
const SIZES: readonly (readonly [number, readonly number[]])[] = [
  [1, [1, 3]],
  [2, [1, 2, 3]],
  [3, [1, 2, 3]],
  [4, [2, 4]],
  [6, [1, 4]],
  [8, [1, 8]],
  [12, [2]],
  [16, [1, 16]],
  [32, [2, 32]],
];

/** What a model can be besides plain. */
const KINDS: readonly (readonly [string, Partial<RandomModelOptions>])[] = [
  ["plain", {}],
  ["masked, inputs, time-varying", { missing: 0.3, inputs: 2, timeVarying: true }],
  ["singular Q, P0 = 0, missing entries", { singularQ: true, zeroP0: true, missing: 0.2 }],
  ["R of 1e-6", { noise: 1e-3, isotropicNoise: true }],
];

suite("smooth() on the GPU", () => {
  for (const [n, ms] of SIZES) {
    for (const m of ms) {
      test(`n = ${n}, m = ${m}: T = 1, 2, chunk − 1, chunk, chunk + 1 and several chunks agree with float64`, {
        timeout: 240_000,
      }, async () => {
        const chunkLength = 4;
        const lengths = n <= 12 ? [1, 2, 3, 4, 5, 23] : [1, 5, 9];
        for (const [index, T] of lengths.entries()) {
          const [, kind] = KINDS[index % KINDS.length]!;
          const c = randomModel({ n, m, T, seed: 100 * n + 10 * m + T, ...kind });
          await check(kind.noise ? rounded(c) : c, "dense", { chunkLength, noise: kind.noise });
        }
      });
    }
  }

  for (const [name, kind] of KINDS) {
    test(`${name}: agrees with float64 at n = 3, m = 2 over 60 steps`, async () => {
      const c = randomModel({ n: 3, m: 2, T: 60, seed: 7, ...kind });
      await check(kind.noise ? rounded(c) : c, "dense", { chunkLength: 5, noise: kind.noise });
    });
  }

  for (const [n, m, T] of [
    [1, 1, 1000],
    [2, 1, 1000],
    [4, 2, 1000],
    [6, 4, 1000],
    [8, 8, 1000],
    [12, 2, 1000],
    [16, 1, 1000],
    [2, 1, 20_000],
    [4, 2, 20_000],
    [6, 4, 6000],
    [32, 2, 150],
  ] as const) {
    test(`n = ${n}, m = ${m}, T = ${T}, masked, with the planner's chunks: agrees with float64`, {
      timeout: 120_000,
    }, async () => {
      await check(randomModel({ n, m, T, seed: n + m, missing: 0.1 }), "textbook");
    });
  }

  for (const name of ["d8", "mat52", "stiff", "d8gap"] as const) {
    test(`${name} over 6000 steps: agrees with float64`, { timeout: 120_000 }, async () => {
      await check(namedModel(name, 6000), "textbook");
    });
  }
});
