export { FAMILY_NAMES, familyConstants, isFamilyName } from "./families.ts";
export type { FamilyName, FamilyParameters } from "./family.ts";
export {
  type EmissionForm,
  type GeneralizedGaussianParameters,
  generalizedGaussianSSM,
  type ModelFunction,
  type NonlinearGaussianParameters,
  type NonlinearSSM,
  nonlinearGaussianSSM,
} from "./nonlinear_model.ts";
export { NonlinearSteps } from "./nonlinear_steps.ts";
export { observationDensity } from "./observation_density.ts";
export { particleKernels } from "./particle_kernels.ts";
export { modelInputs, nonlinearLayout, nonlinearParts, prepareNonlinear } from "./prepare_nonlinear.ts";
export { QuantileResiduals } from "./quantile_residuals.ts";
export { simulateNonlinear } from "./simulate_nonlinear.ts";
