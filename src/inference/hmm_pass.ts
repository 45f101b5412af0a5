/** One run of the recorded passes on the GPU, read back and put together in float64 where sums need it. */
import {
  type BufferSpec,
  type Engine,
  type ExecuteOptions,
  execute,
  readParts,
  type Tensor,
} from "../engine/index.ts";
import { checkDensity } from "./hmm_emissions.ts";
import { chooseForm, type HmmFormChoice } from "./hmm_form.ts";
import type { HmmPart } from "./hmm_outputs.ts";
import { describeHmmPlan, type HmmPlan, type HmmRequest, planHmm } from "./hmm_plan.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import { type HmmBlock, type HmmRecording, recordHmm } from "./hmm_recording.ts";

/** Arrays of one run. Entries past the end of a series are NaN. */
export interface HmmPass {
  /** [N, T, K] */
  readonly filtered?: Float32Array;
  readonly predicted?: Float32Array;
  readonly smoothed?: Float32Array;
  /** [N, K, K], or [N, T − 1, K, K] NaN past the end of a series. */
  readonly transitions?: Float64Array;
  /** [N, T] */
  readonly logLikelihoods: Float64Array;
  /** [N] length, or the first step at which every state is impossible. */
  readonly ends: Uint32Array;
  /** Series in which something was lost that may matter. */
  readonly lost: readonly number[];
  readonly plan: HmmPlan;
  readonly words: string;
}

export type HmmGpuOptions = ExecuteOptions & { readonly engine: Engine; readonly request: HmmRequest };

/** Values of the kernels: hmm/filter_io.wgsl. */
const LOST_STEP = 1e38;
const IMPOSSIBLE = -1e38;
/** A density of NaN or +Infinity; shaders/hmm/emissions.wgsl. */
const NOT_FINITE = 2e8;

/** A pass that is recorded. */
export interface RecordedHmmPass extends HmmRecording {
  readonly plan: HmmPlan;
  /** The smoother is in it. */
  readonly smooth: boolean;
}

/** @throws ShaderError where there is no density; LimitError */
export function recordHmmPass(
  problem: HmmProblem,
  { engine, request, call }: HmmGpuOptions,
  smooth: boolean,
  choice?: HmmFormChoice,
): RecordedHmmPass {
  checkDensity(call, problem.emissions.gpu);
  const chosen =
    choice ?? (request.form === "extended" ? { form: request.form, lostBits: 0 } : chooseForm(problem));
  const plan = planHmm(engine, problem, request, chosen, smooth);
  return { ...recordHmm(problem, plan, request, smooth), plan, smooth };
}

/** @throws ShaderError with the line of a user's own density; LimitError, DeviceError, AbortedError */
export async function hmmPass(
  problem: HmmProblem,
  options: HmmGpuOptions,
  smooth: boolean,
  choice?: HmmFormChoice,
): Promise<HmmPass> {
  const pass = recordHmmPass(problem, options, smooth, choice);
  return readHmmPass(problem, pass, await execute(options.engine, pass.recording, options), options);
}

/** Reads everything that was asked for, and frees the tensors. @throws DeviceError */
export async function readHmmPass(
  problem: HmmProblem,
  { recording, blocks, plan, smooth }: RecordedHmmPass,
  tensors: ReadonlyMap<BufferSpec, Tensor>,
  { engine, request, call }: HmmGpuOptions,
): Promise<HmmPass> {
  try {
    const wanted = blocks.flatMap(({ outputs: { filtered, predicted, likelihoods, smoothed, sums } }) => [
      ...(filtered && request.filtered !== false ? [filtered] : []),
      ...[predicted, likelihoods, smoothed, sums].filter(part => part !== undefined),
    ]);
    const read = await readHmmParts(engine, call, tensors, wanted);
    const words = describeHmmPlan(plan, recording.dispatches.length);
    return { ...collect(problem, request, plan, smooth, blocks, read), plan, words };
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}

type Reader = (part: HmmPart) => Float32Array;

/** Reads parts back in one go. @returns what looks one up */
export async function readHmmParts(
  engine: Engine,
  call: string,
  tensors: ReadonlyMap<BufferSpec, Tensor>,
  parts: readonly HmmPart[],
): Promise<Reader> {
  const data = await readParts(
    engine,
    call,
    parts.map(({ buffer, from, count }) => ({ tensor: tensors.get(buffer)!, from, count })),
  );
  const found = new Map(parts.map((part, i) => [part, data[i]!]));
  return part => found.get(part)!;
}

function collect(
  problem: HmmProblem,
  request: HmmRequest,
  plan: HmmPlan,
  smooth: boolean,
  blocks: readonly HmmBlock[],
  read: Reader,
): Omit<HmmPass, "plan" | "words"> {
  const { numStates: K, numSeries: N, numSteps: T } = problem;
  const { ends, lost, logLikelihoods } = collectLikelihoods(problem, blocks, read);
  const rows = (): Float32Array => new Float32Array(N * T * K).fill(Number.NaN);
  const filtered = request.filtered === false ? undefined : rows();
  const predicted = request.predicted ? rows() : undefined;
  const smoothed = smooth ? rows() : undefined;
  const pairs = plan.form === "extended";
  for (const block of blocks) {
    const { start, steps } = block.inputs;
    const { outputs } = block;
    const data = filtered && read(outputs.filtered!);
    for (let s = 0; s < N; s++) {
      const to = (s * T + start) * K;
      const count = Math.max(0, Math.min(steps, ends[s]! - start)) * K;
      const from = (s * (steps + 1) + 1) * K;
      if (data && pairs)
        for (let i = 0; i < count; i++)
          filtered![to + i] = data[2 * (from + i)]! * 2 ** data[2 * (from + i) + 1]!;
      else if (data) filtered!.set(data.subarray(from, from + count), to);
      // The prediction of the step at which a series ends stands.
      const foretold = Math.max(0, Math.min(steps, Math.min(ends[s]! + 1, problem.lengths[s]!) - start)) * K;
      const at = s * steps * K;
      predicted?.set(read(outputs.predicted!).subarray(at, at + foretold), to);
      smoothed?.set(read(outputs.smoothed!).subarray(at, at + count), to);
    }
  }
  if (smoothed) {
    const whole = Array.from({ length: N }, (_, s) => s).filter(s => ends[s] === problem.lengths[s]);
    for (const s of whole)
      for (let i = s * T * K; i < (s * T + ends[s]!) * K; i += K) if (smoothed[i]! < 0) lost.add(s);
  }
  return {
    ...(filtered && { filtered }),
    ...(predicted && { predicted }),
    ...(smoothed && { smoothed }),
    ...(plan.sumSteps > 0 && { transitions: collectTransitions(problem, request, plan, blocks, read) }),
    logLikelihoods,
    ends,
    lost: [...lost].sort((a, b) => a - b),
  };
}

/** Adds the baselines in float64, and finds where series end and which lost something. */
export function collectLikelihoods(
  { numSeries: N, numSteps: T, lengths, emissions }: HmmProblem,
  blocks: readonly HmmBlock[],
  read: Reader,
): { logLikelihoods: Float64Array; ends: Uint32Array; lost: Set<number> } {
  const logLikelihoods = new Float64Array(N * T).fill(Number.NaN);
  const ends = lengths.slice();
  const lost = new Set<number>();
  for (const { inputs, outputs } of blocks) {
    const { start, steps } = inputs;
    const data = read(outputs.likelihoods);
    for (let s = 0; s < N; s++) {
      for (let t = start; t < Math.min(start + steps, ends[s]!); t++) {
        const value = data[s * steps + t - start]!;
        if (value > LOST_STEP) {
          lost.add(s);
          break;
        }
        const sound = value > IMPOSSIBLE && value < NOT_FINITE;
        if (!sound) ends[s] = t;
        if (value < IMPOSSIBLE) logLikelihoods[s * T + t] = Number.NEGATIVE_INFINITY;
        else if (sound) logLikelihoods[s * T + t] = value + emissions.gpu.baseline(s, t);
      }
    }
  }
  return { logLikelihoods, ends, lost };
}

function collectTransitions(
  { numStates: K, numSeries: N, numSteps: T, lengths }: HmmProblem,
  { transitions }: HmmRequest,
  { sumSteps }: HmmPlan,
  blocks: readonly HmmBlock[],
  read: Reader,
): Float64Array {
  const size = K * K;
  const steps = transitions === "steps";
  const out = new Float64Array(N * (steps ? T - 1 : 1) * size);
  if (steps) out.fill(Number.NaN);
  for (const { inputs, outputs } of blocks) {
    const data = read(outputs.sums!);
    const rows = Math.ceil(inputs.steps / sumSteps);
    for (let s = 0; s < N; s++) {
      const used = Math.ceil(Math.max(0, Math.min(inputs.steps, lengths[s]! - inputs.start)) / sumSteps);
      for (let row = 0; row < used; row++) {
        const from = (s * rows + row) * size;
        // Row t of the kernel is the transition into t.
        const t = inputs.start + row;
        if (steps && t === 0) continue;
        const to = steps ? (s * (T - 1) + t - 1) * size : s * size;
        for (let i = 0; i < size; i++) out[to + i] = (steps ? 0 : out[to + i]!) + data[from + i]!;
      }
    }
  }
  return out;
}
