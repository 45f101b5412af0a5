/**
 * The time-invariant path on the GPU: covariances and gains come from the host in float64 (gain_schedule.ts,
 * smoother_schedule.ts), means from a scan of vectors.
 */
import type { GainSchedule } from "./gain_schedule.ts";
import { type GpuRunOptions, type PassRecords, type RecordedPass, runPass } from "./kalman_pass.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { type SmootherSchedule, smootherSchedule } from "./smoother_schedule.ts";
import { scheduleRows } from "./steady_filter.cpu.ts";
import { describeSteadyPlan, planSteady } from "./steady_plan.ts";
import { recordSteady } from "./steady_recording.ts";
import { crossRows, smoothedRows } from "./steady_smoother.cpu.ts";

/** The filter and, with smoother gains, the smoother as one pass. */
export function recordSteadyPass(
  problem: LinearGaussianProblem,
  schedule: GainSchedule,
  gains: SmootherSchedule | undefined,
  { engine, request }: GpuRunOptions,
): RecordedPass {
  const { stateDim: n } = problem;
  const plan = planSteady(engine, problem, schedule, request);
  const { recording, outputs } = recordSteady(problem, plan, schedule, gains, request);
  const group = <Name extends "filtered" | "predicted">(name: Name) => ({
    name,
    buffers: outputs.map(o => o[name]),
    factors: scheduleRows(schedule[name], schedule, n),
  });
  const crossCovariances = gains && crossRows(problem, gains);
  return {
    recording,
    blocks: plan.blocks,
    parallel: plan.parallel,
    words: () => describeSteadyPlan(plan, schedule, recording.dispatches.length),
    likelihoods: outputs.map(o => o.likelihoods),
    likelihoodsOf: values => withDeterminants(problem, schedule, values),
    groups: [
      ...(request.moments || gains ? [group("filtered")] : []),
      ...(request.predicted ? [group("predicted")] : []),
      ...(gains
        ? [
            {
              name: "smoothed",
              buffers: outputs.map(o => o.smoothed),
              factors: smoothedRows(problem, gains),
            } as const,
          ]
        : []),
    ],
    ...(crossCovariances && { crossCovariances: { buffers: [], rowsOf: () => crossCovariances } }),
  };
}

/** Filters, and with smoother gains smooths, on the GPU. @throws LimitError, DeviceError, AbortedError */
export const steadyGpu = (
  problem: LinearGaussianProblem,
  schedule: GainSchedule,
  gains: SmootherSchedule | undefined,
  options: GpuRunOptions,
): Promise<PassRecords> => runPass(problem, recordSteadyPass(problem, schedule, gains, options), options);

/** The gains that a request needs beyond the filter's. */
export const smootherGains = (
  problem: LinearGaussianProblem,
  schedule: GainSchedule,
  request: { readonly smooth: boolean; readonly crossCovariances: boolean },
): SmootherSchedule | undefined =>
  request.smooth ? smootherSchedule(problem, schedule, request.crossCovariances) : undefined;

/** −½|e|² of every step, and the determinants of the schedule in float64. */
function withDeterminants(
  { numSeries: N, numSteps: T, lengths }: LinearGaussianProblem,
  { logDeterminants, rowOf }: GainSchedule,
  squares: Float32Array,
): Float64Array {
  const out = Float64Array.from(squares);
  for (let s = 0; s < N; s++)
    for (let t = 0; t < lengths[s]!; t++) out[s * T + t]! -= logDeterminants[rowOf(t)]!;
  return out;
}
