/**
 * backward_sampler on the GPU: draws of z_0:T−1 given y_0:T−1, many of them sharing one scan.
 *
 * A draw is the smoothed mean plus d_t = E_t d_t+1 + D_t ε_t, d_T−1 = U ε_T−1: what the recursion of
 * backward_sampler.cpu.ts leaves when the smoother's is taken from it. The kernels see only d, whose size is that of the
 * standard deviations, so float32 is enough; the means are added in float64.
 */
import { type Engine, type ExecuteOptions, execute, readTensors } from "../engine/index.ts";
import { kalmanSmootherElement, type VectorSizes } from "../scan/index.ts";
import { recordSampler } from "./backward_sampler_recording.ts";
import { gainSchedule } from "./gain_schedule.ts";
import type { LinearGaussianProblem, Moments } from "./linear_gaussian_problem.ts";
import { scaled, scalesOf } from "./scale_states.ts";

export interface BackwardSamplerGpuOptions extends ExecuteOptions {
  readonly engine: Engine;
  /** S */
  readonly numSamples: number;
  readonly seed: number;
  /** Chunk length, items in a chunk of the levels above, steps in a block of time, draws at a time: for tests. */
  readonly chunkLength?: number | undefined;
  readonly levelChunk?: number;
  readonly blockSteps?: number;
  readonly drawsAtOnce?: number;
  /** false: gains from the filtered factors at every step, also where the gains settle. For tests. */
  readonly schedule?: boolean;
}

/**
 * Draws from p(z_0:T−1 | y_0:T−1).
 * @param filtered, smoothed moments of the same problem; NaN in them is NaN in the draws
 * @returns z [N, S, T, n], NaN past the end of a series; and what was done, in words
 * @throws LimitError, DeviceError, AbortedError
 */
export async function backwardSamplerGpu(
  given: LinearGaussianProblem,
  filtered: Moments,
  smoothed: Moments,
  options: BackwardSamplerGpuOptions,
): Promise<{ states: Float64Array; plan: string }> {
  const scales = scalesOf(given);
  const problem = scales ? scaled(given, scales) : given;
  const exponents = scales?.states ?? new Int32Array(given.stateDim);
  const { engine, call, numSamples: S, chunkLength, blockSteps, drawsAtOnce } = options;
  const { stateDim: n, numSeries: N, numSteps: T } = problem;
  const schedule = options.schedule === false ? undefined : gainSchedule(problem);
  const binding = Math.min(engine.caps.maxBufferSize, engine.caps.maxStorageBufferBindingSize);
  const element = kalmanSmootherElement(call, n, problem.emissionDim, engine.caps);
  /** Steps that fit when draws, or the gains of every step, stand in one buffer. */
  const fits = (draws: number): number =>
    Math.floor(binding / (4 * N * Math.max(draws * n, schedule ? 0 : element.elementFloats)));
  const draws =
    drawsAtOnce ?? Math.max(1, Math.min(S, Math.floor(binding / (4 * N * n * Math.min(T, 4096)))));
  const most = Math.min(T, blockSteps ?? fits(draws));
  // By series and steps alone, so that a draw does not depend on how many there are.
  const enough = engine.adapter.software ? 64 : 65_536;
  const chunk = chunkLength ?? Math.min(512, Math.max(16, Math.ceil((T * N) / enough)));
  const sizes: VectorSizes = {
    numLanes: N * draws,
    lanesPerSeries: draws,
    chunkLength: roundUp(N >= enough ? T : chunk, Math.max(1, schedule?.period ?? 1)),
    levelChunk: options.levelChunk ?? 16,
  };
  const states = new Float64Array(N * S * T * n);
  let dispatches = 0;
  for (let first = 0; first < S; first += draws) {
    const count = Math.min(draws, S - first);
    const recorded = recordSampler(
      problem,
      filtered,
      exponents,
      schedule,
      element,
      most,
      first,
      options.seed,
      {
        ...sizes,
        numLanes: N * count,
        lanesPerSeries: count,
      },
    );
    const tensors = await execute(engine, recorded.recording, options);
    try {
      for (const { start, steps, draws: spec } of recorded.outputs) {
        const [data] = await readTensors(engine, call, [tensors.get(spec)!]);
        addDraws(problem, smoothed, exponents, data!, states, { start, steps, first, count, S });
      }
    } finally {
      for (const tensor of tensors.values()) tensor.dispose();
    }
    dispatches += recorded.recording.dispatches.length;
  }
  const gains = schedule ? "gains from the host" : "gains of every step";
  const plan = `${S} draws of every series, ${gains}, scan of vectors in chunks of ${sizes.chunkLength}, ${dispatches} dispatches`;
  return { states, plan };
}

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** Smoothed mean + deviation of the steps of a block, into [N, S, T, n]. */
function addDraws(
  { stateDim: n, numSeries: N, numSteps: T, lengths }: LinearGaussianProblem,
  smoothed: Moments,
  exponents: Int32Array,
  data: Float32Array,
  states: Float64Array,
  {
    start,
    steps,
    first,
    count,
    S,
  }: { start: number; steps: number; first: number; count: number; S: number },
): void {
  const { data: means, at: meanAt } = smoothed.means;
  for (let s = 0; s < N; s++) {
    for (let draw = 0; draw < count; draw++) {
      const from = (s * count + draw) * steps;
      const to = (s * S + first + draw) * T + start;
      for (let t = 0; t < steps; t++) {
        const inside = start + t < lengths[s]!;
        const mean = inside ? meanAt(s, start + t) : 0;
        for (let i = 0; i < n; i++)
          states[(to + t) * n + i] = inside
            ? means[mean + i]! + data[(from + t) * n + i]! * 2 ** exponents[i]!
            : Number.NaN;
      }
    }
  }
}
