/** hmm_fixed_lag: records the windows of a fixed-lag smoother, back over the blocks of the filter. */
import type { Recording } from "../engine/index.ts";
import { NO_LEVELS } from "../scan/index.ts";
import { wholeBuffer } from "./hmm_outputs.ts";
import type { HmmPlan } from "./hmm_plan.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { HmmBlock } from "./hmm_recording.ts";
import type { HmmWindows } from "./hmm_windows.ts";

/** p(z_t | y_0:min(t+L, T−1)) of every step; each window by itself, as many in a dispatch as a submit should have. */
export function recordFixedLag(
  recording: Recording,
  { numStates: K, numSeries: N, numSteps: T }: HmmProblem,
  { smoother, sizes, lostBits, keep }: HmmPlan,
  { lag, atOnce, flops, stateFloats }: HmmWindows,
  forward: readonly HmmBlock[],
): HmmBlock[] {
  const { stem, shape, wideScratchFloats } = smoother;
  const perGroup = shape.variant === "lane" ? shape.workgroup : 1;
  const most = Math.max(...forward.map(({ inputs }) => Math.min(atOnce, inputs.steps + lag)));
  const grid = (count: number): readonly [number, number, number] => {
    const groups = Math.ceil((N * count) / perGroup);
    return [Math.min(groups, 65535), Math.ceil(groups / 65535), 1];
  };
  const [x, y] = grid(most);
  const memory = recording.buffer(
    `${stem} memory`,
    [shape.variant === "wide" ? x * y * wideScratchFloats : 4],
    "scratch",
  );
  const states = recording.buffer(`${stem} states`, [Math.max(4, stateFloats)], "scratch");
  return forward
    .toReversed()
    .map((block, i): HmmBlock => {
      const { start, steps, buffers, uniforms } = block.inputs;
      const smoothed = recording.buffer(`smoothed ${start}`, [N, steps, K], "output");
      for (let first = 0; first < steps + lag; first += atOnce) {
        const count = Math.min(atOnce, steps + lag - first);
        recording.dispatch({
          kernel: {
            name: `${stem}_windows_${shape.variant}`,
            constants: {
              ...smoother.constants,
              WORKGROUP: shape.workgroup,
              TEAM: shape.team,
              TEAMS: shape.teams,
            },
            unroll: smoother.unroll,
          },
          uniforms: {
            ...NO_LEVELS,
            block_start: start,
            block_steps: steps,
            chunk_length: sizes.chunkLength,
            num_series: N,
            leaf_steps: 1,
            memory_offset: 0,
            transition_step: uniforms.transition_step,
            transition_series: uniforms.transition_series,
            lost_bits: lostBits,
            lag,
            first_item: first,
            num_items: count,
            carry_in: (i % 2) * N * lag,
            carry_out: ((i + 1) % 2) * N * lag,
            kept_stride: keep ? block.keptStride : 0,
          },
          buffers: {
            transitions: buffers.transitions,
            indices: buffers.indices,
            filtered: block.buffer,
            elements: keep ? block.kept : memory,
            states,
            outputs: smoothed,
          },
          workgroups: grid(count),
          cost: N * count * flops,
        });
        recording.mark("smooth", T - start, T);
      }
      return { ...block, outputs: { ...block.outputs, smoothed: wholeBuffer(smoothed) } };
    })
    .toReversed();
}
