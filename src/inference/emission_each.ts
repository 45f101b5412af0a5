/** emission_each: log-likelihoods of every density at every step on the GPU, for whoever asks for the array itself. */
import {
  type BufferSpec,
  type Engine,
  type ExecuteOptions,
  execute,
  LimitError,
  Recording,
  readTensors,
} from "../engine/index.ts";
import {
  checkDensity,
  densityKey,
  LOG_ZERO,
  recordEmissionParameters,
  recordEmissionRecords,
} from "./hmm_emissions.ts";
import type { HmmProblem } from "./hmm_problem.ts";

const WORKGROUP = 64;

export interface EmissionEachOptions extends ExecuteOptions {
  readonly engine: Engine;
  /** Steps of a block of time: for tests. */
  readonly blockSteps?: number;
}

/**
 * Works the densities out on the GPU.
 * @returns log p(y_t | density e) [N, T, E], nats, baseline included; −Infinity where impossible, 0 past the end of a series
 * @throws ShaderError with the line of a user's own text; LimitError, DeviceError, AbortedError
 */
export async function emissionLogLikelihoodsGpu(
  problem: HmmProblem,
  options: EmissionEachOptions,
): Promise<Float64Array> {
  const { engine, call } = options;
  const { numSeries: N, numSteps: T, lengths } = problem;
  const { gpu, numEmissions: E } = problem.emissions;
  checkDensity(call, gpu);
  const binding = Math.min(engine.caps.maxBufferSize, engine.caps.maxStorageBufferBindingSize);
  const most = Math.floor(binding / (4 * N * Math.max(2 * E, gpu.recordFloats)));
  if (most < 1)
    throw new LimitError(
      `${call}: at most ${binding} bytes per buffer expected on ${engine.adapter.name}, got more for one step of ${N} series. Use fewer series at a time.`,
    );
  const blockSteps = Math.min(T, most, options.blockSteps ?? T);
  const recording = new Recording();
  const parameters = recordEmissionParameters(recording, gpu);
  const outputs: { start: number; steps: number; buffer: BufferSpec }[] = [];
  for (let start = 0; start < T; start += blockSteps) {
    const steps = Math.min(blockSteps, T - start);
    const buffer = recording.buffer(`log-likelihoods ${start}`, [N, steps, E, 2], "output");
    const groups = Math.ceil((N * steps * E) / WORKGROUP);
    const density = densityKey(gpu);
    recording.dispatch({
      kernel: {
        ...density,
        name: "emission_each",
        constants: { ...density.constants, WORKGROUP },
        unroll: false,
      },
      uniforms: {
        block_steps: steps,
        num_series: N,
        num_emissions: E,
        record_floats: gpu.recordFloats,
      },
      buffers: {
        emission_records: recordEmissionRecords(recording, problem, start, start + steps),
        emission_parameters: parameters,
        log_likelihoods: buffer,
      },
      workgroups: [Math.min(groups, 65535), Math.ceil(groups / 65535), 1],
      cost: N * steps * E * DENSITY_FLOPS,
    });
    recording.mark("densities", start + steps, T);
    outputs.push({ start, steps, buffer });
  }
  const tensors = await execute(engine, recording, options);
  try {
    const parts = await readTensors(
      engine,
      call,
      outputs.map(({ buffer }) => tensors.get(buffer)!),
    );
    const out = new Float64Array(N * T * E);
    outputs.forEach(({ start, steps }, k) => {
      for (let s = 0; s < N; s++) {
        for (let t = start; t < Math.min(start + steps, lengths[s]!); t++) {
          const baseline = gpu.baseline(s, t);
          for (let e = 0; e < E; e++) {
            const at = 2 * ((s * steps + t - start) * E + e);
            const value = parts[k]![at]! + parts[k]![at + 1]!;
            out[(s * T + t) * E + e] = value <= 0.5 * LOG_ZERO ? Number.NEGATIVE_INFINITY : value + baseline;
          }
        }
      }
    });
    return out;
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}

/** A guess at one density, for splitting submits. */
export const DENSITY_FLOPS = 50;
