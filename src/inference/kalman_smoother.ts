/**
 * kalman_smoother: the Rauch–Tung–Striebel smoother on the GPU, in square-root or covariance form, parallel in time or
 * sequential; or, with the element of kalman_two_filter in the plan, the two-filter smoother. All are a suffix scan after the
 * filter.
 */
import type { BufferSpec } from "../engine/index.ts";
import { recordScan, scanScratch } from "../scan/index.ts";
import { type FilterRecording, recordKalmanFilter } from "./kalman_filter.ts";
import { type GpuRunOptions, type PassRecords, type RecordedPass, runPass } from "./kalman_pass.ts";
import { describePlan, type KalmanPlan, type KalmanRequest, planKalman } from "./kalman_plan.ts";
import { crossFromWeights } from "./kalman_two_filter.ts";
import {
  denseRows,
  type KalmanSmootherRecords,
  type LinearGaussianProblem,
  stateRecordLength,
} from "./linear_gaussian_problem.ts";

const WRITE_CROSS = 1;

export interface SmootherOutputs {
  readonly smoothed: BufferSpec;
  readonly cross: BufferSpec;
}

/** Records the filter, then the smoother over the blocks from the last to the first. */
export function recordKalmanSmoother(
  problem: LinearGaussianProblem,
  plan: KalmanPlan,
  request: KalmanRequest,
): FilterRecording & { readonly smoothed: readonly SmootherOutputs[] } {
  const { stateDim: n, numSeries: N, numSteps: T } = problem;
  const filter = recordKalmanFilter(problem, plan, request);
  const { recording } = filter;
  const longest = Math.max(...plan.blocks.map(([start, end]) => end - start));
  const scratch = scanScratch(recording, plan.smoother, plan.sizes, longest, plan.parallel);
  // The likelihood of nothing, carried in. The other smoother starts from the filtered moments.
  if (request.smoother === "twoFilter")
    recording.upload(scratch.states, () => new Float32Array(N * plan.smoother.stateFloats));
  // One for each: two bindings may not write to the same buffer.
  const unused = (): BufferSpec => recording.buffer("not asked for", [4], "scratch");
  const smoothed = filter.inputs.map(({ start, steps }) => ({
    smoothed: recording.buffer(`smoothed ${start}`, [N, steps, stateRecordLength(n)], "output"),
    cross: request.crossCovariances
      ? recording.buffer(`cross-covariances ${start}`, [N, steps, n, n], "output")
      : unused(),
  }));
  for (let k = filter.inputs.length - 1; k >= 0; k--) {
    const { start, steps, parameters, indices, observations, uniforms } = filter.inputs[k]!;
    recordScan(
      recording,
      plan.smoother,
      plan.sizes,
      { start, steps, reverse: true },
      plan.parallel,
      scratch,
      {
        uniforms: { ...uniforms, flags: request.crossCovariances ? WRITE_CROSS : 0 },
        buffers: {
          parameters,
          indices,
          observations,
          filtered: filter.outputs[k]!.filtered,
          ...smoothed[k]!,
        },
      },
    );
    recording.mark("smooth", T - start, T);
  }
  return { ...filter, smoothed };
}

/** The filter and the smoother as one pass. */
export function recordSmootherPass(problem: LinearGaussianProblem, options: GpuRunOptions): RecordedPass {
  const { stateDim: n, numSteps: T } = problem;
  const request = { ...options.request, moments: true };
  const plan = planKalman(options.engine, problem, request);
  const { recording, outputs, smoothed } = recordKalmanSmoother(problem, plan, request);
  return {
    recording,
    blocks: plan.blocks,
    parallel: plan.parallel,
    words: () => describePlan(plan, recording.dispatches.length),
    likelihoods: outputs.map(o => o.likelihoods),
    groups: [
      { name: "filtered", buffers: outputs.map(o => o.filtered) },
      ...(request.predicted ? [{ name: "predicted", buffers: outputs.map(o => o.predicted) } as const] : []),
      { name: "smoothed", buffers: smoothed.map(o => o.smoothed) },
    ],
    ...(request.crossCovariances && {
      crossCovariances: {
        buffers: smoothed.map(o => o.cross),
        rowsOf: (cross: Float32Array, moments: Float32Array) =>
          denseRows(
            request.smoother === "twoFilter" ? crossFromWeights(problem, moments, cross) : cross,
            n * n,
            T,
          ),
      },
    }),
  };
}

/** Filters and smooths on the GPU. @throws LimitError, DeviceError, AbortedError */
export async function kalmanSmootherGpu(
  problem: LinearGaussianProblem,
  options: GpuRunOptions,
): Promise<PassRecords & Pick<KalmanSmootherRecords, "smoothed">> {
  const records = await runPass(problem, recordSmootherPass(problem, options), options);
  return { ...records, smoothed: records.smoothed! };
}
