/** Records the smoothers of a hidden Markov problem: by reverse kernels or by two filters, back over the blocks of the filter. */
import type { Recording } from "../engine/index.ts";
import { recordScan, rowWords, scanScratch } from "../scan/index.ts";
import { packTarget } from "./hmm_blocks.ts";
import { type HmmPart, wholeBuffer } from "./hmm_outputs.ts";
import type { HmmPlan } from "./hmm_plan.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { HmmBlock } from "./hmm_recording.ts";

/** Smoothed probabilities and expected transitions of all blocks, from the last to the first. */
export function recordBackward(
  recording: Recording,
  problem: HmmProblem,
  plan: HmmPlan,
  forward: readonly HmmBlock[],
): HmmBlock[] {
  const { numStates: K, numSeries: N, numSteps: T } = problem;
  const { smoother, sizes, parallel, form, blocks, twoFilter } = plan;
  const longest = Math.max(...blocks.map(([start, end]) => end - start));
  const scratch = scanScratch(recording, smoother, sizes, longest, parallel);
  // Nothing is observed after the end: 1 for every state, with exponent 0.
  recording.upload(scratch.states, () => {
    const size = rowWords(K, form);
    const { f32, u32 } = packTarget(N * size);
    for (let s = 0; s < N; s++) f32.fill(1, s * size, s * size + K);
    return u32;
  });
  const bind = twoFilter ? bindTwoFilter : bindReverseKernels;
  return forward
    .toReversed()
    .map((block): HmmBlock => {
      const { start, steps } = block.inputs;
      const { outputs, own } = bind(recording, problem, plan, block);
      recordScan(recording, smoother, sizes, { start, steps, reverse: true }, parallel, scratch, own);
      recording.mark("smooth", T - start, T);
      return { ...block, outputs: { ...block.outputs, ...outputs } };
    })
    .toReversed();
}

/** What a smoother binds, and where it leaves its own outputs. */
interface Bound {
  readonly outputs: { readonly smoothed?: HmmPart; readonly sums?: HmmPart };
  readonly own: Parameters<typeof recordScan>[6];
}

/** hmm_smoother: posteriors in buffers of their own. */
function bindReverseKernels(
  recording: Recording,
  { numStates: K, numSeries: N }: HmmProblem,
  { lostBits, sumSteps }: HmmPlan,
  { inputs: { start, steps, buffers, uniforms }, buffer, kept, keptStride }: HmmBlock,
): Bound {
  const smoothed = recording.buffer(`smoothed ${start}`, [N, steps, K], "output");
  const rows = sumSteps > 0 ? Math.ceil(steps / sumSteps) : 0;
  const sums = recording.buffer(
    `expected transitions ${start}`,
    [N, rows, K, K],
    rows > 0 ? "output" : "scratch",
  );
  return {
    outputs: { smoothed: wholeBuffer(smoothed), ...(rows > 0 && { sums: wholeBuffer(sums) }) },
    own: {
      uniforms: {
        transition_step: uniforms.transition_step,
        transition_series: uniforms.transition_series,
        kept_stride: keptStride,
        lost_bits: lostBits,
        sum_steps: sumSteps,
      },
      buffers: {
        transitions: buffers.transitions,
        indices: buffers.indices,
        filtered: buffer,
        outputs: smoothed,
        sums_out: sums,
        kept,
      },
    },
  };
}

/** hmm_two_filter: densities take the bindings, so posteriors stand behind the filter's outputs. */
function bindTwoFilter(
  _recording: Recording,
  _problem: HmmProblem,
  { lostBits, sumSteps }: HmmPlan,
  { inputs: { buffers, uniforms }, buffer, outputs, kept, keptStride }: HmmBlock,
): Bound {
  return {
    outputs: {},
    own: {
      uniforms: {
        ...uniforms,
        smoothed_offset: outputs.smoothed!.from,
        sums_offset: outputs.sums?.from ?? 0,
        kept_stride: keptStride,
        lost_bits: lostBits,
        sum_steps: sumSteps,
      },
      buffers: { ...buffers, outputs: buffer, kept },
    },
  };
}
