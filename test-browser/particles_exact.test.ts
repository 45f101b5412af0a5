/** Particle filters on the GPU where the answer is exact: resampling in whole numbers, densities of single states, what cannot be. */
import { expect, suite, test } from "vitest";
import {
  expressionFunction,
  type FamilyName,
  generalizedGaussianSSM,
  type NonlinearSSM,
  type ParticleFilterOptions,
  particleFilter,
  particleSmooth,
} from "../src/api/index.ts";
import { execute, readTensors } from "../src/engine/index.ts";
import { recordParticles, StepUniforms } from "../src/inference/index.ts";
import {
  nonlinearLayout,
  nonlinearParts,
  observationDensity,
  particleKernels,
  readObservations,
} from "../src/models/index.ts";
import { DATA, linear } from "./particle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const onGpu = (options: ParticleFilterOptions = {}): ParticleFilterOptions => ({
  ...options,
  backend: "webgpu",
  engine: engine(),
});

/** One state that stays where it was drawn, and what is seen of it has this log density. */
const still = async (expressions: string): Promise<NonlinearSSM> =>
  generalizedGaussianSSM({
    initial: { mean: [0], covariance: [[1]] },
    dynamics: { function: await expressionFunction({ expressions: "x0", stateDim: 1 }), covariance: [[0]] },
    emissions: {
      logDensity: await expressionFunction({ expressions, stateDim: 1, inputDim: 1, inputNames: ["y0"] }),
    },
  });

/** Particles of T steps, each resampled, with everything that the kernels keep. */
async function inspect(model: NonlinearSSM, T: number, numParticles: number, seed: number) {
  const call = "test";
  const layout = nonlinearLayout(call, model, new Array(T).fill(0));
  const inputs = { data: new Float64Array(0), dim: 0, seriesStride: 0 };
  const parts = nonlinearParts(model, layout, inputs);
  const y = readObservations(call, layout, undefined);
  const problem = { ...parts, ...observationDensity(call, model, parts, y) };
  const settings = {
    numParticles,
    seed,
    proposal: "bootstrap",
    resampleBelow: 2,
    numTrajectories: 0,
    inspect: true,
  } as const;
  const { recording, inside } = recordParticles(
    problem,
    particleKernels(call, model, problem, y),
    settings,
    0,
    1,
  );
  const tensors = await execute(engine(), recording, { call });
  try {
    const names = ["states", "log_weights", "cumulative", "prefixes"] as const;
    const read = await readTensors(
      engine(),
      call,
      names.map(name => tensors.get(inside[name])!),
    );
    const words = (at: number) => new Uint32Array(read[at].buffer, read[at].byteOffset, read[at].length);
    return { states: read[0], logWeights: read[1], cumulative: words(2), prefixes: words(3) };
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}

suite("systematic resampling", () => {
  const SMOOTH = "-0.5*(x0 - 1)^2/0.3";
  const cases: [string, string, number][] = [
    ["one particle", SMOOTH, 1],
    ["two particles", SMOOTH, 2],
    ["a whole workgroup", SMOOTH, 256],
    ["one more", SMOOTH, 257],
    ["1000 particles", SMOOTH, 1000],
    ["weights over many orders", "-40*x0", 3001],
    ["half of the weights 0", "x0 > 0 ? 0*x0 : log(0*x0)", 700],
    ["one particle with all the weight", "1e4*x0", 5000],
    ["100 000 particles", SMOOTH, 100_000],
  ];
  test.each(cases)("%s: offspring are those of the same weights, counted exactly", async (_, density, N) => {
    const model = await still(density);
    const seed = 11;
    const first = await inspect(model, 1, N, seed);
    const second = await inspect(model, 2, N, seed);
    const wide = (of: Uint32Array, at: number): bigint => BigInt(of[at]) | (BigInt(of[at + 1]) << 32n);
    // Weights as whole numbers: differences of the sums in a workgroup, all workgroups at one scale.
    const weights = Array.from({ length: N }, (_, i) => {
      const shift = BigInt(first.prefixes[3 * (i >> 8) + 2]);
      const through = wide(first.cumulative, 2 * i) >> shift;
      return i % 256 === 0 ? through : through - (wide(first.cumulative, 2 * (i - 1)) >> shift);
    });
    let total = 0n;
    weights.forEach((weight, i) => {
      if (i % 256 === 0) expect(wide(first.prefixes, 3 * (i >> 8))).toBe(total);
      total += weight;
    });
    // They are the densities, in float32, cut to whole numbers twice.
    const most = first.logWeights.reduce((a, b) => Math.max(a, b));
    const exact = Array.from(first.logWeights, value => Math.exp(value - most));
    const sum = exact.reduce((a, b) => a + b, 0);
    weights.forEach((weight, i) => {
      const share = Number(weight) / Number(total);
      expect(Math.abs(share - exact[i] / sum)).toBeLessThan(1e-6 * share + 2 / Number(total));
    });
    // Ancestor k: the first i whose weight, with those before, is more than (k + v/total) total/N.
    const word = Math.round(new StepUniforms(seed, 1).at(0, 0, 1) * 2 ** 32 - 0.5);
    const v = ((2n * BigInt(word) + 1n) * total) >> 33n;
    const counts = new Uint32Array(N);
    let [i, through] = [0, weights[0]];
    for (let k = 0; k < N; k++) {
      const place = BigInt(k) * total + v;
      while (through * BigInt(N) <= place) through += weights[++i];
      counts[i]++;
      expect(second.states[N + k]).toBe(first.states[i]);
    }
    counts.forEach((count, at) => {
      const expected = weights[at] * BigInt(N);
      expect(BigInt(count) * total > expected - total && BigInt(count) * total < expected + total).toBe(true);
    });
    expect(counts.reduce((a, b) => a + b, 0)).toBe(N);
  });
});

suite("densities of the families", () => {
  const one = { initial: { mean: [0.3], covariance: [[0]] } };
  // One state known exactly: the estimate is the density itself.
  const cases: [FamilyName, object, string, number[]][] = [
    ["poisson", {}, "exp(x0)", [0, 3, 20]],
    ["poisson", {}, "20000 + x0", [19_800, 20_100]],
    ["bernoulli", {}, "0.3*x0", [0, 1]],
    ["binomial", { trials: 3 }, "x0", [0, 2, 3]],
    ["binomial", { trials: 40_000 }, "0.7*x0", [8300, 8500, 9000]],
    ["negative-binomial", { size: 2 }, "1 + x0", [0, 2, 40]],
    ["negative-binomial", { size: 700.5 }, "3000 + x0", [2900, 3300]],
    ["gamma", { concentration: 2 }, "1 + x0", [0.5, 3, 12]],
    ["gamma", { concentration: 0.2 }, "1 + x0", [1e-6, 3]],
    ["student-t", { dof: 3, scale: 2 }, "x0", [1, -4, 1e4]],
    ["von-mises", { concentration: 1 }, "x0", [0, 3, -3]],
    ["von-mises", { concentration: 500 }, "x0 + 6.3", [0.3, 0.2]],
    ["categorical", {}, "[0.2, x0, 0.5]", [0, 1, 2]],
  ];
  test.each(cases)("%s %o of %s", async (family, constants, expressions, data) => {
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
      const options = { numParticles: 3, proposal };
      const { logLikelihoods } = await particleFilter(model, data, onGpu(options));
      const exact = await particleFilter(model, data, { ...options, backend: "cpu" });
      // θ itself is rounded to float32: its last bit moves log p by |y − θ| of it at most, here below 1e-4.
      data.forEach((_, t) => {
        const size = 1 + Math.abs(exact.logLikelihoods.data[t]);
        expect(Math.abs(logLikelihoods.data[t] - exact.logLikelihoods.data[t])).toBeLessThan(2e-5 * size);
      });
    }
  });

  test("moments by functions, entries missing from a correlated pair", async () => {
    const model = generalizedGaussianSSM({
      ...one,
      dynamics: { function: await expressionFunction({ expressions: "x0", stateDim: 1 }), covariance: [[0]] },
      emissions: {
        function: await expressionFunction({ expressions: ["x0", "2*x0"], stateDim: 1 }),
        covarianceFunction: await expressionFunction({
          expressions: ["1 + x0", "0.5*x0", "0.5*x0", "0.7"],
          stateDim: 1,
        }),
      },
    });
    const y = [
      [0.5, 0.1],
      [Number.NaN, 2],
      [-1, Number.NaN],
      [Number.NaN, Number.NaN],
    ];
    const gpu = await particleFilter(model, y, onGpu({ numParticles: 3 }));
    const cpu = await particleFilter(model, y, { numParticles: 3, backend: "cpu" });
    cpu.logLikelihoods.data.forEach((value, t) => {
      expect(gpu.logLikelihoods.data[t]).toBeCloseTo(value, 5);
    });
    expect(gpu.logLikelihoods.data[3]).toBe(0);
  });
});

suite("what cannot be", () => {
  test("observations that no particle gives, densities without a value: the step, and what comes before", async () => {
    const walk = await expressionFunction({ expressions: "x0", stateDim: 1 });
    const zero = generalizedGaussianSSM({
      initial: { mean: [0], covariance: [[0]] },
      dynamics: { function: walk, covariance: [[0]] },
      emissions: {
        family: "poisson",
        function: await expressionFunction({ expressions: "0*x0", stateDim: 1 }),
      },
    });
    for (const proposal of ["bootstrap", "auxiliary"] as const) {
      await expect(particleFilter(zero, [0, 0, 4, 0], onGpu({ proposal }))).rejects.toThrow(
        "particleFilter: particles expected some that can give the observation of every step, got none at step 2.",
      );
      const options = { ...onGpu({ proposal }), throwOnFailure: false };
      const result = await particleFilter(
        zero,
        [
          [[0], [0], [4], [0]],
          [[0], [0]],
        ],
        options,
      );
      expect(result.statuses).toEqual(["nonFinite", "ok"]);
      expect(Array.from(result.series(0).logLikelihoods.data)).toEqual([0, 0, Number.NaN, Number.NaN]);
      expect(Array.from(result.series(1).logLikelihoods.data)).toEqual([0, 0]);
    }
    const negative = await still("log(x0 - 100)*0 + sqrt(-1 - x0^2)");
    await expect(particleFilter(negative, [0], { ...onGpu(), backend: "cpu" })).rejects.toThrow(
      "none at step 0",
    );
    const explosive = generalizedGaussianSSM({
      initial: { mean: [10], covariance: [[1]] },
      dynamics: {
        function: await expressionFunction({ expressions: "x0^9", stateDim: 1 }),
        covariance: [[1]],
      },
      emissions: {
        logDensity: await expressionFunction({
          expressions: "0*x0*y0",
          stateDim: 1,
          inputDim: 1,
          inputNames: ["y0"],
        }),
      },
    });
    await expect(particleFilter(explosive, [0, 0, 0, 0], onGpu())).rejects.toThrow("none at step 2");
  });

  test("more than memory or a buffer holds is told with its bytes before anything is run", async () => {
    const model = await linear();
    await expect(
      particleSmooth(model, DATA, { ...onGpu({ memoryLimit: 1000 }), numParticles: 1000 }),
    ).rejects.toThrow(
      /memory expected at most 1000 bytes, got .* for 1000 particles and 100 trajectories of 1 × 40 steps/,
    );
    const limit = Math.min(engine().caps.maxBufferSize, engine().caps.maxStorageBufferBindingSize);
    const numParticles = Math.ceil(limit / (4 * 2 * 40)) + 1;
    await expect(
      particleSmooth(model, DATA, { ...onGpu({ memoryLimit: 1e13 }), numParticles }),
    ).rejects.toThrow(
      numParticles > 65_535 * 256 ? /at most \d+ particles/ : `got ${4 * 2 * 40 * numParticles} for`,
    );
    await expect(
      particleFilter(model, DATA, onGpu({ memoryLimit: 1e13, numParticles: 20_000_000 })),
    ).rejects.toThrow("memory expected at most 16776960 particles, got 20000000");
    expect(engine().liveTensors).toBe(0);
  });
});
