export type { Linearisation } from "./affine_map.ts";
export { AffineSteps } from "./affine_steps.ts";
export {
  type BackwardSimulationOptions,
  backwardSimulationCpu,
  type ParticleHistory,
} from "./backward_simulation.cpu.ts";
export { type GaussianFilterOptions, gaussianFilterCpu, type Linearised } from "./gaussian_filter.cpu.ts";
export { type Iterated, type IteratedOptions, iterateSmoother } from "./iterated_smoother.ts";
export type { EmissionNoise, LogDensity, NonlinearProblem, SmoothMap } from "./nonlinear_problem.ts";
export type { ParticleKernels } from "./particle_data.ts";
export {
  type ParticleOptions,
  type ParticleProblem,
  type ParticleRecords,
  particleFilterCpu,
} from "./particle_filter.cpu.ts";
export {
  MOST_PARTICLES,
  type ParticleGpuOptions,
  type ParticleGpuRecords,
  particleFilterGpu,
} from "./particle_filter.ts";
export { particleBytes, recordParticles } from "./particle_recording.ts";
export {
  cubaturePoints,
  drawnPoints,
  gaussHermitePoints,
  type SigmaPoints,
  unscentedPoints,
} from "./sigma_points.ts";
