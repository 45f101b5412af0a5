/** Records a particle filter, and trajectories back through its particles: the same dispatches for every step. */
import { type BufferSpec, type Dispatch, type KernelKey, Recording } from "../../engine/index.ts";
import { uploadFloats } from "../level_matrices.ts";
import { seedKey } from "../random/philox.ts";
import { type ParticleKernels, particleData } from "./particle_data.ts";
import type { ParticleProblem } from "./particle_filter.cpu.ts";

/** Particles of a workgroup. */
export const PARTICLE_WORKGROUP = 256;
/** Invocations that a trajectory has where there are few particles for it to look at. */
const SMALL_TEAM = 64;
/** Words of a series in `control` (shaders/particles/params.wgsl). */
export const CONTROL_WORDS = 12;

export interface ParticleSettings {
  readonly numParticles: number;
  readonly seed: number;
  readonly proposal: "bootstrap" | "auxiliary";
  readonly resampleBelow: number;
  /** M; 0: no trajectories, and only the particles of two steps are kept. */
  readonly numTrajectories: number;
  /** For tests: keeps all steps, and hands out everything. */
  readonly inspect?: boolean;
}

export interface ParticleRecording {
  readonly recording: Recording;
  /** u32 [N, T, outputWords]: see shaders/particles/spine.wgsl */
  readonly outputs: BufferSpec;
  /** [N, M, T, n], and [N, M] 1 where no particle could lead on */
  readonly trajectories?: BufferSpec;
  readonly lost?: BufferSpec;
  /** states [slots, N, particles, n], log weights, cumulative weights, workgroups before and control */
  readonly inside: Readonly<Record<string, BufferSpec>>;
}

/** Words of a step in the outputs. */
export const outputWords = (n: number): number => 9 + n + (n * (n + 1)) / 2;

/** Bytes of the buffers of one series. */
export function particleBytes(
  n: number,
  T: number,
  { numParticles: N, numTrajectories: M }: Pick<ParticleSettings, "numParticles" | "numTrajectories">,
): { readonly largest: number; readonly all: number } {
  const slots = M > 0 ? T : Math.min(2, T);
  const states = 4 * slots * N * n;
  const trajectories = 4 * M * T * n;
  const outputs = 4 * T * outputWords(n);
  // Log weights, sums of three kinds, what looks ahead leave, functions of the states.
  const weights = 4 * N * (slots + 6 + 2 + (M > 0 ? n : 0));
  const largest = Math.max(states, trajectories, outputs, 24 * N);
  return { largest, all: states + trajectories + outputs + weights };
}

/** @param first, count series */
export function recordParticles(
  problem: ParticleProblem,
  kernels: ParticleKernels,
  settings: ParticleSettings,
  first: number,
  count: number,
): ParticleRecording {
  const { stateDim: n, numSteps: T } = problem;
  const { numParticles: N, numTrajectories: M, proposal, resampleBelow, seed, inspect } = settings;
  const recording = new Recording();
  const blocks = Math.ceil(N / PARTICLE_WORKGROUP);
  const slots = M > 0 || inspect ? T : Math.min(2, T);
  const role = inspect ? "output" : "scratch";
  const buffer = (label: string, shape: number[], dtype: "f32" | "u32" = "f32") =>
    recording.buffer(label, shape, role, dtype);
  const given = particleData(problem, kernels, first, count);
  const data = uploadFloats(recording, "particle data", () => given.floats);
  const inside = {
    states: buffer("particles", [slots, count, N, n]),
    log_weights: buffer("log weights", [slots, count, N]),
    cumulative: buffer("sums of weights", [3, count, N, 2], "u32"),
    prefixes: buffer("sums of workgroups", [count, blocks, 3], "u32"),
    control: buffer("control", [count, CONTROL_WORDS], "u32"),
  };
  const shares = recording.buffer("workgroups", [count, blocks, outputWords(n) - 3], "scratch", "u32");
  const outputs = recording.buffer("particle outputs", [count, T, outputWords(n)], "output", "u32");
  const looks = recording.buffer(
    "looks ahead",
    [proposal === "auxiliary" ? 2 * count * N : 4],
    "scratch",
    "u32",
  );
  recording.upload(inside.control, () => {
    const words = new Uint32Array(count * CONTROL_WORDS);
    for (let s = 0; s < count; s++) words[s * CONTROL_WORDS + 1] = problem.lengths[first + s];
    return words;
  });
  const [seedLow, seedHigh] = seedKey(seed);
  const uniforms = {
    num_particles: N,
    num_blocks: blocks,
    first_series: first,
    num_series: count,
    num_steps: T,
    slots,
    seed_low: seedLow,
    seed_high: seedHigh,
    resample_below: new Uint32Array(Float32Array.of(resampleBelow * N).buffer)[0],
    stage: 1,
    num_trajectories: M,
    ...given.uniforms,
  };
  const constants = { ...kernels.constants, STATE_DIM: n, WORKGROUP: PARTICLE_WORKGROUP };
  const key = (name: string, spliced: boolean, more = {}): KernelKey => ({
    name: `particle_${name}`,
    constants: { ...constants, ...more },
    unroll: n <= 8,
    ...(spliced && { splice: { source: kernels.code } }),
  });
  const common = { states: inside.states, log_weights: inside.log_weights, control: inside.control, data };
  const sums = { cumulative: inside.cumulative, blocks: shares, prefixes: inside.prefixes };
  const over = (name: string, spliced: boolean, own: Record<string, BufferSpec>, more = {}) => ({
    kernel: key(name, spliced),
    uniforms: { ...uniforms, ...more },
    buffers: { ...common, ...own },
    workgroups: [blocks, count, 1] as const,
    cost: count * N * (400 + 60 * n + n * n),
  });
  const alone = { workgroups: [1, count, 1] as const, cost: 40 * count * blocks * (n + 1) ** 2 };
  const look = over("look", true, { ...sums, looks });
  const spine = over("spine", false, { ...sums, outputs });
  const ahead = { ...spine, ...alone, uniforms: { ...uniforms, stage: 0 } };
  const forward = [
    ...(proposal === "auxiliary" ? [look, ahead] : []),
    over("step", true, { ...sums, looks }),
    { ...spine, ...alone },
  ];
  const steps = Math.max(...problem.lengths.subarray(first, first + count));
  recordSteps(recording, "particles", steps, forward);
  if (M === 0) return { recording, outputs, inside };
  const moved = recording.buffer("moved particles", [count, N, n], "scratch");
  const walk = recording.buffer("step back", [2], "scratch", "u32");
  recording.upload(walk, () => Uint32Array.of(steps - 1, 0));
  const trajectories = recording.buffer("trajectories", [count, M, T, n], "output");
  const lost = recording.buffer("lost trajectories", [count, M], "output", "u32");
  const team = N > SMALL_TEAM ** 2 * 4 ? PARTICLE_WORKGROUP : SMALL_TEAM;
  const back = [
    over("ahead", true, { moved, walk }),
    {
      ...over("backward", false, { moved, walk, trajectories, lost }),
      kernel: key("backward", false, { WORKGROUP: team, LEVELS: levelsOf(N, team) }),
      workgroups: [Math.min(M, 65_535), count, Math.ceil(M / 65_535)] as const,
      cost: count * M * Math.max(N, 8 * team) * (40 + n * n + 4 * n),
    },
  ];
  recordSteps(recording, "trajectories", steps, back);
  return { recording, outputs, trajectories, lost, inside };
}

/** The same dispatches once for every step. */
function recordSteps(
  recording: Recording,
  phase: string,
  steps: number,
  dispatches: readonly Omit<Dispatch, "kind">[],
): void {
  const first = dispatches.map(dispatch => recording.dispatch(dispatch));
  recording.mark(phase, 1, steps);
  for (let t = 1; t < steps; t++) {
    for (const dispatch of first) recording.repeat(dispatch);
    recording.mark(phase, t + 1, steps);
  }
}

/** How often N particles are divided among the invocations of a workgroup until one is left. */
function levelsOf(N: number, team: number): number {
  let levels = 1;
  for (let reach = team; reach < N; reach *= team) levels++;
  return levels;
}
