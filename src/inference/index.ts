export {
  type BackwardSamplerOptions,
  type BackwardSamples,
  backwardSamplerCpu,
  type StepNoise,
} from "./backward_sampler.cpu.ts";
export { type BackwardSamplerGpuOptions, backwardSamplerGpu } from "./backward_sampler.ts";
export { cooperation, type LoopOptions } from "./cooperate.ts";
export { checkCovarianceForm } from "./covariance_check.ts";
export {
  type CovarianceProblem,
  covarianceProblem,
  isCovarianceProblem,
  type Refusal,
  refusalText,
} from "./covariance_form.ts";
export { type HeadNoise, sampleDiffuseHead } from "./diffuse_sampler.cpu.ts";
export type { SmoothedStep } from "./diffuse_smoother.cpu.ts";
export { type DiffuseHead, diffuseStart, smoothDiffuseHead } from "./diffuse_start.cpu.ts";
export { type EmissionEachOptions, emissionLogLikelihoodsGpu } from "./emission_each.ts";
export { forwardSamplerCpu } from "./forward_sampler.cpu.ts";
export { chooseSchedule, type Form, type GainSchedule, gainSchedule } from "./gain_schedule.ts";
export { hmmDecodeCpu } from "./hmm_decode.cpu.ts";
export { hmmDecodeGpu } from "./hmm_decode.ts";
export { type HmmDecodePlan, planHmmDecode, recordHmmDecode } from "./hmm_decode_recording.ts";
export { checkDensity, LOG_ZERO, precomputedEmissions } from "./hmm_emissions.ts";
export { type HmmFilterCpuOptions, hmmFilterCpu } from "./hmm_filter.cpu.ts";
export { type HmmGpuRun, hmmFilterGpu } from "./hmm_filter.ts";
export { type HmmFixedLagOptions, hmmFixedLagCpu } from "./hmm_fixed_lag.cpu.ts";
export { chooseForm } from "./hmm_form.ts";
export { type HmmLeftRecords, hmmLeftGpu } from "./hmm_left.ts";
export type { HmmGpuOptions } from "./hmm_pass.ts";
export { describeHmmPlan, type HmmPlan, type HmmRequest, planHmm } from "./hmm_plan.ts";
export type { Emissions, GpuEmissions, HmmProblem } from "./hmm_problem.ts";
export { type HmmRecording, recordHmm } from "./hmm_recording.ts";
export * from "./hmm_records.ts";
export type { ProbsArray } from "./hmm_rows_each.ts";
export { type HmmSamplerOptions, hmmSamplerCpu } from "./hmm_sampler.cpu.ts";
export { type HmmSamplerGpuOptions, hmmSamplerGpu } from "./hmm_sampler.ts";
export { type HmmSmootherCpuOptions, hmmSmootherCpu } from "./hmm_smoother.cpu.ts";
export { hmmSmootherGpu } from "./hmm_smoother.ts";
export { hmmTwoFilterCpu } from "./hmm_two_filter.cpu.ts";
export { type JoinLayout, joinMoments, joinRows, unpackMoments } from "./join_rows.ts";
export type { KalmanOptions, Refine } from "./kalman_choice.ts";
export { type KalmanCpuOptions, type KalmanFilterCpuRecords, kalmanFilterCpu } from "./kalman_filter.cpu.ts";
export { kalmanFilterGpu, recordKalmanFilter } from "./kalman_filter.ts";
export { kalmanLeftGpu, type LeftRecords } from "./kalman_left.ts";
export type { GpuRunOptions } from "./kalman_pass.ts";
export { describePlan, type KalmanPlan, type KalmanRequest, planKalman } from "./kalman_plan.ts";
export { kalmanRefinedGpu, type RefinedRecords } from "./kalman_refined.ts";
export { kalmanSmootherCpu } from "./kalman_smoother.cpu.ts";
export { kalmanSmootherGpu, recordKalmanSmoother } from "./kalman_smoother.ts";
export { kalmanTwoFilterCpu } from "./kalman_two_filter.cpu.ts";
export * from "./linear_gaussian_problem.ts";
export type { MomentsArray } from "./moments_each.ts";
export * from "./nonlinear/index.ts";
export { symmetricEigen } from "./nonlinear/symmetric_eigen.ts";
export { CounterRandom } from "./random/counter_random.ts";
export { STEP_NORMALS_STREAM, stepNormals } from "./random/step_normals.ts";
export { STEP_UNIFORMS_STREAM, StepUniforms } from "./random/step_uniforms.ts";
export * from "./recurrence/index.ts";
export { blankRecords } from "./settle_statuses.ts";
export { chooseSmoother, type Smoother, type SmootherChoice, vanishes } from "./smoother_choice.ts";
export type { KalmanSmootherCpuRecords } from "./smoother_pass.cpu.ts";
export { effectiveSampleSize } from "./statistics/effective_sample_size.ts";
export { betaDistribution } from "./statistics/incomplete_beta.ts";
export { lowerGamma, normalTail, upperGamma } from "./statistics/incomplete_gamma.ts";
export { normalUpperQuantile } from "./statistics/normal_quantile.ts";
export { type ResidualTests, residualTests, type TestResult } from "./statistics/residual_tests.ts";
export { standardize } from "./statistics/standardize.ts";
export { smootherGains } from "./steady.ts";
export { steadyFilterCpu } from "./steady_filter.cpu.ts";
export { planSteady, type SteadyPlan } from "./steady_plan.ts";
export { recordSteady } from "./steady_recording.ts";
export { steadySmootherCpu } from "./steady_smoother.cpu.ts";
export { triangularise } from "./triangularise.ts";
export { wideSteps } from "./wide_prior.ts";
