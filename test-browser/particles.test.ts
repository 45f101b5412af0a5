/** Particle filters on the GPU: against the exact filter and smoother, and against the float64 code with the same random numbers. */
import { expect, suite, test } from "vitest";
import {
  expressionFunction,
  filter,
  nonlinearGaussianSSM,
  type ParticleFilterOptions,
  type ParticleFilterResult,
  particleFilter,
  particleSmooth,
  smooth,
} from "../src/api/index.ts";
import { DATA, kalman, linear } from "./particle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const onGpu = (options: ParticleFilterOptions = {}): ParticleFilterOptions => ({
  ...options,
  backend: "webgpu",
  engine: engine(),
});
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const sd = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (values.length - 1));
};

/**
 * The same random numbers: float32 moves means by some 1e-6 standard deviations, until it puts a place of systematic resampling on the other
 * side of a border. Then one particle of N is another one, which no estimate shows beside its own error.
 */
function expectSame(gpu: ParticleFilterResult, cpu: ParticleFilterResult): void {
  expect(gpu.filteredMeans.shape).toEqual(cpu.filteredMeans.shape);
  const n = cpu.filteredMeans.shape.at(-1)!;
  const apart: number[] = [];
  cpu.effectiveSampleSizes.data.forEach((effective, row) => {
    if (Number.isNaN(effective)) {
      expect(gpu.filteredMeans.data[row * n]).toBeNaN();
      expect(gpu.logLikelihoods.data[row]).toBeNaN();
      return;
    }
    for (let i = 0; i < n; i++) {
      const variance = cpu.filteredCovariances.data[row * n * n + i * (n + 1)];
      const difference = gpu.filteredMeans.data[row * n + i] - cpu.filteredMeans.data[row * n + i];
      const size = Math.abs(cpu.filteredMeans.data[row * n + i]);
      expect(Math.abs(difference)).toBeLessThan(1e-5 * (1 + size) + 3 * Math.sqrt(variance / effective));
      const moved = gpu.filteredCovariances.data[row * n * n + i * (n + 1)] - variance;
      expect(Math.abs(moved)).toBeLessThan(1e-5 * (1 + size) + 5 * (variance / Math.sqrt(effective)));
      apart.push(Math.abs(difference) / (1e-3 + Math.sqrt(variance)));
    }
  });
  apart.sort((a, b) => a - b);
  expect(apart[apart.length >> 1]).toBeLessThan(1e-4);
}

suite("a linear model, whose answers are known", () => {
  const ways = [
    ["bootstrap", 0.5],
    ["bootstrap", 1],
    ["auxiliary", 0.5],
  ] as const;
  test.each(ways)(
    "%s, resampled below %d: likelihood unbiased within 4 standard errors over 20 seeds",
    async (proposal, resampleBelow) => {
      const model = await linear();
      const exact = (await filter(kalman, DATA)).marginalLogLikelihood;
      const ratios: number[] = [];
      for (let seed = 0; seed < 20; seed++) {
        const options = { numParticles: 500, seed, proposal, resampleBelow };
        const result = await particleFilter(model, DATA, onGpu(options));
        ratios.push(Math.exp(result.marginalLogLikelihood - exact));
      }
      expect(Math.abs(mean(ratios) - 1)).toBeLessThan((4 * sd(ratios)) / Math.sqrt(20));
      expect(sd(ratios)).toBeLessThan(1);
      // Different seeds are different draws.
      expect(new Set(ratios).size).toBe(20);
    },
  );

  test("moments are those of the exact filter, means within 5 standard errors of the particles that count", async () => {
    const exact = await filter(kalman, DATA);
    const result = await particleFilter(await linear(), DATA, onGpu({ numParticles: 5000, seed: 2 }));
    expect(result.run).toMatchObject({ backend: "webgpu", dtype: "float32" });
    const scores: number[] = [];
    for (let t = 0; t < 40; t++)
      for (let i = 0; i < 2; i++) {
        const variance = exact.filteredCovariances.data[4 * t + 3 * i];
        // Resampled particles are relatives: their mean errs more than that of independent ones.
        const error = Math.sqrt(variance / (result.effectiveSampleSizes.data[t] / 3));
        scores.push((result.filteredMeans.data[2 * t + i] - exact.filteredMeans.data[2 * t + i]) / error);
        expect(Math.abs(result.filteredCovariances.data[4 * t + 3 * i] / variance - 1)).toBeLessThan(0.2);
      }
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(5);
    expect(Math.abs(mean(scores))).toBeLessThan(1);
  });

  test("trajectories have the moments of the exact smoother", async () => {
    const exact = await smooth(kalman, DATA);
    const options = { ...onGpu({ numParticles: 1000, seed: 3 }), numTrajectories: 300 };
    const result = await particleSmooth(await linear(), DATA, options);
    expect(result.trajectories.shape).toEqual([300, 40, 2]);
    expect(result.run.plan).toContain("300 trajectories back through them");
    for (let t = 0; t < 40; t++)
      for (let i = 0; i < 2; i++) {
        const at = 2 * t + i;
        const later = exact.smoothedCovariances.data[4 * t + 3 * i];
        // 300 trajectories through some hundreds of particles that count.
        expect(Math.abs(result.smoothedMeans.data[at] - exact.smoothedMeans.data[at])).toBeLessThan(
          6 * Math.sqrt(later / 150),
        );
        expect(Math.abs(result.smoothedCovariances.data[4 * t + 3 * i] / later - 1)).toBeLessThan(0.4);
      }
    // Neighbours of a trajectory belong together: the cross-covariance of the smoother.
    for (const t of [5, 20, 33]) {
      const { data } = result.trajectories;
      let sum = 0;
      for (let k = 0; k < 300; k++)
        sum +=
          (data[(k * 40 + t) * 2] - result.smoothedMeans.data[2 * t]) *
          (data[(k * 40 + t + 1) * 2] - result.smoothedMeans.data[2 * t + 2]);
      const scale = Math.sqrt(
        exact.smoothedCovariances.data[4 * t] * exact.smoothedCovariances.data[4 * t + 4],
      );
      expect(Math.abs(sum / 300 - exact.smoothedCrossCovariances.data[4 * t])).toBeLessThan(0.3 * scale);
    }
  });
});

suite("the float64 code with the same random numbers", () => {
  test.each([1, 2, 255, 256, 257, 1000])("%d particles, both proposals", async numParticles => {
    const model = await linear();
    for (const proposal of ["bootstrap", "auxiliary"] as const) {
      // A threshold that no effective number of two particles is at.
      const options = { numParticles, proposal, resampleBelow: 0.7, seed: 2 ** 40 + 7 };
      const gpu = await particleFilter(model, DATA, onGpu(options));
      const cpu = await particleFilter(model, DATA, { ...options, backend: "cpu" });
      expectSame(gpu, cpu);
      const again = await particleFilter(model, DATA, onGpu(options));
      expect(again.logLikelihoods.data).toEqual(gpu.logLikelihoods.data);
      expect(again.filteredMeans.data).toEqual(gpu.filteredMeans.data);
      expect(Math.abs(gpu.marginalLogLikelihood - cpu.marginalLogLikelihood)).toBeLessThan(
        // float32 of one particle's path alone
        numParticles < 3 ? 1e-3 : 0.05,
      );
    }
  });

  test("a ragged batch with inputs, a mask, parameters of each series and covariances that vary in time", async () => {
    const [S, T] = [3, 30];
    const over = <X>(make: (s: number, t: number) => X): X[][] =>
      Array.from({ length: S }, (_, s) => Array.from({ length: T }, (_, t) => make(s, t)));
    const model = nonlinearGaussianSSM({
      initial: {
        mean: [
          [0, 1, 0],
          [1, 0, 2],
          [2, 1, -1],
        ],
        covariance: [
          [1, 0.2, 0],
          [0.2, 1, 0.1],
          [0, 0.1, 0.5],
        ],
      },
      dynamics: {
        function: await expressionFunction({
          expressions: ["0.9*x0 + a*sin(x1) + u0", "0.8*x1 + 0.1*x2 + 0.01*t", "0.7*x2 + u1*x0"],
          stateDim: 3,
          inputDim: 2,
          parameters: { a: 0.4 },
        }),
        covariance: over((s, t) => [
          [0.2 + 0.01 * t, 0.02, 0],
          [0.02, 0.1 + 0.05 * s, 0],
          [0, 0, 0.05],
        ]),
      },
      emissions: {
        function: await expressionFunction({
          expressions: ["x0 + u0", "x1*x2"],
          stateDim: 3,
          inputDim: 2,
        }),
        covariance: over((s, t) => [
          [0.5 + 0.1 * s, 0.1],
          [0.1, 0.3 + 0.01 * t],
        ]),
      },
    });
    const y = over((s, t) => [Math.sin(t + s), t % 7 === 3 ? Number.NaN : Math.cos(t * s)]);
    const inputs = over((s, t) => [0.1 * s, 0.05 * Math.sin(t)]);
    const mask = over((_, t) => [t % 5 === 2 ? 0 : 1, t % 5 === 2 ? 0 : 1]);
    const options = { inputs, mask, numParticles: 700, seed: 5 };
    for (const proposal of ["bootstrap", "auxiliary"] as const) {
      const gpu = await particleFilter(model, y, { ...onGpu(options), proposal });
      expectSame(gpu, await particleFilter(model, y, { ...options, proposal, backend: "cpu" }));
      const unseen = Array.from(gpu.logLikelihoods.data).filter((_, row) => (row % T) % 5 === 2);
      expect(unseen.every(value => value === 0)).toBe(true);
    }
    const few = { ...onGpu(options), numTrajectories: 3 };
    const together = await particleSmooth(model, y, few);
    // 700 particles of 30 steps of three states and what goes with them: two series at a time.
    const apart = await particleSmooth(model, y, { ...few, memoryLimit: 900_000 });
    expect(apart.run.plan).toContain("series at a time");
    expect(apart.trajectories.data).toEqual(together.trajectories.data);
    expect(apart.filteredMeans.data).toEqual(together.filteredMeans.data);
  });

  test("series of different lengths", async () => {
    const model = await linear();
    const lists = [40, 17, 1].map(T => DATA.slice(0, T).map(y => [y]));
    const options = { numParticles: 300, numTrajectories: 5, seed: 9 };
    const gpu = await particleSmooth(model, lists, { ...onGpu(options), numTrajectories: 5 });
    expectSame(gpu, await particleSmooth(model, lists, { ...options, backend: "cpu" }));
    expect(gpu.series(1).trajectories.shape).toEqual([5, 17, 2]);
    expect(gpu.series(1).trajectories.data.every(Number.isFinite)).toBe(true);
    expect(gpu.smoothedMeans.data.slice(80 + 34, 160).every(Number.isNaN)).toBe(true);
    const alone = await particleSmooth(model, DATA, { ...onGpu(options), numTrajectories: 5 });
    expect(gpu.series(0).trajectories.data).toEqual(alone.trajectories.data);
  });

  test("nine states, whose loops are not unrolled: filter and trajectories", async () => {
    const n = 9;
    const square = (entry: (i: number, j: number) => number): number[][] =>
      Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => entry(i, j)));
    const near = (i: number, j: number): number => (i === j ? 1 : Math.abs(i - j) === 1 ? 0.3 : 0);
    const model = nonlinearGaussianSSM({
      initial: { mean: new Array(n).fill(0.5), covariance: square(near) },
      dynamics: {
        function: await expressionFunction({
          expressions: Array.from({ length: n }, (_, i) => `0.8*x${i} + 0.2*sin(x${(i + 1) % n})`),
          stateDim: n,
        }),
        covariance: square((i, j) => 0.2 * near(i, j)),
      },
      emissions: {
        function: await expressionFunction({ expressions: ["x0 + x4", "x8"], stateDim: n }),
        covariance: [
          [0.5, 0.1],
          [0.1, 0.4],
        ],
      },
    });
    const y = Array.from({ length: 12 }, (_, t) => [Math.sin(t), t % 4 === 2 ? Number.NaN : Math.cos(t)]);
    const options = { numParticles: 400, numTrajectories: 200, seed: 6 };
    const gpu = await particleSmooth(model, y, { ...onGpu(options), numTrajectories: 200 });
    const cpu = await particleSmooth(model, y, { ...options, backend: "cpu" });
    expectSame(gpu, cpu);
    cpu.smoothedMeans.data.forEach((value, at) => {
      const variance = cpu.smoothedCovariances.data[Math.floor(at / n) * n * n + (at % n) * (n + 1)];
      // Two sets of 200 trajectories through the same particles.
      expect(Math.abs(gpu.smoothedMeans.data[at] - value)).toBeLessThan(5 * Math.sqrt((2 * variance) / 200));
    });
  });

  test("100 000 particles", async () => {
    const model = await linear();
    const y = DATA.slice(0, 4);
    const options = { numParticles: 100_000, seed: 1 };
    const [gpu, exact] = [await particleFilter(model, y, onGpu(options)), await filter(kalman, y)];
    expectSame(gpu, await particleFilter(model, y, { ...options, backend: "cpu" }));
    // Standard error of the estimate at so many particles is some 0.005.
    expect(Math.abs(gpu.marginalLogLikelihood - exact.marginalLogLikelihood)).toBeLessThan(0.03);
  });
});
