/** Records the passes over a hidden Markov problem: the filter forwards, and a smoother back over the same blocks. */
import { type BufferSpec, Recording } from "../engine/index.ts";
import { numberWords, recordScan, rowWords, scanScratch } from "../scan/index.ts";
import { recordBackward } from "./hmm_backward.ts";
import {
  extendedPacking,
  type HmmBlockInputs,
  packTarget,
  recordHmmInputs,
  scaledPacking,
  splitNumber,
} from "./hmm_blocks.ts";
import { recordFixedLag } from "./hmm_fixed_lag.ts";
import { type HmmOutputs, layOut } from "./hmm_outputs.ts";
import type { HmmPlan, HmmRequest } from "./hmm_plan.ts";
import type { HmmProblem } from "./hmm_problem.ts";

/** Flags of the kernels of the filter. */
const WRITE_FILTERED = 1;
const WRITE_PREDICTED = 2;
const KEEP = 4;

/** What one block leaves behind. */
export interface HmmBlock {
  readonly inputs: HmmBlockInputs;
  /** What the filter writes; two filters write behind it. */
  readonly buffer: BufferSpec;
  readonly outputs: HmmOutputs;
  /** Matrices of the chunks, for the smoother. */
  readonly kept: BufferSpec;
  readonly keptStride: number;
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
  const inputs = recordHmmInputs(
    recording,
    problem,
    plan.blocks,
    plan.form === "extended" ? extendedPacking : scaledPacking,
  );
  const forward = recordForward(recording, problem, plan, inputs, {
    filtered: smooth || request.filtered !== false,
    predicted: request.predicted === true,
  });
  if (!smooth) return { recording, blocks: forward };
  const { windows } = plan;
  const blocks = windows
    ? recordFixedLag(recording, problem, plan, windows, forward)
    : recordBackward(recording, problem, plan, forward);
  return { recording, blocks };
}

/** The filter over all blocks. */
export function recordForward(
  recording: Recording,
  { numStates: K, numSeries: N, numSteps: T, ...problem }: HmmProblem,
  { filter, sizes, parallel, form, lostBits, blocks, keep, twoFilter, sumSteps }: HmmPlan,
  inputs: readonly HmmBlockInputs[],
  { filtered, predicted }: { filtered: boolean; predicted: boolean },
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
    const { buffer, parts } = layOut(recording, `filtered ${start}`, {
      filtered: filtered ? N * (steps + 1) * K * numberWords(form) : 0,
      predicted: predicted ? N * steps * K : 0,
      likelihoods: N * steps,
      smoothed: twoFilter ? N * steps * K : 0,
      sums: twoFilter && sumSteps > 0 ? N * Math.ceil(steps / sumSteps) * K * K : 0,
    });
    const outputs = { ...parts, likelihoods: parts.likelihoods! };
    const keptStride = Math.ceil(steps / sizes.chunkLength);
    const kept = recording.buffer(
      `chunk matrices ${start}`,
      [keep ? N * keptStride * filter.elementFloats : 4],
      "scratch",
    );
    recordScan(recording, filter, sizes, { start, steps, reverse: false }, parallel, scratch, {
      uniforms: {
        ...input.uniforms,
        predicted_offset: outputs.predicted?.from ?? 0,
        likelihood_offset: outputs.likelihoods.from,
        kept_stride: keptStride,
        lost_bits: lostBits,
        flags: (filtered ? WRITE_FILTERED : 0) | (predicted ? WRITE_PREDICTED : 0) | (keep ? KEEP : 0),
      },
      buffers: { ...input.buffers, outputs: buffer, kept },
    });
    recording.mark("filter", start + steps, T);
    return { inputs: input, buffer, outputs, kept, keptStride };
  });
}
