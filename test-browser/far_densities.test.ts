/**
 * Gaussian log-densities of data that lie tens to hundreds of standard deviations from every state, or from most: what tells two states
 * apart there is the difference of thousands of nats, of which float32 keeps a few ten-thousandths.
 */
import { expect, suite, test } from "vitest";
import { emissionLogLikelihoodsGpu } from "../src/inference/index.ts";
import { hiddenMarkovModel, prepareHmm } from "../src/models/index.ts";
import { TestRandom } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

const LOG_2PI = Math.log(2 * Math.PI);

/** log N(y; mean, Σ) of two channels, Σ = [[a, b], [b, c]], in float64. */
function logNormal(y: readonly number[], mean: readonly number[], [a, b, c]: readonly number[]): number {
  const [u, v] = [y[0]! - mean[0]!, y[1]! - mean[1]!];
  const determinant = a! * c! - b! * b!;
  return (
    -LOG_2PI - 0.5 * Math.log(determinant) - (c! * u * u - 2 * b! * u * v + a! * v * v) / (2 * determinant)
  );
}

const K = 6;
const states = Array.from({ length: K }, (_, k) => k);
const uniform = states.map(() => 1 / K);
const means = states.map(k => [8 * k, 8 * ((k * 5) % K)]);
/** Covariances [a, b, c] of the states. */
const same = states.map(() => [1, 0, 1]);
const sameFull = states.map(() => [1, 0.6, 2]);
const axes = states.map(k => [1 + 0.3 * k, 0, 2 - 0.2 * k]);
const full = states.map(k => [1 + 0.3 * k, 0.1 * k - 0.3, 2 - 0.2 * k]);
const matrices = full.map(([a, b, c]) => [
  [a, b],
  [b, c],
]);

/** Every family with the covariances that it has. */
const FAMILIES: Readonly<Record<string, readonly [Record<string, unknown>, readonly number[][]]>> = {
  "diagonal-gaussian": [{ means, variances: axes.map(([a, , c]) => [a, c]) }, axes],
  "spherical-gaussian": [{ means, variances: uniform.map(() => 1) }, same],
  gaussian: [{ means, covariances: matrices }, full],
  "shared-gaussian": [
    {
      means,
      covariance: [
        [1, 0.6],
        [0.6, 2],
      ],
    },
    sameFull,
  ],
  "low-rank-gaussian": [
    {
      means,
      diagonals: means.map(() => [0.64, 1.4375]),
      factors: means.map(() => [[0.6], [0.75]]),
    },
    states.map(() => [1, 0.45, 2]),
  ],
  "gaussian-mixture": [
    {
      weights: states.map(() => [1, 0]),
      means: means.map(mean => [mean, mean]),
      covariances: matrices.map(m => [m, m]),
    },
    full,
  ],
  "linear-regression": [{ weights: means.map(([a, b]) => [[a], [b]]), covariances: matrices }, full],
};

/** Rows of y that far out. */
function rows(distance: number): number[][] {
  const random = new TestRandom(77);
  return Array.from({ length: 200 }, (_, t) => {
    const angle = 2 * Math.PI * random.uniform();
    const from = means[t % K]!;
    return [from[0]! + distance * Math.cos(angle), from[1]! + distance * Math.sin(angle)].map(Math.fround);
  });
}

suite("differences of log-densities between states", () => {
  // Some 2⁻³⁶ of the squares, half of 332² = (300 + 32)² at the farthest, and some 2⁻²⁴ of parts that are not whole; what a float32
  // keeps of it is printed where it is exceeded.
  for (const [family, [parameters, covariances]] of Object.entries(FAMILIES))
    for (const [distance, bound] of [
      [1, 5e-7],
      [30, 5e-7],
      [300, 6e-6],
    ] as const)
      test(`${family}, ${distance} standard deviations out`, async () => {
        const transitionMatrix = states.map(() => uniform);
        const model = hiddenMarkovModel({
          initialProbs: uniform,
          transitionMatrix,
          emissions: { family, ...parameters },
        });
        const y = rows(distance);
        const inputs = family === "linear-regression" ? y.map(() => [1]) : undefined;
        const problem = prepareHmm(model, y, { inputs });
        const got = await emissionLogLikelihoodsGpu(problem, { call: "test", engine: engine() });
        let worst = 0;
        let inFloat32 = 0;
        y.forEach((row, t) => {
          const exact = states.map(k => logNormal(row, means[k]!, covariances[k]!));
          const most = Math.max(...exact);
          for (let i = 0; i < K; i++) {
            for (let k = 0; k < i; k++) {
              const difference = exact[i]! - exact[k]!;
              worst = Math.max(worst, Math.abs(got[t * K + i]! - got[t * K + k]! - difference));
              const rounded = Math.fround(exact[i]! - most) - Math.fround(exact[k]! - most);
              inFloat32 = Math.max(inFloat32, Math.abs(rounded - difference));
            }
          }
        });
        expect(worst, `in float32 ${inFloat32}`).toBeLessThan(bound);
        expect(inFloat32).toBeGreaterThan(80 * bound);
      });
});
