/** The plan and the recording of hmm_decode: the max-plus scan forwards, and the composition of its pointers from the end. */
import { type BufferSpec, type Engine, LimitError, Recording } from "../engine/index.ts";
import {
  hmmMaxPlusElement,
  indexMapElement,
  mapWords,
  recordScan,
  type ScanElement,
  type ScanSizes,
  scanScratch,
} from "../scan/index.ts";
import { packTarget, recordHmmInputs } from "./hmm_blocks.ts";
import { densityKey } from "./hmm_emissions.ts";
import {
  bindingSteps,
  blocksOf,
  chooseParallel,
  type HmmRequest,
  scanSizes,
  stepsOfSubmit,
} from "./hmm_plan.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import { scorePacking } from "./hmm_scores.ts";

export interface HmmDecodePlan {
  readonly parallel: boolean;
  readonly maxPlus: ScanElement;
  readonly maps: ScanElement;
  readonly sizes: ScanSizes;
  readonly blocks: readonly (readonly [number, number])[];
  /** GPU bytes of data, back-pointers and path. */
  readonly bytes: number;
}

/** @throws LimitError when sizes or memory are beyond what there is */
export function planHmmDecode(engine: Engine, problem: HmmProblem, request: HmmRequest): HmmDecodePlan {
  const { numStates: K, numSeries: N, numSteps: T, emissions, transitionMatrix } = problem;
  const { software } = engine.adapter;
  const parallel = chooseParallel(request.method, problem, software);
  const density = densityKey(emissions.gpu);
  const element = { numStates: K, parallel, variant: request.variant, density };
  const maxPlus = hmmMaxPlusElement(request.call, element, engine.caps);
  const maps = indexMapElement("index_map", K);
  const sizes = scanSizes(problem, request, maxPlus.shape.variant, software);
  const varying = transitionMatrix.stepStride > 0 ? 2 * K * K : 0;
  const perStep = [mapWords(K), emissions.gpu.recordFloats, varying, 1];
  const byMemory = bindingSteps(engine, request.call, N, 4 * N * Math.max(...perStep)) - 2;
  const byTime = request.blockSteps ?? stepsOfSubmit(engine, maxPlus, parallel, sizes, N);
  const bytes = 4 * N * T * perStep.reduce((a, b) => a + b, 0);
  const limit = request.memoryLimit ?? 4 * 2 ** 30;
  if (bytes > limit) {
    throw new LimitError(
      `${request.call}: a plan of at most ${(limit / 2 ** 30).toFixed(2)} GiB expected on ${engine.adapter.name}, got ${(bytes / 2 ** 30).toFixed(2)} GiB for ${N} series of ${T} steps with ${K} states. Use fewer steps or series at a time, or raise memoryLimit.`,
    );
  }
  return {
    parallel,
    maxPlus,
    maps,
    sizes,
    blocks: blocksOf(T, Math.min(byTime, byMemory), sizes.chunkLength),
    bytes,
  };
}

/** States of the paths [N, steps] of one block of time, in words. */
export interface DecodedBlock {
  readonly start: number;
  readonly steps: number;
  readonly path: BufferSpec;
}

export function recordHmmDecode(
  problem: HmmProblem,
  { parallel, maxPlus, maps, sizes, blocks }: HmmDecodePlan,
): { readonly recording: Recording; readonly paths: readonly DecodedBlock[] } {
  const { numStates: K, numSeries: N, numSteps: T, initialProbs } = problem;
  const recording = new Recording();
  const longest = Math.max(...blocks.map(([start, end]) => end - start));
  const forward = scanScratch(recording, maxPlus, sizes, longest, parallel);
  recording.upload(forward.states, () => {
    const target = packTarget(2 * N * K);
    for (let s = 0; s < N; s++)
      scorePacking.pack(initialProbs.data, s * initialProbs.seriesStride, K, target, 2 * s * K);
    return target.u32;
  });
  // The last states are where the scan from the end begins.
  const backward = scanScratch(recording, maps, sizes, longest, parallel);
  const passes = recordHmmInputs(recording, problem, blocks, scorePacking).map(input => {
    const { start, steps } = input;
    const pointers = recording.buffer(`pointers ${start}`, [N, steps, mapWords(K)], "scratch", "u32");
    recordScan(recording, maxPlus, sizes, { start, steps, reverse: false }, parallel, forward, {
      uniforms: input.uniforms,
      buffers: { ...input.buffers, pointers, last: backward.states },
    });
    recording.mark("decode", start + steps, 2 * T);
    return { start, steps, pointers, indices: input.buffers.indices };
  });
  const paths = passes.toReversed().map(({ start, steps, pointers, indices }) => {
    const path = recording.buffer(`path ${start}`, [N, steps], "output", "u32");
    recordScan(recording, maps, sizes, { start, steps, reverse: true }, parallel, backward, {
      uniforms: {},
      buffers: { maps: pointers, indices, path },
    });
    recording.mark("decode", 2 * T - start, 2 * T);
    return { start, steps, path };
  });
  return { recording, paths };
}
