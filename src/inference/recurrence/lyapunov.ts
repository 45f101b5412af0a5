/** The largest Lyapunov exponent and the state error along a trajectory, on the GPU: two scans. lyapunov.cpu.ts has the formulas. */
import { type BufferSpec, execute, Recording, readTensors, type Tensor } from "../../engine/index.ts";
import {
  lyapunovElement,
  newtonElement,
  recordScan,
  type ScanElement,
  scanScratch,
} from "../../scan/index.ts";
import { firstDirections, type LyapunovOptions, type LyapunovRecords } from "./lyapunov.cpu.ts";
import {
  lasting,
  PLAIN,
  type RecurrenceGpuOptions,
  recordRecurrenceInputs,
  recurrenceSizes,
  systemRequest,
} from "./recurrence_buffers.ts";
import type { RecurrenceProblem } from "./recurrence_problem.ts";

/** Logs of what is 0: shaders/recurrence/scale.wgsl. */
const NO_LOG = -1e29;

/** @throws LimitError, DeviceError, AbortedError */
export async function lyapunovGpu(
  problem: RecurrenceProblem,
  states: Float64Array,
  { call, signal, settle = 0, ...gpu }: LyapunovOptions & RecurrenceGpuOptions,
): Promise<LyapunovRecords> {
  const { numSeries: N, numSteps: T, stateDim: D, lengths } = problem;
  const { engine } = gpu;
  const request = systemRequest(call, problem);
  const sizes = recurrenceSizes(problem, gpu);
  const recording = new Recording();
  const inputs = recordRecurrenceInputs(recording, problem, PLAIN);
  const current = recording.buffer("trajectory", [N, T, D], "input");
  recording.upload(current, () => Float32Array.from(states));
  const scan = (
    element: ScanElement,
    next: BufferSpec,
    carried?: () => Float32Array<ArrayBuffer>,
  ): BufferSpec => {
    const scratch = scanScratch(recording, element, sizes, T, true);
    const slots = lasting(recording, scratch.states);
    if (carried) recording.upload(slots, carried);
    recordScan(
      recording,
      element,
      sizes,
      { start: 0, steps: T, reverse: false },
      true,
      { ...scratch, states: slots },
      {
        uniforms: inputs.uniforms,
        buffers: { parameters: inputs.parameters, indices: inputs.indices, current, next },
      },
    );
    recording.mark("lyapunov", T, T);
    return slots;
  };
  const logs = recording.buffer("logs", [N, T], "output");
  const v = firstDirections(D, 1);
  scan(lyapunovElement(call, request, engine.caps), logs, () =>
    Float32Array.from({ length: N * (D + 1) }, (_, i) => (i % (D + 1) < D ? v[i % (D + 1)] : 0)),
  );
  const moved = recording.buffer("trajectory moved", [N, T, D], "scratch");
  const slots = scan(newtonElement(call, request, engine.caps), moved);
  const tensors = await execute(engine, recording, { call, signal });
  try {
    const [sums, carried] = await readTensors(
      engine,
      call,
      [logs, slots].map(spec => tensors.get(spec) as Tensor),
    );
    const largest = new Float64Array(N);
    const overshoot = new Float64Array(N);
    const stateErrors = new Float64Array(N);
    const chunks = Math.ceil(T / sizes.chunkLength);
    for (let s = 0; s < N; s++) {
      const at = (t: number): number =>
        t < 0 ? 0 : sums[s * T + t] > NO_LOG ? sums[s * T + t] : Number.NEGATIVE_INFINITY;
      const [from, length] = [at(settle - 1), lengths[s]];
      largest[s] = (at(length - 1) - from) / (length - settle);
      for (let t = settle; t < length; t++)
        overshoot[s] = Math.max(overshoot[s], at(t) - from - largest[s] * (t - settle + 1));
      for (let c = 0; c < Math.ceil(length / sizes.chunkLength); c++)
        stateErrors[s] = Math.max(stateErrors[s], carried[(N + s * chunks + c + 1) * (D + 1) - 1]);
    }
    const plan = `products of Jacobians in float32, chunks of ${sizes.chunkLength}, ${recording.dispatches.length} dispatches`;
    return { largest, overshoot, stateErrors, plan };
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}
