/**
 * The tables of docs/parallel-newton.md but those of Markov chains, on whatever adapter the browser has: `npm run newton`. Nothing is
 * asserted about the numbers; they are written down.
 */
import { test } from "vitest";
import {
  chaoticObserver,
  evaluate,
  gru,
  lyapunov,
  meanFieldRnn,
  type ObserverName,
  type SeriesInput,
  twoWell,
  wordProblem,
} from "../src/api/index.ts";
import { measure, note, onGpu } from "./parallel_newton.ts";

const OBSERVERS: readonly ObserverName[] = [
  "abc",
  "chua",
  "kawczynskiStrizhak",
  "lorenz",
  "noseHoover",
  "rossler",
  "sprottB",
  "thomas",
  "vallisElNino",
];
for (const name of OBSERVERS)
  for (const method of ["newton", "quasi"] as const)
    test(`observer ${name}, ${method}`, { timeout: 300_000 }, async () => {
      const { system, observer, drivers } = await chaoticObserver(name);
      const { exponentsPerTime } = await lyapunov(system, undefined, 30_000, { backend: "cpu" });
      await measure(
        "observers",
        name,
        observer,
        drivers(30_000),
        { method, maxIterations: 60 },
        { system: exponentsPerTime?.data[0] },
      );
    });

for (const name of ["lorenz", "rossler", "abc", "chua", "noseHoover", "thomas"] as const)
  for (const T of [100, 300, 1000])
    test(`chaotic ${name}, ${T} steps`, { timeout: 300_000 }, async () => {
      const { system } = await chaoticObserver(name);
      await measure("chaotic", `${name}, ${T}`, system, T, { method: "newton", maxIterations: T });
    });

for (const seed of [0, 1, 2, 3])
  test(`two wells, seed ${seed}`, { timeout: 300_000 }, async () => {
    const model = await twoWell();
    await measure("two wells", `seed ${seed}`, model, model.drawInputs?.(10_000, seed) as SeriesInput, {
      method: "newton",
      seed,
    });
  });

for (const size of [2, 4, 8, 16])
  for (const method of ["newton", "quasi"] as const)
    test(`GRU, ${size}, ${method}`, { timeout: 300_000 }, async () => {
      const model = await gru({ size });
      await measure("GRU", `n = ${size}`, model, model.drawInputs?.(1000, 0) as SeriesInput, {
        method,
        guess: "zeros",
        lyapunov: size < 8,
      });
    });

test("permutations", { timeout: 300_000 }, async () => {
  const model = await wordProblem();
  await measure("words", "S5", model, model.drawInputs?.(10_000, 0) as SeriesInput, { method: "newton" });
});

/** Within ±1, as the paper has it. */
const within = (T: number, D: number) => ({
  data: Float64Array.from(
    { length: T * D },
    (_, i) => 2 * Math.abs((Math.sin(12.9898 * i + 1) * 43758.5453) % 1) - 1,
  ),
  shape: [T, D],
});

// On a software adapter products of 100 × 100 take a minute an update: what does not converge is run in float64 alone.
for (const [gain, onAdapter] of [
  [0.5, true],
  [0.7, true],
  [0.8, true],
  [0.9, true],
  [1, true],
  [1.6, false],
] as const)
  test(`mean field, g = ${gain}`, { timeout: 1_200_000 }, async () => {
    const model = await meanFieldRnn({ gain });
    const inputs = model.drawInputs?.(1000, 0) as SeriesInput;
    const options = {
      method: "newton",
      maxIterations: 30,
      guess: within(1000, 100),
      lyapunov: false,
    } as const;
    if (onAdapter) return measure("mean field", `g = ${gain}`, model, inputs, options);
    const got = await evaluate(model, undefined, inputs, { ...options, backend: "cpu", lyapunov: true });
    const row = { name: `g = ${gain}`, method: "newton", steps: 1000, statusFloat64: got.status };
    await note(
      {
        table: "mean field",
        ...row,
        updatesFloat64: got.iterations[0],
        lyapunov: got.lyapunov[0],
        predicted: got.predictedIterations[0],
      },
      await evaluate(await wordProblem(), undefined, [[0]], onGpu({ method: "newton" })),
    );
  });
