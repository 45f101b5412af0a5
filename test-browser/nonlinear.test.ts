/** Nonlinear models on the GPU: what is made affine on the host is filtered and smoothed by the kernels. */
import { expect, suite, test } from "vitest";
import {
  expressionFunction,
  filter,
  generalizedGaussianSSM,
  type NonlinearSmootherOptions,
  type NonlinearSmootherResult,
  samplePosterior,
  simulate,
  smooth,
} from "../src/api/index.ts";
import { bearings, DT, pendulum } from "./nonlinear_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const onGpu = (options: NonlinearSmootherOptions): NonlinearSmootherOptions => ({
  ...options,
  backend: "webgpu",
  engine: engine(),
});

/** Largest difference of smoothed means in standard deviations of `exact`. */
function worstMean(got: NonlinearSmootherResult, exact: NonlinearSmootherResult): number {
  const [T, n] = exact.smoothedMeans.shape;
  let worst = 0;
  for (let t = 0; t < T; t++)
    for (let i = 0; i < n; i++) {
      const at = t * n + i;
      const sd = Math.sqrt(exact.smoothedCovariances.data[t * n * n + i * (n + 1)]);
      worst = Math.max(worst, Math.abs(got.smoothedMeans.data[at] - exact.smoothedMeans.data[at]) / sd);
    }
  return worst;
}

suite("the pendulum", () => {
  const y = ((): number[] => {
    let [angle, speed] = [Math.PI / 2, 0];
    return Array.from({ length: 400 }, (_, t) => {
      [angle, speed] = [angle + speed * DT, speed - 9.8 * Math.sin(angle) * DT];
      return Math.sin(angle) + 0.3 * Math.sin(12.9898 * (t + 1));
    });
  })();
  const published: [NonlinearSmootherOptions, number, number[]][] = [
    [
      { linearization: "taylor" },
      1.03348869,
      [2.16542382, 0.50775846, 0.0392762, 0.10743723, 0.4715988, 1.73196116, -0.70262369],
    ],
    [
      { alpha: Math.sqrt(3), beta: 2, kappa: 1 },
      -9.66096604,
      [2.12206027, 0.44777651, 0.04848738, 0.12797719, 0.51891713, 1.73216598, -0.70202765],
    ],
    [{}, -1.53351382, [2.1231063, 0.45292584, 0.04398517, 0.11802865, 0.49569021, 1.73860622, -0.69405278]],
    [
      { linearization: "gauss-hermite", order: 5 },
      -1.41290106,
      [2.12310942, 0.45294024, 0.0439728, 0.11799837, 0.49561178, 1.73852686, -0.69402574],
    ],
  ];
  test.each(published)("%o: the published values within 1e-4", async (options, logLikelihood, values) => {
    const model = await pendulum();
    for (const method of ["parallel", "sequential"] as const) {
      const result = await smooth(model, y, { ...onGpu(options), method });
      expect(result.run.method).toBe(method);
      expect(Math.abs(result.marginalLogLikelihood - logLikelihood)).toBeLessThan(1e-4);
      const P = result.filteredCovariances.data.subarray(399 * 4);
      const got = [
        ...result.filteredMeans.data.subarray(798, 800),
        ...[P[0], P[1], P[3]],
        ...result.smoothedMeans.data.subarray(398, 400),
      ];
      values.forEach((value, i) => void expect(Math.abs(got[i] - value)).toBeLessThan(1e-4));
    }
  });

  test("iterated smoothers, parallel on the GPU, end where those of the CPU do", async () => {
    const model = await pendulum();
    const drawn = simulate(model, { numSteps: 2000, seed: 3 }).observations.data.slice();
    for (let t = 500; t < 600; t++) drawn[t] = Number.NaN;
    for (const linearization of ["taylor", "unscented"] as const) {
      const options = { linearization, iterations: 60 } as const;
      const [gpu, cpu] = [
        await smooth(model, drawn, { ...onGpu(options), method: "parallel", tolerance: 1e-5 }),
        await smooth(model, drawn, { ...options, backend: "cpu", tolerance: 1e-8 }),
      ];
      expect(gpu.run.method).toBe("parallel");
      expect([gpu.converged, cpu.converged]).toEqual([[true], [true]]);
      expect(worstMean(gpu, cpu), linearization).toBeLessThan(1e-4);
      expect(Math.abs(gpu.marginalLogLikelihood / cpu.marginalLogLikelihood - 1)).toBeLessThan(1e-6);
    }
  });
});

suite("bearings only", () => {
  test("10 000 steps: every number finite, and the CPU's within 1e-4 standard deviations", async () => {
    const model = await bearings();
    const { observations } = simulate(model, { numSteps: 10_000, seed: 11 });
    const options = { linearization: "cubature", iterations: 4 } as const;
    const gpu = await smooth(model, observations, { ...onGpu(options), outputs: [] });
    expect(gpu.smoothedMeans.data.every(Number.isFinite)).toBe(true);
    expect(gpu.smoothedCovariances.data.every(Number.isFinite)).toBe(true);
    const cpu = await smooth(model, observations, { ...options, backend: "cpu", outputs: [] });
    expect(worstMean(gpu, cpu)).toBeLessThan(1e-4);
  });
});

test("a batch with gaps: filter, samples and provenance", async () => {
  const model = await pendulum();
  const series = [60, 25].map((T, s) => {
    const y = Array.from(simulate(model, { numSteps: T, seed: s }).observations.data);
    return y.map((value, t) => (t % 6 === 2 ? Number.NaN : value));
  });
  const lists = series.map(y => y.map(value => [value]));
  const gpu = await filter(model, lists, onGpu({}));
  const cpu = await filter(model, lists, { backend: "cpu" });
  expect(gpu.run).toMatchObject({ backend: "webgpu", dtype: "float32" });
  expect(gpu.run.plan).toContain("made affine by unscented in float64 on the host, step after step");
  cpu.filteredMeans.data.forEach((value, i) => {
    if (Number.isNaN(value)) expect(gpu.filteredMeans.data[i]).toBeNaN();
    else expect(gpu.filteredMeans.data[i]).toBeCloseTo(value, 4);
  });
  const draws = await samplePosterior(model, lists, { ...onGpu({ iterations: 5 }), numSamples: 3, seed: 1 });
  const same = await samplePosterior(model, lists, { iterations: 5, backend: "cpu", numSamples: 3, seed: 1 });
  same.states.data.forEach((value, i) => {
    if (!Number.isNaN(value)) expect(draws.states.data[i]).toBeCloseTo(value, 3);
  });
});

test("emissions by their log density, iterated: the CPU's mode and Laplace's likelihood", async () => {
  const model = generalizedGaussianSSM({
    initial: {
      mean: [0.5, 0],
      covariance: [
        [1, 0],
        [0, 1],
      ],
    },
    dynamics: {
      function: await expressionFunction({ expressions: ["0.95*x0 + 0.1*x1", "0.9*x1"], stateDim: 2 }),
      covariance: [
        [0.05, 0],
        [0, 0.1],
      ],
    },
    emissions: {
      logDensity: await expressionFunction({
        expressions: "y0*x0 - exp(x0) - lgamma(y0 + 1)",
        stateDim: 2,
        inputDim: 1,
        inputNames: ["y0"],
      }),
    },
  });
  const counts = Array.from({ length: 500 }, (_, t) => (t % 11 === 3 ? Number.NaN : (t * 7) % 5));
  const options = { linearization: "taylor", iterations: 40 } as const;
  const gpu = await smooth(model, counts, { ...onGpu(options), tolerance: 1e-5 });
  const cpu = await smooth(model, counts, { ...options, backend: "cpu", tolerance: 1e-9 });
  expect([gpu.converged, cpu.converged]).toEqual([[true], [true]]);
  expect(worstMean(gpu, cpu)).toBeLessThan(1e-4);
  expect(Math.abs(gpu.marginalLogLikelihood / cpu.marginalLogLikelihood - 1)).toBeLessThan(1e-6);
});
