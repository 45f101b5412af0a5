/** The tables of docs/parallel-newton.md on Markov chains, on whatever adapter the browser has: `npm run newton`. */
import { test } from "vitest";
import {
  type EvaluateOptions,
  eightSchools,
  evaluate,
  expressionFunction,
  leapfrog,
  type SeriesInput,
  sampleDensity,
} from "../src/api/index.ts";
import { logisticRegression } from "./logistic_regression.ts";
import { exactly, note, onGpu } from "./parallel_newton.ts";

for (const T of [1000, 10_000, 100_000])
  for (const chain of ["banana", "mixture"] as const)
    test(`${chain}, ${T} samples`, { timeout: 1_800_000 }, async () => {
      const well = (x: number, y: number) => `exp(-0.5*((x0 - ${x})^2 + (x1 - ${y})^2))`;
      const density = await expressionFunction({
        expressions:
          chain === "banana"
            ? "-0.5*(x0/10)^2 - 0.5*(x1 - 0.03*(x0^2 - 100))^2"
            : `log(${well(2, 2)} + ${well(-2, 2)} + ${well(2, -2)} + ${well(-2, -2)})`,
        stateDim: 2,
      });
      const how: EvaluateOptions =
        chain === "banana"
          ? { method: "newton", damping: 0.55, clip: 1, maxIterations: 400, lyapunov: false }
          : { method: "quasi", guess: "normal", clip: 1, maxIterations: 400, lyapunov: false };
      const step =
        chain === "banana"
          ? ({ method: "hmc", stepSize: 0.5, leapfrogSteps: 8 } as const)
          : ({ method: "mala", stepSize: 0.5 } as const);
      const options = {
        ...step,
        numSamples: T,
        initialState: chain === "banana" ? [3, -4] : [0, 0],
        seed: 1,
      };
      const exact = await sampleDensity(density, { ...options, evaluate: exactly });
      const got = await sampleDensity(density, { ...options, evaluate: onGpu(how) });
      const { evaluation } = got;
      let apart = 0;
      for (let t = 0; t < T; t++)
        if (
          Math.hypot(
            got.samples.data[2 * t] - exact.samples.data[2 * t],
            got.samples.data[2 * t + 1] - exact.samples.data[2 * t + 1],
          ) > 1e-2
        )
          apart++;
      await note(
        {
          table: "chains",
          name: chain,
          method: how.method,
          steps: T,
          status: evaluation.status,
          updates: evaluation.iterations[0],
          merit: evaluation.merit[0],
          samplesApart: apart,
          acceptance: got.acceptanceRates[0],
          acceptanceFloat64: exact.acceptanceRates[0],
          effectiveSampleSizes: [...got.effectiveSampleSizes.data],
          effectiveSampleSizesFloat64: [...exact.effectiveSampleSizes.data],
        },
        evaluation,
      );
    });

for (const T of [1000, 10_000])
  for (const guess of ["normal", "tiled"] as const)
    test(`eight schools, ${T} sweeps, ${guess}`, { timeout: 1_800_000 }, async () => {
      const model = await eightSchools();
      const inputs = model.drawInputs?.(T, 0) as SeriesInput;
      const exact = await evaluate(model, undefined, inputs, exactly);
      const how: EvaluateOptions = { method: "newton", guess, maxIterations: 60, lyapunov: false };
      const strict = await evaluate(model, undefined, inputs, { ...how, backend: "cpu" });
      const got = await evaluate(model, undefined, inputs, onGpu(how));
      let relative = 0;
      got.states.data.forEach((value, i) => {
        const { data } = exact.states;
        relative = Math.max(relative, Math.abs(value - data[i]) / (1 + Math.abs(data[i])));
      });
      await note(
        {
          table: "eight schools",
          name: guess,
          method: "newton",
          steps: T,
          status: got.status,
          updates: got.iterations[0],
          resets: got.resets[0],
          statusFloat64: strict.status,
          updatesFloat64: strict.iterations[0],
          merit: got.merit[0],
          relativeError: relative,
        },
        got,
      );
    });

const DIM = 8;
const density = logisticRegression(DIM, 16, 3);
const origin = new Float64Array(DIM);
const apartOf = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

for (const basis of [undefined, "hessian"] as const)
  for (const stepSize of [0.02])
    test(`logistic regression, MALA ${stepSize}, basis ${basis}`, { timeout: 1_800_000 }, async () => {
      const options = { method: "mala", stepSize, numSamples: 500, initialState: origin, seed: 1 } as const;
      const exact = await sampleDensity(density, { ...options, evaluate: exactly });
      const how: EvaluateOptions = { method: "quasi", clip: 1, maxIterations: 150, lyapunov: false };
      const got = await sampleDensity(density, { ...options, basis, evaluate: onGpu(how) });
      await note(
        {
          table: "bases",
          name: `MALA, ε = ${stepSize}, ${basis ?? "as it is"}`,
          method: "quasi",
          steps: 500,
          status: got.evaluation.status,
          updates: got.evaluation.iterations[0],
          error: apartOf(got.samples.data, exact.samples.data),
          acceptance: got.acceptanceRates[0],
        },
        got.evaluation,
      );
    });

for (const L of [32, 128])
  for (const basis of [undefined, "hessian"] as const)
    for (const method of ["quasi", "blockQuasi", "newton"] as const)
      test(`leapfrogs, L = ${L}, ${method}, basis ${basis}`, { timeout: 1_800_000 }, async () => {
        const momentum = Float64Array.from(origin, (_, i) => Math.sin(3 * i + 1));
        const options = { position: origin, momentum, stepSize: 0.1, steps: L };
        const exact = await leapfrog(density, { ...options, evaluate: exactly });
        const how: EvaluateOptions = { method, lyapunov: false };
        const got = await leapfrog(density, { ...options, basis, evaluate: onGpu(how) });
        await note(
          {
            table: "leapfrogs",
            name: basis ?? "as it is",
            method,
            steps: L,
            status: got.evaluation.status,
            updates: got.evaluation.iterations[0],
            error: apartOf(got.positions.data, exact.positions.data),
          },
          got.evaluation,
        );
      });
