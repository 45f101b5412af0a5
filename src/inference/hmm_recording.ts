/** Records the passes over a hidden Markov problem: the filter forwards, and the smoother back over the same blocks. */
import { type BufferSpec, Recording } from "../engine/index.ts";
import { numberWords, recordScan, rowWords, scanScratch } from "../scan/index.ts";
import {
  extendedPacking,
  type HmmBlockInputs,
  packTarget,
  recordHmmInputs,
  scaledPacking,
  splitNumber,
} from "./hmm_blocks.ts";
import { recordFixedLag } from "./hmm_fixed_lag.ts";
import type { HmmPlan, HmmRequest } from "./hmm_plan.ts";
import type { HmmProblem } from "./hmm_problem.ts";

/** Flags of the kernels of the filter. */
const WRITE_FILTERED = 1;
const WRITE_PREDICTED = 2;
const KEEP = 4;

/** Where the parts of a block's outputs begin, in floats. */
export interface FilterLayout {
  /** Filtered probabilities [N, steps + 1, K] as numbers; row 0 is before the block. */
  readonly filtered: boolean;
  /** [N, steps, K] */
  readonly predictedOffset: number;
  /** [N, steps] */
  readonly likelihoodOffset: number;
  readonly size: number;
}

/** What one block leaves behind. */
export interface HmmBlock {
  readonly inputs: HmmBlockInputs;
  readonly layout: FilterLayout;
  readonly outputs: BufferSpec;
  /** Matrices of the chunks, for the smoother. */
  readonly kept: BufferSpec;
  readonly keptStride: number;
  /** Smoothed probabilities [N, steps, K] and expected transitions [N, steps / sumSteps, K, K]. */
  readonly smoothed?: BufferSpec;
  readonly sums?: BufferSpec;
}

export interface HmmRecording {
  readonly recording: Recording;
  readonly blocks: readonly HmmBlock[];
}

export function recordHmm(
  problem: HmmProblem,
  plan: HmmPlan,
  request: HmmRequest,
  smooth: boolean,
): HmmRecording {
  const recording = new Recording();
  const filtered = smooth || request.filtered !== false;
  const inputs = recordHmmInputs(
    recording,
    problem,
    plan.blocks,
    plan.form === "extended" ? extendedPacking : scaledPacking,
  );
  const forward = recordForward(recording, problem, plan, inputs, {
    filtered,
    predicted: request.predicted === true,
    keep: plan.keep,
  });
  if (!smooth) return { recording, blocks: forward };
  const { windows } = plan;
  const blocks = windows
    ? recordFixedLag(recording, problem, plan, windows, forward)
    : recordBackward(recording, problem, plan, request, forward);
  return { recording, blocks };
}

/** The filter over all blocks. */
export function recordForward(
  recording: Recording,
  { numStates: K, numSeries: N, numSteps: T, ...problem }: HmmProblem,
  { filter, sizes, parallel, form, lostBits, blocks }: HmmPlan,
  inputs: readonly HmmBlockInputs[],
  { filtered, predicted, keep }: { filtered: boolean; predicted: boolean; keep: boolean },
): HmmBlock[] {
  const longest = Math.max(...blocks.map(([start, end]) => end - start));
  const scratch = scanScratch(recording, filter, sizes, longest, parallel);
  recording.upload(scratch.states, () => {
    const size = rowWords(K, form);
    const { f32, u32 } = packTarget(N * size);
    const { data, seriesStride } = problem.initialProbs;
    for (let s = 0; s < N; s++) {
      for (let k = 0; k < K; k++) {
        const value = data[s * seriesStride + k]!;
        if (form === "extended") {
          const [x, e] = splitNumber(value);
          f32[s * size + k] = x;
          u32[s * size + K + k] = e;
        } else f32[s * size + k] = value;
      }
    }
    return u32;
  });
  return inputs.map(input => {
    const { start, steps } = input;
    const predictedOffset = filtered ? N * (steps + 1) * K * numberWords(form) : 0;
    const likelihoodOffset = predictedOffset + (predicted ? N * steps * K : 0);
    const layout = { filtered, predictedOffset, likelihoodOffset, size: likelihoodOffset + N * steps };
    const outputs = recording.buffer(`filtered ${start}`, [layout.size], "output");
    const keptStride = Math.ceil(steps / sizes.chunkLength);
    const kept = recording.buffer(
      `chunk matrices ${start}`,
      [keep ? N * keptStride * filter.elementFloats : 4],
      "scratch",
    );
    recordScan(recording, filter, sizes, { start, steps, reverse: false }, parallel, scratch, {
      uniforms: {
        ...input.uniforms,
        predicted_offset: predictedOffset,
        likelihood_offset: likelihoodOffset,
        kept_stride: keptStride,
        lost_bits: lostBits,
        flags: (filtered ? WRITE_FILTERED : 0) | (predicted ? WRITE_PREDICTED : 0) | (keep ? KEEP : 0),
      },
      buffers: { ...input.buffers, outputs, kept },
    });
    recording.mark("filter", start + steps, T);
    return { inputs: input, layout, outputs, kept, keptStride };
  });
}

function recordBackward(
  recording: Recording,
  { numStates: K, numSeries: N, numSteps: T }: HmmProblem,
  { smoother, sizes, parallel, form, lostBits, blocks }: HmmPlan,
  { transitions }: HmmRequest,
  forward: readonly HmmBlock[],
): HmmBlock[] {
  const longest = Math.max(...blocks.map(([start, end]) => end - start));
  const scratch = scanScratch(recording, smoother, sizes, longest, parallel);
  // Nothing is observed after the end: 1 for every state, with exponent 0.
  recording.upload(scratch.states, () => {
    const size = rowWords(K, form);
    const { f32, u32 } = packTarget(N * size);
    for (let s = 0; s < N; s++) f32.fill(1, s * size, s * size + K);
    return u32;
  });
  const sumSteps = transitions === "steps" ? 1 : transitions === "sum" ? sizes.chunkLength : 0;
  return forward
    .toReversed()
    .map((block): HmmBlock => {
      const { start, steps, buffers, uniforms } = block.inputs;
      const smoothed = recording.buffer(`smoothed ${start}`, [N, steps, K], "output");
      const rows = sumSteps > 0 ? Math.ceil(steps / sumSteps) : 0;
      const sums = recording.buffer(
        `expected transitions ${start}`,
        [N, rows, K, K],
        rows ? "output" : "scratch",
      );
      recordScan(recording, smoother, sizes, { start, steps, reverse: true }, parallel, scratch, {
        uniforms: {
          transition_step: uniforms.transition_step,
          transition_series: uniforms.transition_series,
          kept_stride: block.keptStride,
          lost_bits: lostBits,
          sum_steps: sumSteps,
        },
        buffers: {
          transitions: buffers.transitions,
          indices: buffers.indices,
          filtered: block.outputs,
          outputs: smoothed,
          sums_out: sums,
          kept: block.kept,
        },
      });
      recording.mark("smooth", T - start, T);
      return { ...block, smoothed, ...(rows ? { sums } : {}) };
    })
    .toReversed();
}
