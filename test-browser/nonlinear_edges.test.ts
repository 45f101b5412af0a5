/** Nonlinear models at the edges of what they take: the GPU gives what float64 gives, and says what float64 says. */
import { expect, suite, test } from "vitest";
import {
  expressionFunction,
  filter,
  generalizedGaussianSSM,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  predict,
  type SeriesInput,
  samplePosterior,
  simulate,
  smooth,
} from "../src/api/index.ts";
import { diagonal } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const onGpu = () => ({ backend: "webgpu", engine: engine() }) as const;
const onCpu = { backend: "cpu" } as const;

async function model(
  f: string | string[],
  h: string | string[],
  { S, Q, R, mean }: { S: number[][]; Q: number[][]; R: number; mean: number[] },
): Promise<NonlinearSSM> {
  const stateDim = mean.length;
  const emission = await expressionFunction({ expressions: h, stateDim });
  return nonlinearGaussianSSM({
    initial: { mean, covariance: S },
    dynamics: { function: await expressionFunction({ expressions: f, stateDim }), covariance: Q },
    emissions: { function: emission, covariance: diagonal(Array(emission.outputDim).fill(R)) },
  });
}

/** NaN in the same places, and no difference above 1e-4 of a number or of 1. */
function same(got: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  expect(got.length, what).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    expect(Number.isNaN(got[i]), `${what}[${i}]`).toBe(Number.isNaN(wanted[i]));
    if (!Number.isNaN(wanted[i]))
      expect(Math.abs(got[i]! - wanted[i]!), `${what}[${i}]`).toBeLessThan(
        1e-4 * Math.max(1, Math.abs(wanted[i]!)),
      );
  }
}

/** Filter, smoother, iterated smoother, predictions and draws on both backends. */
async function compare(given: NonlinearSSM, y: SeriesInput, more: object = {}): Promise<void> {
  for (const options of [{}, { linearization: "taylor", iterations: 6, tolerance: 1e-4 }] as const) {
    const [gpu, cpu] = [
      await smooth(given, y, { ...more, ...options, ...onGpu() }),
      await smooth(given, y, { ...more, ...options, ...onCpu }),
    ];
    expect(gpu.run.backend).toBe("webgpu");
    expect(gpu.statuses).toEqual(cpu.statuses);
    for (const field of ["filteredMeans", "smoothedMeans", "smoothedCovariances", "logLikelihoods"] as const)
      same(gpu[field].data, cpu[field].data, `${field} ${Object.keys(options).length}`);
  }
  const [gpu, cpu] = [
    await predict(given, y, { ...more, ...onGpu() }),
    await predict(given, y, { ...more, ...onCpu }),
  ];
  expect(gpu.statuses).toEqual(cpu.statuses);
  for (const field of ["means", "variances", "standardizedInnovations", "quantileResiduals"] as const)
    same(gpu[field].data, cpu[field].data, field);
  const drawn = [
    await samplePosterior(given, y, { ...more, ...onGpu(), numSamples: 2 }),
    await samplePosterior(given, y, { ...more, ...onCpu, numSamples: 2 }),
  ] as const;
  expect(drawn[0].statuses).toEqual(drawn[1].statuses);
  same(drawn[0].states.data, drawn[1].states.data, "draws");
}

const ONE = { S: [[1]], Q: [[0.1]], R: 0.2, mean: [0.5] };

suite("nonlinear models at the edges, on the GPU", () => {
  test("one step, nothing observed, more observations than states", async () => {
    const sine = await model("sin(x0)", "x0", ONE);
    await compare(sine, [0.3]);
    await compare(sine, [Number.NaN, Number.NaN, Number.NaN]);
    const many = await model("sin(x0)", ["x0", "x0^2", "sin(x0)", "x0"], ONE);
    await compare(many, [
      [0.3, 0.1, 0.2, 0.3],
      [0.2, Number.NaN, 0.1, Number.NaN],
    ]);
  });

  test("no noise, a known start, a singular start, an emission that ignores the state", async () => {
    await compare(await model("sin(x0)", "x0", { ...ONE, Q: [[0]] }), [0.3, 0.2, 0.5]);
    await compare(await model("sin(x0)", "x0", { ...ONE, Q: [[0]], S: [[0]] }), [0.3, 0.2, 0.5]);
    await compare(await model("sin(x0)", "3 + 0*x0", ONE), [3.1, 2.9, 3]);
    const singular = await model(["x1", "sin(x0) + 0.1*x2", "x2"], "x0*x2", {
      mean: [0, 0, 1],
      S: [
        [1, 1, 0],
        [1, 1, 0],
        [0, 0, 0],
      ],
      Q: diagonal([0, 0.1, 0]),
      R: 0.1,
    });
    await compare(singular, [0.1, 0.3, Number.NaN, 0.2]);
  });

  test("eight states", async () => {
    const ring = Array.from(
      { length: 8 },
      (_, i) => `x${i} + 0.05*((x${(i + 1) % 8} - x${(i + 6) % 8})*x${(i + 7) % 8} - x${i} + 8)`,
    );
    const eight = await model(ring, ["x0", "x2 + x3", "x5", "sin(x7)"], {
      mean: Array(8).fill(1),
      S: diagonal(Array(8).fill(1)),
      Q: diagonal(Array(8).fill(0.1)),
      R: 0.5,
    });
    await compare(eight, simulateRows(eight, 20));
  });

  test("a step without a value is NaN in that series alone, and an error that names it", async () => {
    const broken = await model("t == 2 ? log(-1 - x0^2) : x0", "x0", ONE);
    const series = [
      [[1], [2], [3], [4]],
      [[1], [2]],
    ];
    await compare(broken, series, { throwOnFailure: false });
    await expect(filter(broken, series, onGpu())).rejects.toThrow(/got none at step 2 of series 0\./);
    await expect(samplePosterior(broken, series, onGpu())).rejects.toThrow(/at step 2 of series 0\./);
  });

  test("numbers beyond float32 are an error, never a result", async () => {
    const sine = await model("sin(x0)", "x0", ONE);
    for (const y of [
      [1e30, 1, 2],
      [1e200, 0],
      [1, 1e308],
    ]) {
      const soft = await filter(sine, y, { ...onGpu(), throwOnFailure: false });
      if (soft.status !== "ok") {
        await expect(filter(sine, y, onGpu())).rejects.toMatchObject({ name: "NumericalError" });
        continue;
      }
      const exact = await filter(sine, y, onCpu);
      same(soft.filteredMeans.data, exact.filteredMeans.data, `filteredMeans of ${y[0]}`);
      expect(Math.abs(soft.marginalLogLikelihood / exact.marginalLogLikelihood - 1)).toBeLessThan(1e-4);
    }
  });

  test("counts of one step, of none seen, and of a family that ignores the state", async () => {
    const part = {
      initial: { mean: [0.5], covariance: [[1]] },
      dynamics: {
        function: await expressionFunction({ expressions: "sin(x0)", stateDim: 1 }),
        covariance: [[0.1]],
      },
    };
    const poisson = async (expressions: string): Promise<NonlinearSSM> =>
      generalizedGaussianSSM({
        ...part,
        emissions: { family: "poisson", function: await expressionFunction({ expressions, stateDim: 1 }) },
      });
    const rate = await poisson("exp(x0)");
    await compare(rate, [3]);
    await compare(rate, [Number.NaN, Number.NaN]);
    await compare(await poisson("2 + 0*x0"), [0, 4, 2]);
  });
});

test("a log density with slopes and hardly any curvature: the mode and the likelihood of float64", async () => {
  const volatility = generalizedGaussianSSM({
    initial: { mean: [0.4], covariance: [[0.7]] },
    dynamics: {
      function: await expressionFunction({ expressions: "0.9*x0", stateDim: 1 }),
      covariance: [[0.2]],
    },
    emissions: {
      logDensity: await expressionFunction({
        expressions: "-(log(2*pi) + x0 + y0^2*exp(-x0))/2",
        stateDim: 1,
        inputDim: 1,
        inputNames: ["y0"],
      }),
    },
  });
  const y = [0.5, 0, -1.2, 1e-6, 0, 0.3, Number.NaN, 0, 0.01];
  const options = { linearization: "taylor", iterations: 40, tolerance: 1e-4 } as const;
  const gpu = await smooth(volatility, y, { ...options, ...onGpu() });
  const cpu = await smooth(volatility, y, { ...options, ...onCpu, tolerance: 1e-9 });
  expect([gpu.converged, cpu.converged]).toEqual([[true], [true]]);
  same(gpu.smoothedMeans.data, cpu.smoothedMeans.data, "smoothedMeans");
  same(gpu.smoothedCovariances.data, cpu.smoothedCovariances.data, "smoothedCovariances");
  expect(Math.abs(gpu.marginalLogLikelihood / cpu.marginalLogLikelihood - 1)).toBeLessThan(1e-6);
  expect(gpu.run.plan).toContain("log-likelihoods in float64 on the host");
});

function simulateRows(given: NonlinearSSM, numSteps: number): number[][] {
  const { observations } = simulate(given, { numSteps, seed: 3 });
  const m = given.emissionDim;
  return Array.from({ length: numSteps }, (_, t) => Array.from(observations.data.slice(t * m, (t + 1) * m)));
}
