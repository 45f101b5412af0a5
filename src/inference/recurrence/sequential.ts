/** recurrence_sequential: s_t = f(s_{t−1}, u_t, t) on the GPU in float32, one series per invocation, or per workgroup for cells. */
import { execute, Recording, readTensors, type Tensor } from "../../engine/index.ts";
import type { LoopOptions } from "../cooperate.ts";
import { EACH_WORKGROUP, eachGrid } from "../each_grid.ts";
import {
  PLAIN,
  type RecurrenceGpuOptions,
  recordRecurrenceInputs,
  systemRequest,
} from "./recurrence_buffers.ts";
import type { RecurrenceProblem } from "./recurrence_problem.ts";
import { firstWithoutValue } from "./sequential.cpu.ts";

/** Steps of a dispatch: a lone invocation takes about a microsecond a step. */
const BLOCK = 16_384;
/** How many times slower one lone series is, per step, than a full device. */
const IDLE = 64;

/** @throws LimitError, DeviceError, AbortedError */
export async function sequentialGpu(
  problem: RecurrenceProblem,
  { call, engine, signal, onProgress }: LoopOptions & RecurrenceGpuOptions & { readonly call: string },
): Promise<{ readonly states: Float64Array; readonly failed: Uint32Array }> {
  const { numSeries: N, numSteps: T, stateDim: D, lengths } = problem;
  const { splice, constants, cell } = systemRequest(call, problem);
  const recording = new Recording();
  const { parameters, indices, uniforms } = recordRecurrenceInputs(recording, problem, PLAIN);
  const next = recording.buffer("states", [N, T, D], "output");
  for (let start = 0; start < T; start += BLOCK) {
    const end = Math.min(T, start + BLOCK);
    recording.dispatch({
      kernel: {
        name: cell ? "recurrence_sequential_cell" : "recurrence_sequential",
        constants: { ...constants, STATE_DIM: D, WORKGROUP: EACH_WORKGROUP },
        unroll: false,
        splice,
      },
      uniforms: { ...uniforms, num_series: N, num_steps: T, block_start: start, block_end: end },
      buffers: { parameters, indices, next },
      workgroups: cell ? [Math.min(N, 65_535), Math.ceil(N / 65_535), 1] : eachGrid(N),
      cost: N * (end - start) * (20 * D + 2 * D * D) * Math.max(1, IDLE / N),
    });
    recording.mark("evaluate", end, T);
  }
  const tensors = await execute(engine, recording, { call, signal, onProgress });
  try {
    const [data] = await readTensors(engine, call, [tensors.get(next) as Tensor]);
    const states = Float64Array.from(data);
    const failed = Uint32Array.from(lengths, (length, s) => {
      const at = states.subarray(s * T * D, (s * T + length) * D).findIndex(value => !Number.isFinite(value));
      const finite = at < 0 ? length : Math.floor(at / D);
      return problem.step.everywhere ? finite : Math.min(finite, firstWithoutValue(problem, s, states));
    });
    failed.forEach((step, s) => {
      if (step < lengths[s]) states.fill(Number.NaN, (s * T + step) * D, (s * T + lengths[s]) * D);
    });
    return { states, failed };
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}
