/** What moves windows along: a look at the steps of each, and recurrence_slide, which says where they go on. */
import type { BufferSpec, Recording } from "../../engine/index.ts";
import { eachDispatch } from "./each_recording.ts";
import type { RecurrenceInputs } from "./recurrence_buffers.ts";
import type { RecurrenceProblem } from "./recurrence_problem.ts";
import { type GpuIterationOptions, stepsSeen } from "./update_parts.ts";

const SLIDE_WORKGROUP = 64;

/** Buffers that recurrence_decide has too. */
export interface DecisionBuffers {
  readonly control: BufferSpec;
  readonly merits: BufferSpec;
  readonly groups: BufferSpec;
}

export interface Sliding {
  /** Dispatches that may be stopped. */
  readonly stoppable: number;
  /** `moved` is the trajectory that an update made, `kept` the one that the next starts from: the window is copied to it. */
  record(recording: Recording, kept: BufferSpec, moved: BufferSpec, own: DecisionBuffers): void;
}

export function slidingRecording(
  setup: Recording,
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
  inputs: RecurrenceInputs,
  settings: { readonly stride: number; readonly stoppable: number },
): Sliding {
  const { numSeries: N } = problem;
  const { maxIterations, polish } = options;
  const { parameters, indices } = inputs;
  const window = stepsSeen(problem, options);
  const { dispatch } = eachDispatch("look", problem, options, inputs);
  const elements = setup.buffer("merits of steps", [N, window], "output");
  const reached = setup.buffer("ends of prefixes", [N, settings.stride], "output", "u32");
  const open = setup.buffer("series that go on", [1], "output", "u32");
  setup.upload(open, () => Uint32Array.of(N));
  return {
    stoppable: 1,
    record(recording, kept, moved, { control, merits, groups }) {
      recording.dispatch({
        ...dispatch,
        buffers: { parameters, indices, elements, current: moved, next: kept },
        indirect: { buffer: groups, word: 0 },
      });
      recording.dispatch({
        kernel: { name: "recurrence_slide", constants: { WORKGROUP: SLIDE_WORKGROUP }, unroll: false },
        uniforms: {
          num_series: N,
          window,
          max_updates: maxIterations,
          polish,
          merit_stride: settings.stride,
          num_groups: 3 * settings.stoppable,
        },
        buffers: { elements, indices, control, merits, groups, reached, open_series: open },
        workgroups: [Math.min(N, 65_535), Math.ceil(N / 65_535), 1],
        cost: 4 * N * window,
      });
    },
  };
}
