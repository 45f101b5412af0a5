/**
 * The tables of docs/parallel-newton.md on whatever adapter the browser has: `npm run newton`. Nothing is asserted about the numbers; they
 * are written down, row after row, so that an interrupted run keeps what it has.
 */
import { inject, test } from "vitest";
import { commands } from "vitest/browser";
import {
  chaoticObserver,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  expressionFunction,
  gru,
  lyapunov,
  meanFieldRnn,
  type ObserverName,
  type Recurrence,
  type SeriesInput,
  sampleDensity,
  twoWell,
  wordProblem,
} from "../src/api/index.ts";
import { useEngine } from "./shared_engine.ts";

declare module "vitest" {
  interface ProvidedContext {
    newton: { readonly file: string };
  }
}

const engine = useEngine();
const { file } = inject("newton");
const rows: object[] = [];
const exactly: EvaluateOptions = { backend: "cpu", method: "sequential", lyapunov: false };

async function note(row: object, { run }: Pick<Evaluation, "run">): Promise<void> {
  rows.push(row);
  const { adapter, software } = run;
  await commands.writeFile(file, JSON.stringify({ browser: navigator.userAgent, adapter, software, rows }));
}

function worst(got: Evaluation, exact: Evaluation): number {
  let most = 0;
  got.states.data.forEach((value, i) => {
    most = Math.max(most, Math.abs(value - exact.states.data[i]));
  });
  return most;
}

const onGpu = (options: EvaluateOptions): EvaluateOptions => ({
  ...options,
  backend: "webgpu",
  engine: engine(),
});

async function measure(
  table: string,
  name: string,
  model: Recurrence,
  inputs: SeriesInput | number,
  options: EvaluateOptions,
  more: object = {},
): Promise<void> {
  const exact = await evaluate(model, undefined, inputs, exactly);
  const reference = await evaluate(model, undefined, inputs, { ...options, backend: "cpu", lyapunov: false });
  const got = await evaluate(model, undefined, inputs, onGpu(options));
  const along = options.lyapunov !== false;
  await note(
    {
      table,
      name,
      method: options.method,
      steps: got.states.shape[0],
      status: got.status,
      updates: got.iterations[0],
      updatesFloat64: reference.iterations[0],
      statusFloat64: reference.status,
      merit: got.merit[0],
      error: worst(got, exact),
      ...(along
        ? { lyapunov: got.lyapunov[0], stateError: got.stateError[0], predicted: got.predictedIterations[0] }
        : {}),
      ...more,
    },
    got,
  );
}

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

for (const T of [1000, 10_000])
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
          ? { method: "newton", damping: 0.55, clip: 1, maxIterations: 200, lyapunov: false }
          : { method: "quasi", guess: "normal", clip: 1, maxIterations: 200, lyapunov: false };
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
        },
        evaluation,
      );
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
