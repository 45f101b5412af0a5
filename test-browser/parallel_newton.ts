/** What the long runs of `npm run newton` share: rows, written down one after the other so that an interrupted run keeps what it has. */
import { inject } from "vitest";
import { commands } from "vitest/browser";
import {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type Recurrence,
  type SeriesInput,
} from "../src/api/index.ts";
import { useEngine } from "./shared_engine.ts";

declare module "vitest" {
  interface ProvidedContext {
    newton: { readonly file: string };
  }
}

const engine = useEngine();
const { file } = inject("newton");
export const exactly: EvaluateOptions = { backend: "cpu", method: "sequential", lyapunov: false };

export async function note(row: object, { run }: Pick<Evaluation, "run">): Promise<void> {
  // Files of tests follow one another, each with a page of its own.
  const before = await commands.readFile(file).catch(() => '{"rows":[]}');
  const rows = [...JSON.parse(before).rows, row];
  const { adapter, software } = run;
  await commands.writeFile(file, JSON.stringify({ browser: navigator.userAgent, adapter, software, rows }));
}

export function worst(got: Evaluation, exact: Evaluation): number {
  let most = 0;
  got.states.data.forEach((value, i) => {
    most = Math.max(most, Math.abs(value - exact.states.data[i]));
  });
  return most;
}

export const onGpu = (options: EvaluateOptions): EvaluateOptions => ({
  ...options,
  backend: "webgpu",
  engine: engine(),
});

export async function measure(
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
