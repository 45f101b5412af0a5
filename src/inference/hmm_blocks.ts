/** The GPU inputs of a hidden Markov problem, block of time by block of time: float64 in, float32 or words out. */
import type { BufferSpec, Recording } from "../engine/index.ts";
import { recordEmissionParameters, recordEmissionRecords } from "./hmm_emissions.ts";
import type { HmmProblem } from "./hmm_problem.ts";

/** Inputs of one block, shared by all passes. */
export interface HmmBlockInputs {
  readonly start: number;
  readonly steps: number;
  readonly buffers: {
    readonly transitions: BufferSpec;
    readonly indices: BufferSpec;
    readonly emission_records: BufferSpec;
    readonly emission_parameters: BufferSpec;
  };
  /** Strides by their names in the WGSL. */
  readonly uniforms: {
    readonly transition_step: number;
    readonly transition_series: number;
    readonly record_floats: number;
  };
}

/** How a matrix of probabilities is packed: words for each entry, and what writes K × K of them. */
export interface MatrixPacking {
  readonly words: number;
  readonly pack: (data: Float64Array, from: number, count: number, out: PackTarget, at: number) => void;
}

/** The same words as f32 and u32. */
export interface PackTarget {
  readonly f32: Float32Array<ArrayBuffer>;
  readonly u32: Uint32Array<ArrayBuffer>;
}

export function packTarget(words: number): PackTarget {
  const f32 = new Float32Array(words);
  return { f32, u32: new Uint32Array(f32.buffer) };
}

export const scaledPacking: MatrixPacking = {
  words: 1,
  pack: (data, from, count, { f32 }, at) => {
    for (let i = 0; i < count; i++) f32[at + i] = data[from + i]!;
  },
};

/** x in [1, 2) of all entries, then their exponents. */
export const extendedPacking: MatrixPacking = {
  words: 2,
  pack: (data, from, count, { f32 }, at) => {
    for (let i = 0; i < count; i++) {
      const [x, e] = splitNumber(data[from + i]!);
      f32[at + i] = x;
      f32[at + count + i] = e;
    }
  },
};

/** The exponent of 0 in the kernels. */
export const NOTHING = -(2 ** 30);

/** v = x 2^e with x in [1, 2); 0 is 0 and NOTHING. */
export function splitNumber(v: number): readonly [number, number] {
  if (!(v > 0)) return [0, NOTHING];
  let e = Math.floor(Math.log2(v));
  let x = e < -1000 ? (v * 2 ** 600) / 2 ** (e + 600) : v / 2 ** e;
  // The logarithm of a power of two may be off by its last digit, and float32 rounds up to 2 just below it.
  if (x < 1) [x, e] = [2 * x, e - 1];
  return Math.fround(x) >= 2 ? [x >= 2 ? x / 2 : 1, e + 1] : [x, e];
}

/** Declares and uploads the inputs of all blocks; what does not change over time is uploaded once. */
export function recordHmmInputs(
  recording: Recording,
  problem: HmmProblem,
  blocks: readonly (readonly [number, number])[],
  packing: MatrixPacking,
): readonly HmmBlockInputs[] {
  const { numStates: K, numSeries: N, transitionMatrix, emissions, lengths } = problem;
  const indices = recording.buffer("lengths", [N + K], "input", "u32");
  recording.upload(indices, () => {
    const out = new Uint32Array(N + K);
    out.set(lengths);
    for (let k = 0; k < K; k++) out[N + k] = emissions.emissionOf?.[k] ?? k;
    return out;
  });
  const parameters = recordEmissionParameters(recording, emissions.gpu);
  const varying = transitionMatrix.stepStride > 0;
  const constant = varying ? undefined : recordTransitions(recording, problem, packing, 0, 1);
  const size = K * K * packing.words;
  return blocks.map(([start, end]) => {
    const steps = end - start;
    return {
      start,
      steps,
      buffers: {
        transitions: constant ?? recordTransitions(recording, problem, packing, start, end),
        indices,
        emission_records: recordEmissionRecords(recording, problem, start, end),
        emission_parameters: parameters,
      },
      uniforms: {
        transition_step: varying ? size : 0,
        transition_series: transitionMatrix.seriesStride > 0 ? size * (varying ? steps : 1) : 0,
        record_floats: emissions.gpu.recordFloats,
      },
    };
  });
}

function recordTransitions(
  recording: Recording,
  { numStates: K, numSeries, numSteps, lengths, transitionMatrix }: HmmProblem,
  { words, pack }: MatrixPacking,
  start: number,
  end: number,
): BufferSpec {
  const { data, stepStride, seriesStride } = transitionMatrix;
  const N = seriesStride > 0 ? numSeries : 1;
  const size = K * K * words;
  const buffer = recording.buffer(`transitions ${start}`, [N, end - start, size], "input");
  recording.upload(buffer, () => {
    const target = packTarget(N * (end - start) * size);
    for (let s = 0; s < N; s++) {
      const stop = stepStride === 0 ? end : Math.min(end, seriesStride > 0 ? lengths[s]! : numSteps);
      for (let t = start; t < stop; t++) {
        // Index 0 of a matrix that varies over time is never used.
        if (t === 0 && stepStride > 0) continue;
        pack(data, s * seriesStride + t * stepStride, K * K, target, (s * (end - start) + t - start) * size);
      }
    }
    return target.f32;
  });
  return buffer;
}
