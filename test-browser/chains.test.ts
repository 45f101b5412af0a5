/** Markov chains on the GPU: leapfrogs by blocks, orthogonal bases, windows, Gibbs sweeps; against float64, one step after the other. */
import { expect, suite, test } from "vitest";
import {
  type EvaluateOptions,
  eightSchools,
  evaluate,
  leapfrog,
  type SampleDensityOptions,
  type SeriesInput,
  sampleDensity,
} from "../src/api/index.ts";
import { logisticRegression } from "./logistic_regression.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const onGpu = (options: EvaluateOptions): EvaluateOptions => ({
  lyapunov: false,
  ...options,
  backend: "webgpu",
  engine: engine(),
});
const onHost = (options: EvaluateOptions): EvaluateOptions => ({
  lyapunov: false,
  ...options,
  backend: "cpu",
});
const exactly = onHost({ method: "sequential" });
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]) / (1 + Math.abs(b[i]))));
};

suite("leapfrogs", () => {
  for (const [n, by] of [
    [3, "one invocation"],
    [5, "a team"],
  ] as const)
    test(`${2 * n} states by ${by}: by blocks and whole, in the basis of a Hessian too`, async () => {
      const density = logisticRegression(n, 12, 3);
      const options = {
        position: [new Float64Array(n), new Float64Array(n).fill(0.5)].map(z => [...z]),
        momentum: [1, -1].map(sign => Array.from({ length: n }, (_, i) => sign * Math.sin(3 * i + 1))),
        stepSize: 0.15,
        steps: 24,
      };
      const exact = await leapfrog(density, { ...options, evaluate: exactly });
      for (const [method, basis] of [
        ["blockQuasi", undefined],
        ["blockQuasi", "hessian"],
        ["newton", "hessian"],
      ] as const) {
        const got = await leapfrog(density, { ...options, basis, evaluate: onGpu({ method }) });
        const twin = await leapfrog(density, { ...options, basis, evaluate: onHost({ method }) });
        expect(got.evaluation.status).toBe("ok");
        for (const s of [0, 1])
          expect(Math.abs(got.evaluation.iterations[s] - twin.evaluation.iterations[s])).toBeLessThanOrEqual(
            1,
          );
        // Merits of 1e-10 leave residuals of 1e-5, summed over the steps.
        expect(apart(got.positions.data, exact.positions.data)).toBeLessThan(2e-4);
        expect(apart(got.energies.data, exact.energies.data)).toBeLessThan(5e-4);
      }
    });
});

suite("chains", () => {
  const density = logisticRegression(4, 12, 3);
  const options: SampleDensityOptions = {
    method: "mala",
    stepSize: 0.05,
    numSamples: 80,
    initialState: [0, 0, 0, 0],
    seed: 1,
  };

  test("in the basis of a Hessian, and in windows, are the chain itself", async () => {
    const exact = await sampleDensity(density, { ...options, evaluate: exactly });
    const how = { method: "quasi", clip: 1, maxIterations: 120 } as const;
    for (const window of [undefined, 40]) {
      const evaluateOptions = onGpu({ ...how, ...(window ? { window } : {}) });
      const turned = await sampleDensity(density, {
        ...options,
        basis: "hessian",
        evaluate: evaluateOptions,
      });
      expect(turned.evaluation.status).toBe("ok");
      expect(apart(turned.samples.data, exact.samples.data)).toBeLessThan(1e-3);
      expect(turned.acceptanceRates[0]).toBe(exact.acceptanceRates[0]);
      // Windows have the updates of all of them summed.
      if (!window) expect(turned.evaluation.iterations[0]).toBeLessThan(25);
    }
  });

  test("trajectory by trajectory are the chain itself", async () => {
    const own: SampleDensityOptions = {
      ...options,
      method: "hmc",
      leapfrogSteps: 20,
      stepSize: 0.2,
      numSamples: 6,
    };
    const exact = await sampleDensity(density, { ...own, evaluate: exactly });
    const got = await sampleDensity(density, { ...own, parallel: "leapfrogs", evaluate: onGpu({}) });
    expect(got.evaluation.status).toBe("ok");
    expect(apart(got.samples.data, exact.samples.data)).toBeLessThan(1e-4);
    expect(got.evaluation.run.backend).toBe("webgpu");
  });

  test("Gibbs sweeps of eight schools", async () => {
    const model = await eightSchools();
    const inputs = model.drawInputs?.(80, 1) as SeriesInput;
    const exact = await evaluate(model, undefined, inputs, exactly);
    for (const guess of ["normal", "tiled"] as const) {
      const how = { method: "newton", guess } as const;
      const got = await evaluate(model, undefined, inputs, onGpu(how));
      const twin = await evaluate(model, undefined, inputs, onHost(how));
      expect(got.status).toBe("ok");
      expect(got.resets[0]).toBe(0);
      expect(Math.abs(got.iterations[0] - twin.iterations[0])).toBeLessThanOrEqual(1);
      expect(apart(got.states.data, exact.states.data)).toBeLessThan(1e-5);
    }
  });
});
