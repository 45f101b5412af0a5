export type { Linearisation } from "./affine_map.ts";
export { AffineSteps } from "./affine_steps.ts";
export { type GaussianFilterOptions, gaussianFilterCpu, type Linearised } from "./gaussian_filter.cpu.ts";
export { type Iterated, type IteratedOptions, iterateSmoother } from "./iterated_smoother.ts";
export type { EmissionNoise, NonlinearProblem, SmoothMap } from "./nonlinear_problem.ts";
export {
  cubaturePoints,
  drawnPoints,
  gaussHermitePoints,
  type SigmaPoints,
  unscentedPoints,
} from "./sigma_points.ts";
