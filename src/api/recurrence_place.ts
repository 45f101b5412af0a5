/** Where recurrences are evaluated: the host in float64, or a GPU. */
import {
  type AdjointRecords,
  adjointCpu,
  type Change,
  type DerivativeOptions,
  type IterationOptions,
  type IterationRecords,
  iterateCpu,
  type LoopOptions,
  type LyapunovOptions,
  type LyapunovRecords,
  lyapunovCpu,
  type RecurrenceProblem,
  sequentialCpu,
  type TangentRecords,
  tangentCpu,
} from "../inference/index.ts";
import type { EvaluateOptions } from "./evaluate.ts";
import { ON_HOST } from "./on_host.ts";
import { recurrenceGpu } from "./parts.ts";
import type { RunInfo } from "./types.ts";

export interface RecurrencePlace {
  readonly run: Omit<RunInfo, "seconds" | "plan">;
  /** Flops and bytes per second of the whole, and series that go side by side: guesses for the choice of a method. */
  readonly throughput: number;
  readonly bandwidth: number;
  readonly lanes: number;
  iterate(
    problem: RecurrenceProblem,
    options: IterationOptions,
  ): Promise<{ records: IterationRecords; words: string }>;
  sequential(
    problem: RecurrenceProblem,
    options: LoopOptions & { readonly call: string },
  ): Promise<{ readonly states: Float64Array; readonly failed: Uint32Array }>;
  lyapunov(
    problem: RecurrenceProblem,
    states: Float64Array,
    options: LyapunovOptions,
  ): Promise<LyapunovRecords>;
  adjoint(
    problem: RecurrenceProblem,
    states: Float64Array,
    cotangents: Float64Array,
    options: DerivativeOptions,
  ): Promise<AdjointRecords>;
  tangent(
    problem: RecurrenceProblem,
    states: Float64Array,
    change: Change,
    options: DerivativeOptions,
  ): Promise<TangentRecords>;
}

export async function recurrencePlace(
  call: string,
  backend: "webgpu" | "cpu",
  options: Pick<EvaluateOptions, "engine" | "chunkLength">,
): Promise<RecurrencePlace> {
  if (backend === "webgpu") return (await recurrenceGpu(call)).placeOnGpu(options);
  return {
    run: ON_HOST,
    throughput: 1e9,
    bandwidth: 1e10,
    lanes: 1,
    iterate: async (problem, own) => ({
      records: await iterateCpu(problem, own),
      words: `${own.method} in float64, ${own.maxIterations} updates at most`,
    }),
    sequential: sequentialCpu,
    lyapunov: lyapunovCpu,
    adjoint: adjointCpu,
    tangent: tangentCpu,
  };
}
