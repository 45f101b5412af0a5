import { expect, suite, test } from "vitest";
import {
  DeviceError,
  expressionFunction,
  type FamilyName,
  filter,
  generalizedGaussianSSM,
  linearGaussianSSM,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  particleFilter,
  particleSmooth,
  simulate,
  smooth,
} from "./index.ts";

const F = [
  [0.9, 0.3],
  [-0.2, 0.8],
];
const moments = {
  initial: {
    mean: [1, -1],
    covariance: [
      [2, 0.3],
      [0.3, 1],
    ],
  },
  Q: [
    [0.1, 0.02],
    [0.02, 0.2],
  ],
  R: [[0.25]],
};
const kalman = linearGaussianSSM({
  initial: moments.initial,
  dynamics: { weights: F, covariance: moments.Q },
  emissions: { weights: [[1, 0.5]], covariance: moments.R },
});
const linear = async (R = moments.R, Q = moments.Q): Promise<NonlinearSSM> =>
  nonlinearGaussianSSM({
    initial: moments.initial,
    dynamics: {
      function: await expressionFunction({
        expressions: ["0.9*x0 + 0.3*x1", "-0.2*x0 + 0.8*x1"],
        stateDim: 2,
      }),
      covariance: Q,
    },
    emissions: {
      function: await expressionFunction({ expressions: "x0 + 0.5*x1", stateDim: 2 }),
      covariance: R,
    },
  });
const DATA = Array.from(simulate(kalman, { numSteps: 40, seed: 5 }).observations.data, (y, t) =>
  t % 9 === 4 ? Number.NaN : y,
);
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const sd = (values: number[]): number => {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (values.length - 1));
};

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
        ratios.push(Math.exp((await particleFilter(model, DATA, options)).marginalLogLikelihood - exact));
      }
      expect(Math.abs(mean(ratios) - 1)).toBeLessThan((4 * sd(ratios)) / Math.sqrt(20));
      expect(sd(ratios)).toBeLessThan(1);
    },
  );

  test("filtered and smoothed moments are those of Kalman within the error of so many particles", async () => {
    const exact = await smooth(kalman, DATA);
    const result = await particleSmooth(await linear(), DATA, {
      numParticles: 4000,
      numTrajectories: 500,
      seed: 3,
    });
    expect(result.trajectories.shape).toEqual([500, 40, 2]);
    for (let t = 0; t < 40; t++)
      for (let i = 0; i < 2; i++) {
        const at = 2 * t + i;
        const variance = exact.filteredCovariances.data[4 * t + 3 * i];
        const later = exact.smoothedCovariances.data[4 * t + 3 * i];
        // Effective numbers are some hundreds of independent particles, and 500 trajectories.
        expect(Math.abs(result.filteredMeans.data[at] - exact.filteredMeans.data[at])).toBeLessThan(
          6 * Math.sqrt(variance / 500),
        );
        expect(Math.abs(result.smoothedMeans.data[at] - exact.smoothedMeans.data[at])).toBeLessThan(
          6 * Math.sqrt(later / 300),
        );
        expect(Math.abs(result.filteredCovariances.data[4 * t + 3 * i] / variance - 1)).toBeLessThan(0.3);
        expect(Math.abs(result.smoothedCovariances.data[4 * t + 3 * i] / later - 1)).toBeLessThan(0.4);
      }
    // Neighbours of a trajectory belong together: the cross-covariance of the smoother.
    for (const t of [5, 20, 33]) {
      const { data } = result.trajectories;
      let sum = 0;
      for (let k = 0; k < 500; k++)
        sum +=
          (data[(k * 40 + t) * 2] - result.smoothedMeans.data[2 * t]) *
          (data[(k * 40 + t + 1) * 2] - result.smoothedMeans.data[2 * t + 2]);
      const cross = exact.smoothedCrossCovariances.data[4 * t];
      const scale = Math.sqrt(
        exact.smoothedCovariances.data[4 * t] * exact.smoothedCovariances.data[4 * t + 4],
      );
      expect(Math.abs(sum / 500 - cross)).toBeLessThan(0.3 * scale);
    }
  });

  test("where transitions are more precise than what is known, the auxiliary filter keeps more particles", async () => {
    const sharp = await linear(
      [[0.05]],
      moments.Q.map(row => row.map(value => value / 100)),
    );
    const y = Array.from(simulate(sharp, { numSteps: 60, seed: 1 }).observations.data);
    const [plain, ahead] = await Promise.all(
      (["bootstrap", "auxiliary"] as const).map(proposal =>
        particleFilter(sharp, y, { proposal, numParticles: 300 }),
      ),
    );
    expect(mean(Array.from(ahead.effectiveSampleSizes.data.slice(1)))).toBeGreaterThan(
      mean(Array.from(plain.effectiveSampleSizes.data.slice(1))),
    );
  });

  test("the same seed gives the same numbers, alone and in a batch with gaps and another length", async () => {
    const model = await linear();
    const lists = [DATA.map(y => [y]), DATA.slice(0, 17).map(y => [y])];
    const batch = await particleSmooth(model, lists, { numParticles: 50, numTrajectories: 4, seed: 9 });
    const alone = await particleSmooth(model, DATA, { numParticles: 50, numTrajectories: 4, seed: 9 });
    expect(batch.series(0).filteredMeans.data).toEqual(alone.filteredMeans.data);
    expect(batch.series(0).trajectories.data).toEqual(alone.trajectories.data);
    expect(batch.series(1).trajectories.shape).toEqual([4, 17, 2]);
    expect(batch.smoothedMeans.data.slice(80 + 34).every(Number.isNaN)).toBe(true);
    expect(batch.series(1).smoothedMeans.data.every(Number.isFinite)).toBe(true);
  });
});

suite("densities of the families", () => {
  const one = { initial: { mean: [0.3], covariance: [[0]] } };
  // One state known exactly: the estimate is the density itself.
  const cases: [FamilyName, object, string, number[], (y: number) => number][] = [
    ["poisson", {}, "exp(x0)", [0, 3], y => Math.exp(0.3 * y - Math.exp(0.3)) / [1, 1, 2, 6][y]],
    ["bernoulli", {}, "0.3*x0", [0, 1], y => (y === 1 ? 0.09 : 0.91)],
    ["binomial", { trials: 3 }, "x0", [0, 2], y => [0.343, 0.441, 0.189, 0.027][y]],
    ["negative-binomial", { size: 2 }, "1 + x0", [0, 2], y => (y + 1) * (2 / 3.3) ** 2 * (1.3 / 3.3) ** y],
    ["gamma", { concentration: 2 }, "1 + x0", [0.5, 3], y => (2 / 1.3) ** 2 * y * Math.exp((-2 * y) / 1.3)],
    [
      "student-t",
      { dof: 3, scale: 2 },
      "x0",
      [1, -4],
      y => {
        const z = (y - 0.3) / 2;
        return 2 / (Math.PI * Math.sqrt(3) * 2 * (1 + (z * z) / 3) ** 2);
      },
    ],
    [
      "von-mises",
      { concentration: 1 },
      "x0",
      [0, 3],
      y => Math.exp(Math.cos(y - 0.3)) / (2 * Math.PI * 1.2660658777520082),
    ],
    ["categorical", {}, "[0.2, x0, 0.5]", [0, 1, 2], y => [0.2, 0.3, 0.5][y]],
  ];
  test.each(cases)("%s", async (family, constants, expressions, data, density) => {
    const model = generalizedGaussianSSM({
      ...one,
      dynamics: { function: await expressionFunction({ expressions: "x0", stateDim: 1 }), covariance: [[0]] },
      emissions: {
        family: family as "poisson",
        function: await expressionFunction({ expressions, stateDim: 1 }),
        ...constants,
      },
    });
    for (const proposal of ["bootstrap", "auxiliary"] as const) {
      const { logLikelihoods } = await particleFilter(model, data, { numParticles: 3, proposal });
      data.forEach((y, t) => void expect(logLikelihoods.data[t]).toBeCloseTo(Math.log(density(y)), 12));
    }
  });
});

suite("what cannot be", () => {
  test("observations that no particle gives, models without density, options", async () => {
    const walk = await expressionFunction({ expressions: "x0", stateDim: 1 });
    const make = (family: "poisson", expressions: string) =>
      expressionFunction({ expressions, stateDim: 1 }).then(fn =>
        generalizedGaussianSSM({
          initial: { mean: [0], covariance: [[0]] },
          dynamics: { function: walk, covariance: [[0]] },
          emissions: { family, function: fn },
        }),
      );
    const zero = await make("poisson", "0*x0");
    await expect(particleFilter(zero, [0, 0, 4, 0])).rejects.toThrow(
      "particleFilter: particles expected some that can give the observation of every step, got none at step 2.",
    );
    const result = await particleFilter(zero, [0, 0, 4, 0], { throwOnFailure: false });
    expect(result.status).toBe("nonFinite");
    expect(Array.from(result.logLikelihoods.data)).toEqual([0, 0, Number.NaN, Number.NaN]);
    await expect(particleSmooth(zero, [0])).rejects.toThrow(
      "particleSmooth: dynamics.covariance expected a positive definite matrix, got a singular one.",
    );
    await expect(particleFilter(kalman as never, [1])).rejects.toThrow(
      /model expected a model from nonlinearGaussianSSM/,
    );
    const refused: [object, string][] = [
      [{ numParticles: 0 }, "options.numParticles expected a whole number ≥ 1, got 0."],
      [
        { proposal: "optimal" },
        'options.proposal expected "bootstrap", "auxiliary", got the text "optimal".',
      ],
      [{ resampleBelow: 2 }, "options.resampleBelow expected a share from 0 to 1, got 2."],
      [{ backend: "gpu" }, 'options.backend expected "auto", "webgpu", "cpu", got the text "gpu".'],
      [{ engine: {} }, "options.engine expected an Engine from createEngine()"],
      [{ method: "parallel" }, "options.method expected one of the keys"],
      [{ numTrajectories: 3 }, "options.numTrajectories expected one of the keys"],
    ];
    for (const [options, message] of refused)
      await expect(particleFilter(zero, [0], options)).rejects.toThrow(message);
    // In Node there is no WebGPU, and nothing else takes its place.
    await expect(particleFilter(zero, [0], { backend: "webgpu" })).rejects.toThrow(DeviceError);
    await expect(particleFilter(zero, [0], { signal: AbortSignal.abort() })).rejects.toThrow("stopped");
    await expect(particleSmooth(await linear(), DATA, { memoryLimit: 1000 })).rejects.toThrow(
      /memory expected at most 1000 bytes, got .* for 1000 particles and 100 trajectories of 1 × 40 steps/,
    );
    const plain = await particleFilter(await linear(), DATA, { numParticles: 10 });
    expect(() => (plain as { smoothedMeans?: unknown }).smoothedMeans).toThrow("Call particleSmooth().");
  });
});
