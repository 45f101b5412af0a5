/** Markov chains evaluated over all steps at once: the chain of one step after the other, and draws from the density. */
import { expect, suite, test } from "vitest";
import {
  type EvaluateOptions,
  expressionFunction,
  type SampleDensityOptions,
  sampleDensity,
} from "./index.ts";

const gaussian = () =>
  expressionFunction({
    expressions: "-0.5 * (4*(x0 - 1)^2 - 2*(x0 - 1)*(x1 + 2) + (x1 + 2)^2)",
    stateDim: 2,
  });
const mixture = () =>
  expressionFunction({
    expressions: [
      "log(exp(-0.5*((x0-2)^2 + (x1-2)^2)) + exp(-0.5*((x0+2)^2 + (x1-2)^2)) + exp(-0.5*((x0-2)^2 + (x1+2)^2)) + exp(-0.5*((x0+2)^2 + (x1+2)^2)))",
    ],
    stateDim: 2,
  });
const banana = () =>
  expressionFunction({ expressions: "-0.5 * (x0/10)^2 - 0.5 * (x1 - 0.03*(x0^2 - 100))^2", stateDim: 2 });

const cpu = (options: EvaluateOptions): EvaluateOptions => ({ backend: "cpu", ...options });

suite("chains", () => {
  test("draws have the moments of the density", async () => {
    for (const chain of [
      { method: "mala", stepSize: 0.2 },
      { method: "hmc", stepSize: 0.4, leapfrogSteps: 5 },
    ] as const) {
      const options: SampleDensityOptions = { ...chain, numSamples: 10_000, initialState: [1, -2], seed: 5 };
      const got = await sampleDensity(await gaussian(), {
        ...options,
        evaluate: cpu({ method: "sequential", lyapunov: false }),
      });
      expect(got.acceptanceRates[0]).toBeGreaterThan(0.6);
      const mean = [1, -2];
      const covariance = [1 / 3, 1 / 3, 4 / 3];
      for (let i = 0; i < 2; i++) {
        const size = got.effectiveSampleSizes.data[i];
        expect(size).toBeGreaterThan(400);
        const draws = Float64Array.from({ length: 10_000 }, (_, t) => got.samples.data[2 * t + i]);
        const average = draws.reduce((a, b) => a + b, 0) / draws.length;
        const variance = draws.reduce((a, b) => a + (b - mean[i]) ** 2, 0) / draws.length;
        const exact = covariance[2 * i];
        expect(Math.abs(average - mean[i])).toBeLessThan(4 * Math.sqrt(exact / size));
        expect(Math.abs(variance - exact)).toBeLessThan(4 * exact * Math.sqrt(4 / size));
      }
    }
  });

  const CASES = [
    [
      "mixture, MALA",
      mixture,
      { method: "mala", stepSize: 0.5, initialState: [0, 0] },
      { method: "newton", guess: "normal", clip: 1 },
    ],
    [
      "mixture, quasi",
      mixture,
      { method: "mala", stepSize: 0.5, initialState: [0, 0] },
      { method: "quasi", guess: "normal", clip: 1 },
    ],
    [
      "banana, HMC",
      banana,
      { method: "hmc", stepSize: 0.5, leapfrogSteps: 8, initialState: [3, -4] },
      { method: "newton", damping: 0.55, clip: 1 },
    ],
  ] as const;
  for (const [name, density, chain, how] of CASES)
    test(`${name}: sample by sample the sequential chain`, { timeout: 120_000 }, async () => {
      const f = await density();
      const options = { ...chain, initialState: [...chain.initialState], numSamples: 300, seed: 1 };
      const one = await sampleDensity(f, {
        ...options,
        evaluate: cpu({ method: "sequential", lyapunov: false }),
      });
      const all = await sampleDensity(f, {
        ...options,
        evaluate: cpu({ ...how, maxIterations: 400, tolerance: 1e-14, lyapunov: false }),
      });
      expect(all.evaluation.status).toBe("ok");
      const differences = Array.from(one.samples.data, (value, i) => Math.abs(value - all.samples.data[i]));
      expect(Math.max(...differences)).toBeLessThan(1e-3);
      expect(all.evaluation.iterations[0]).toBeLessThan(name.startsWith("banana") ? 110 : 60);
      expect(all.acceptanceRates[0]).toBeCloseTo(one.acceptanceRates[0], 6);
    });

  test("bad options are told", async () => {
    const f = await banana();
    const options = { method: "mala", stepSize: 0.1, numSamples: 10, initialState: [0, 0] } as const;
    await expect(sampleDensity(f, { ...options, stepSize: 0 })).rejects.toThrow(
      /options\.stepSize expected a finite number above 0, got 0/,
    );
    await expect(sampleDensity(f, { ...options, initialState: [1] })).rejects.toThrow(
      /options\.initialState expected \[2\] or \[N, 2\]/,
    );
    const two = await expressionFunction({ expressions: ["x0", "x1"], stateDim: 2 });
    await expect(sampleDensity(two, options)).rejects.toThrow(
      /logDensity expected one value, and no inputs, got 2 values/,
    );
  });
});
