/** What the recordings of updates share. */
import type { BufferSpec, Recording } from "../../engine/index.ts";
import { PLAIN, type RecurrenceGpuOptions, type SlopeSettings } from "./recurrence_buffers.ts";
import type { IterationOptions } from "./recurrence_problem.ts";

export type GpuIterationOptions = IterationOptions & RecurrenceGpuOptions;

/** What decides after the merits are there; `groups` has three words for each dispatch of an update that may be stopped. */
export interface Verdict {
  readonly indices: BufferSpec;
  readonly elements: BufferSpec;
  /** Of recurrence_decide, where the merits stand. */
  readonly uniforms: Readonly<Record<string, number>>;
  /** Dispatches of an update but the decision. */
  readonly stoppable: number;
}

/** The dispatches of updates from one trajectory to another. */
export interface UpdateRecording extends Verdict {
  record(
    recording: Recording,
    from: BufferSpec,
    to: BufferSpec,
    decide: () => void,
    groups: BufferSpec,
  ): void;
  readonly words: string;
}

/** Scratch that outlives a recording. */
export function kept<Scratch extends { readonly elements: BufferSpec; readonly states: BufferSpec }>(
  setup: Recording,
  make: () => Scratch,
): Scratch {
  const scratch = make();
  const [elements, states] = [scratch.elements, scratch.states].map(spec => {
    const lasting = { ...spec, role: "output" as const };
    setup.buffers[setup.buffers.indexOf(spec)] = lasting;
    return lasting;
  });
  return { ...scratch, elements, states };
}

/** What the kernels make of the options. */
export const settingsOf = ({ method, damping, clip, bound, probe }: GpuIterationOptions): SlopeSettings => ({
  ...PLAIN,
  damping,
  clip,
  bound,
  constant: method === "picard" ? (1 - damping) * Math.min(1, clip) : 0,
  ...(probe ? { probe } : {}),
});
