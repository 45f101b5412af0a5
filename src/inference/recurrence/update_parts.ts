/** What the recordings of updates share. */
import type { BufferSpec, Recording } from "../../engine/index.ts";
import {
  lasting,
  PLAIN,
  type RecurrenceGpuOptions,
  type RecurrenceInputs,
  type SlopeSettings,
} from "./recurrence_buffers.ts";
import type { IterationOptions, RecurrenceProblem } from "./recurrence_problem.ts";

export type GpuIterationOptions = IterationOptions & RecurrenceGpuOptions;

/** The dispatches of updates from one trajectory to another. */
export interface UpdateRecording {
  /** Where the merits stand. */
  readonly elements: BufferSpec;
  /** Of recurrence_decide: which of `elements` are merits. */
  readonly uniforms: Readonly<Record<string, number>>;
  /** Dispatches of an update; `groups` has three words for each, from `firstGroup` on. */
  readonly stoppable: number;
  readonly words: string;
  record(recording: Recording, way: UpdateWay): void;
}

export interface UpdateWay {
  readonly from: BufferSpec;
  readonly to: BufferSpec;
  /** Records what stands where the merits are there, and the new trajectory counts only if it lets the series go on. */
  decide(): void;
  readonly groups: BufferSpec;
  readonly firstGroup: number;
}

/** Makes updates of a method, with buffers of `setup` that stay from update to update. */
export type UpdateMaker = (
  setup: Recording,
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
  inputs: RecurrenceInputs,
) => UpdateRecording;

/** Steps that kernels see of every series. */
export const stepsSeen = ({ numSteps: T }: RecurrenceProblem, { window }: GpuIterationOptions): number =>
  Math.min(T, window ?? T);

/** Scratch that outlives a recording. */
export function kept<Scratch extends { readonly elements: BufferSpec; readonly states: BufferSpec }>(
  setup: Recording,
  make: () => Scratch,
): Scratch {
  const scratch = make();
  const [elements, states] = [scratch.elements, scratch.states].map(spec => lasting(setup, spec));
  return { ...scratch, elements, states };
}

/** What the kernels make of the options. */
export const settingsOf = ({
  method,
  damping,
  clip,
  bound,
  probe,
  guess,
  trustRegion,
  stepSize,
}: GpuIterationOptions): SlopeSettings => ({
  ...PLAIN,
  damping,
  clip,
  bound,
  guess,
  reach: method === "gradient" ? stepSize : trustRegion,
  constant: method === "picard" ? (1 - damping) * Math.min(1, clip) : 0,
  ...(probe ? { probe } : {}),
});
