/** A recurrence on the GPU: its function for the kernels, and the buffers that all of them share. */
import { type BufferSpec, type Engine, LimitError, type Recording } from "../../engine/index.ts";
import type { ScanElement, ScanSizes, SystemRequest } from "../../scan/index.ts";
import type { RecurrenceProblem } from "./recurrence_problem.ts";

export interface RecurrenceGpuOptions {
  readonly engine: Engine;
  readonly chunkLength?: number;
}

/** Parameters of a function that is evaluated by one invocation: they are an array of its own. */
const MOST_PARAMETERS = 1024;
/** Steps of a chunk: short enough that a series fills a GPU, long enough that elements are few. */
const CHUNK = 32;
/** Numbers that stand for none. */
const NO_BOUND = 3e38;

/** @throws LimitError where there are no kernels for the function */
export function systemRequest(call: string, { stateDim, inputs, shader }: RecurrenceProblem): SystemRequest {
  const { code, parameters, cooperative } = shader;
  if (!cooperative && parameters.length > MOST_PARAMETERS)
    throw new LimitError(
      `${call}: model expected at most ${MOST_PARAMETERS} parameters on the GPU, got ${parameters.length}. Use backend "cpu", or a cell of the library of systems.`,
    );
  return {
    stateDim,
    splice: { source: code },
    constants: {
      INPUT_DIM: Math.max(1, inputs.dim),
      PARAMETERS: cooperative ? 1 : Math.max(1, parameters.length),
    },
    cell: cooperative,
  };
}

export const recurrenceSizes = (
  { numSeries, numSteps }: RecurrenceProblem,
  { chunkLength }: RecurrenceGpuOptions,
): ScanSizes => ({
  numSeries,
  chunkLength: chunkLength ?? Math.min(CHUNK, Math.max(1, Math.ceil(Math.sqrt(numSteps)))),
  leaves: 64,
  spineLeaves: 512,
  sequentialIdle: 64,
});

/** Scratch of a recording that is there after it too. */
export function lasting(recording: Recording, scratch: BufferSpec): BufferSpec {
  const spec = { ...scratch, role: "output" as const };
  recording.buffers[recording.buffers.indexOf(scratch)] = spec;
  return spec;
}

/** Who works on an element, in words. */
export const shapeWords = ({ shape }: ScanElement): string =>
  shape.variant === "lane" ? "one invocation each" : `teams of ${shape.team}`;

/** Floats of `parameters` before p. */
const SETTINGS = 5;

/** What is in `parameters` beside p, initial states and inputs. */
export interface SlopeSettings {
  readonly damping: number;
  readonly clip: number;
  readonly bound: number;
  /** A where it is a constant. */
  readonly constant: number;
  /** σ² of a trust region, or the length of a step down the merit. */
  readonly reach: number;
  readonly probe?: Float64Array;
  /** First trajectory [N, T, D]. */
  readonly guess?: Float64Array;
}

export const PLAIN: SlopeSettings = {
  damping: 0,
  clip: Number.POSITIVE_INFINITY,
  bound: Number.POSITIVE_INFINITY,
  constant: 0,
  reach: 0,
};

export interface RecurrenceInputs {
  readonly parameters: BufferSpec;
  /** [N] steps of the window of every series, [N] steps before it, and a 0: the one record of a filter */
  readonly indices: BufferSpec;
  readonly uniforms: Readonly<Record<string, number>>;
}

/**
 * Declares and uploads parameters, initial states, inputs and lengths.
 * @param window steps that kernels see of every series, at first from its start
 */
export function recordRecurrenceInputs(
  recording: Recording,
  problem: RecurrenceProblem,
  settings: SlopeSettings,
  role: "input" | "output" = "input",
  window: number = problem.numSteps,
): RecurrenceInputs {
  const { stateDim: D, numSeries: N, numSteps: T, lengths, initial, inputs, shader } = problem;
  const p = shader.parameters;
  const probe = settings.probe ?? new Float64Array(D);
  // A function without inputs or parameters has an array of one of them all the same.
  const initialAt = SETTINGS + Math.max(1, p.length);
  const probeAt = initialAt + N * D;
  const inputAt = probeAt + D;
  const guessAt = inputAt + Math.max(1, inputs.data.length);
  const at = {
    p_offset: SETTINGS,
    initial_offset: initialAt,
    probe_offset: probeAt,
    input_offset: inputAt,
    guess_offset: guessAt,
  };
  const floats = guessAt + (settings.guess?.length ?? 0);
  const parameters = recording.buffer("recurrence parameters", [floats], role);
  recording.upload(parameters, () => {
    const out = new Float32Array(floats);
    const limited = (value: number): number => Math.min(value, NO_BOUND);
    const { damping, clip, bound, constant, reach } = settings;
    out.set([1 - damping, limited(clip), limited(bound), constant, limited(reach)]);
    out.set(p, at.p_offset);
    out.set(initial, at.initial_offset);
    out.set(probe, at.probe_offset);
    out.set(inputs.data, at.input_offset);
    if (settings.guess) out.set(settings.guess, at.guess_offset);
    return out;
  });
  const indices = recording.buffer("recurrence windows", [2 * N + 1], role, "u32");
  recording.upload(indices, () => {
    const out = new Uint32Array(2 * N + 1);
    out.set(lengths.map(length => Math.min(length, window)));
    return out;
  });
  return {
    parameters,
    indices,
    uniforms: {
      ...at,
      input_step: inputs.dim,
      input_series: inputs.seriesStride,
      trajectory_steps: T,
    },
  };
}
