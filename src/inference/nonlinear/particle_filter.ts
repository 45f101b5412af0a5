/**
 * The particle filter and the backward simulation on a GPU: what particle_filter.cpu.ts and backward_simulation.cpu.ts do, with the same
 * random numbers, in float32. Particles, weights and the choice of ancestors never leave the GPU; a record of every step comes
 * back at the end. Weights add up as whole numbers of 64 bits, so that resampling is exact.
 */
import { type Engine, execute, LimitError, readTensors } from "../../engine/index.ts";
import type { LoopOptions } from "../cooperate.ts";
import type { ParticleKernels } from "./particle_data.ts";
import type { ParticleProblem, ParticleRecords } from "./particle_filter.cpu.ts";
import {
  outputWords,
  PARTICLE_WORKGROUP,
  type ParticleSettings,
  particleBytes,
  recordParticles,
} from "./particle_recording.ts";

export interface ParticleGpuOptions extends LoopOptions, Omit<ParticleSettings, "inspect"> {
  readonly call: string;
  readonly engine: Engine;
  /** Bytes that the buffers of a run may take; series are run some at a time to stay below. */
  readonly memoryLimit: number;
}

export interface ParticleGpuRecords extends ParticleRecords {
  /** [N, T, n], [N, T, n, n]; NaN from a failed step on and past the end */
  readonly means: Float64Array;
  readonly covariances: Float64Array;
  /** [N, M, T, n]; NaN past the end, and in all of a series that failed */
  readonly trajectories: Float64Array;
  /** Series with a trajectory that no particle could lead on. */
  readonly lost: ReadonlySet<number>;
  readonly plan: string;
}

/** Largest N on any device. */
export const MOST_PARTICLES = 65_535 * PARTICLE_WORKGROUP;

/** Series that a run may take together; 0 where one is too many. */
export function particleSeriesAtOnce(
  { stateDim: n, numSteps: T, numSeries: S }: Pick<ParticleProblem, "stateDim" | "numSteps" | "numSeries">,
  settings: ParticleSettings,
  binding: number,
  memoryLimit: number,
): number {
  const { largest, all } = particleBytes(n, T, settings);
  return Math.min(S, 65_535, Math.floor(binding / largest), Math.floor(memoryLimit / all));
}

/** @throws LimitError before anything is run; DeviceError, AbortedError */
export async function particleFilterGpu(
  problem: ParticleProblem,
  kernels: ParticleKernels,
  options: ParticleGpuOptions,
): Promise<ParticleGpuRecords> {
  const { call, engine, memoryLimit, numParticles: N, numTrajectories: M } = options;
  const { stateDim: n, numSeries: S, numSteps: T, lengths } = problem;
  const binding = Math.min(engine.caps.maxBufferSize, engine.caps.maxStorageBufferBindingSize);
  const atOnce = particleSeriesAtOnce(problem, options, binding, memoryLimit);
  if (atOnce === 0 || N > MOST_PARTICLES) throw tooLarge(problem, options, binding);
  const rows = (size: number) => new Float64Array(S * T * size).fill(Number.NaN);
  const out = {
    means: rows(n),
    covariances: rows(n * n),
    logLikelihoods: rows(1),
    effectiveSampleSizes: rows(1),
    failed: lengths.slice(),
    trajectories: new Float64Array(S * M * T * n).fill(Number.NaN),
    lost: new Set<number>(),
  };
  let dispatches = 0;
  for (let first = 0; first < S; first += atOnce) {
    const count = Math.min(atOnce, S - first);
    const recorded = recordParticles(problem, kernels, options, first, count);
    const tensors = await execute(engine, recorded.recording, options);
    try {
      const wanted = [recorded.outputs, recorded.trajectories, recorded.lost].filter(spec => !!spec);
      const read = await readTensors(
        engine,
        call,
        wanted.map(spec => tensors.get(spec!)!),
      );
      takeSteps(
        problem,
        kernels,
        options,
        new Uint32Array(read[0].buffer, read[0].byteOffset, read[0].length),
        first,
        count,
        out,
      );
      if (M > 0) takeTrajectories(problem, M, read[1], read[2], first, count, out);
    } finally {
      for (const tensor of tensors.values()) tensor.dispose();
    }
    dispatches += recorded.recording.dispatches.length;
  }
  const way = M > 0 ? `, ${M} trajectories back through them` : "";
  const groups = atOnce < S ? `, ${atOnce} series at a time` : "";
  const plan = `${options.proposal} filter of ${N} particles${way}${groups}, ${dispatches} dispatches`;
  return { ...out, plan };
}

type Out = Omit<ParticleGpuRecords, "plan">;

/** Moments, likelihoods and effective numbers from what the spine wrote. */
function takeSteps(
  { stateDim: n, numSteps: T, lengths }: ParticleProblem,
  { records, recordLength }: ParticleKernels,
  { numParticles: N }: ParticleGpuOptions,
  words: Uint32Array,
  first: number,
  count: number,
  out: Out,
): void {
  const size = outputWords(n);
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  const signed = new Int32Array(words.buffer, words.byteOffset, words.length);
  /** log of a total, with the exponent before it. */
  const logTotal = (at: number): number =>
    signed[at] * Math.LN2 + Math.log((words[at + 2] * 2 ** 32 + words[at + 1]) * 2 ** -39);
  const equal = Math.log(N);
  for (let s = first; s < first + count; s++) {
    // What the weights of the step before add up to; of the last total its exponent has been taken away.
    let before = equal;
    for (let t = 0; t < lengths[s]; t++) {
      const at = ((s - first) * T + t) * size;
      const to = s * T + t;
      if (words[at + 4] === 1) {
        out.failed[s] = t;
        break;
      }
      let increment = 0;
      if (words[at + 5] === 1) {
        increment += logTotal(at + 6) - before;
        before = equal;
      }
      increment += logTotal(at) - before;
      out.logLikelihoods[to] = records[to * recordLength] > 0 ? increment : 0;
      out.effectiveSampleSizes[to] = floats[at + 3];
      before = words[at + 4] === 2 ? equal : logTotal(at) - signed[at] * Math.LN2;
      for (let i = 0, k = at + 9 + n; i < n; i++) {
        out.means[to * n + i] = floats[at + 9 + i];
        for (let j = 0; j <= i; j++, k++) {
          out.covariances[(to * n + i) * n + j] = floats[k];
          out.covariances[(to * n + j) * n + i] = floats[k];
        }
      }
    }
  }
}

function takeTrajectories(
  { stateDim: n, numSteps: T, lengths }: ParticleProblem,
  M: number,
  drawn: Float32Array,
  lost: Float32Array,
  first: number,
  count: number,
  out: Out,
): void {
  for (let s = first; s < first + count; s++) {
    const from = (s - first) * M;
    // Flags of whole numbers: any bit.
    if (new Uint32Array(lost.buffer, lost.byteOffset, lost.length).subarray(from, from + M).some(Boolean))
      (out.lost as Set<number>).add(s);
    if (out.failed[s] < lengths[s] || out.lost.has(s)) continue;
    for (let k = 0; k < M; k++) {
      const row = drawn.subarray((from + k) * T * n, ((from + k) * T + lengths[s]) * n);
      out.trajectories.set(row, (s * M + k) * T * n);
    }
  }
}

function tooLarge(
  { stateDim: n, numSteps: T }: ParticleProblem,
  { call, engine, memoryLimit, ...settings }: ParticleGpuOptions,
  binding: number,
): LimitError {
  const { numParticles: N, numTrajectories: M } = settings;
  const { largest, all } = particleBytes(n, T, settings);
  const asked = `${N} particles${M > 0 ? ` and ${M} trajectories` : ""} of ${T} steps at state dimension ${n}`;
  const [limit, got] =
    N > MOST_PARTICLES
      ? [`at most ${MOST_PARTICLES} particles`, `${N}`]
      : largest > binding
        ? [`at most ${binding} bytes in a buffer of ${engine.adapter.name}`, `${largest} for ${asked}`]
        : [`at most ${memoryLimit} bytes`, `${all} for ${asked}`];
  const fix =
    M > 0
      ? 'All particles of a series are kept for trajectories: take fewer of them, shorter series, particleFilter(), or backend "cpu".'
      : 'Take fewer particles or backend "cpu".';
  return new LimitError(`${call}: memory expected ${limit}, got ${got}. ${fix}`);
}
