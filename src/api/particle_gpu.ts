/** A particle filter on a GPU. */
import { type ParticleProblem, particleFilterGpu } from "../inference/index.ts";
import { type NonlinearSSM, particleKernels } from "../models/index.ts";
import { DEFAULT_LIMIT } from "./memory.ts";
import type { ParticleRun, ParticleSettings } from "./particle_cpu.ts";
import { sharedEngine } from "./shared_engine.ts";
import type { InferenceOptions } from "./types.ts";

/** @param y [N, T, m], NaN where missing */
export async function runParticlesGpu(
  model: NonlinearSSM,
  problem: ParticleProblem,
  y: Float64Array,
  settings: ParticleSettings & Pick<InferenceOptions, "engine" | "memoryLimit">,
): Promise<ParticleRun> {
  const engine = settings.engine ?? (await sharedEngine());
  const memoryLimit = settings.memoryLimit ?? DEFAULT_LIMIT.webgpu;
  const kernels = particleKernels(settings.call, model, problem, y);
  const { plan, ...records } = await particleFilterGpu(problem, kernels, {
    ...settings,
    engine,
    memoryLimit,
  });
  return {
    ...records,
    run: {
      backend: "webgpu",
      adapter: engine.adapter.name,
      software: engine.adapter.software,
      method: "sequential",
      plan,
      dtype: "float32",
      passes: 1,
    },
  };
}
