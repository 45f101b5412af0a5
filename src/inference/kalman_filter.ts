/** kalman_filter: the Kalman filter on the GPU, in square-root or covariance form, parallel in time or sequential. */
import { type BufferSpec, Recording } from "../engine/index.ts";
import { recordScan, type ScanScratch, scanScratch } from "../scan/index.ts";
import { isCovarianceProblem } from "./covariance_form.ts";
import { type BlockInputs, recordBlockInputs } from "./kalman_blocks.ts";
import { type GpuRunOptions, type PassRecords, type RecordedPass, runPass } from "./kalman_pass.ts";
import { describePlan, type KalmanPlan, type KalmanRequest, planKalman } from "./kalman_plan.ts";
import { type LinearGaussianProblem, stateRecordLength } from "./linear_gaussian_problem.ts";

const WRITE_FILTERED = 1;
const WRITE_PREDICTED = 2;

/** Buffers the filter of one block writes. */
export interface FilterOutputs {
  readonly filtered: BufferSpec;
  readonly predicted: BufferSpec;
  readonly likelihoods: BufferSpec;
}

/** A recorded filter: the recording, its inputs and its outputs block by block. */
export interface FilterRecording {
  readonly recording: Recording;
  readonly plan: KalmanPlan;
  readonly inputs: readonly BlockInputs[];
  readonly outputs: readonly FilterOutputs[];
}

export function recordKalmanFilter(
  problem: LinearGaussianProblem,
  plan: KalmanPlan,
  request: KalmanRequest,
): FilterRecording {
  const { stateDim: n, numSeries: N, numSteps: T } = problem;
  const recording = new Recording();
  const { blocks, filter, sizes, parallel } = plan;
  const longest = Math.max(...blocks.map(([start, end]) => end - start));
  const scratch: ScanScratch = scanScratch(recording, filter, sizes, longest, parallel);
  recording.upload(scratch.states, () => packPrior(problem));
  // One for each: two bindings may not write to the same buffer.
  const unused = (): BufferSpec => recording.buffer("not asked for", [4], "scratch");
  const inputs = recordBlockInputs(recording, problem, blocks);
  const outputs = inputs.map(
    ({ start, steps, parameters, indices, observations, uniforms }): FilterOutputs => {
      const records = [N, steps, stateRecordLength(n)];
      const filtered = request.moments ? recording.buffer(`filtered ${start}`, records, "output") : unused();
      const predicted = request.predicted
        ? recording.buffer(`predicted ${start}`, records, "output")
        : unused();
      const likelihoods = recording.buffer(`log-likelihoods ${start}`, [N, steps], "output");
      recordScan(recording, filter, sizes, { start, steps, reverse: false }, parallel, scratch, {
        uniforms: {
          ...uniforms,
          flags: (request.moments ? WRITE_FILTERED : 0) | (request.predicted ? WRITE_PREDICTED : 0),
        },
        buffers: { parameters, indices, observations, filtered, predicted, likelihoods },
      });
      recording.mark("filter", start + steps, T);
      return { filtered, predicted, likelihoods };
    },
  );
  return { recording, plan, inputs, outputs };
}

/** The prior as the state carried into the first block: N records of mean and packed factor, or covariance. */
function packPrior(problem: LinearGaussianProblem): Float32Array<ArrayBuffer> {
  const { stateDim: n, numSeries: N, initialMean, initialFactor } = problem;
  const spread = isCovarianceProblem(problem) ? problem.initialCovariance : initialFactor;
  const size = stateRecordLength(n);
  const out = new Float32Array(N * size);
  for (let s = 0; s < N; s++) {
    for (let i = 0; i < n; i++) {
      out[s * size + i] = initialMean.data[s * initialMean.seriesStride + i]!;
      for (let j = 0; j <= i; j++)
        out[s * size + n + (i * (i + 1)) / 2 + j] = spread.data[s * spread.seriesStride + i * n + j]!;
    }
  }
  return out;
}

/** The filter as a pass of its own. */
export function recordFilterPass(
  problem: LinearGaussianProblem,
  { engine, request }: GpuRunOptions,
): RecordedPass {
  const plan = planKalman(engine, problem, request);
  const { recording, outputs } = recordKalmanFilter(problem, plan, request);
  return {
    recording,
    blocks: plan.blocks,
    parallel: plan.parallel,
    words: () => describePlan(plan, recording.dispatches.length),
    likelihoods: outputs.map(o => o.likelihoods),
    groups: [
      ...(request.moments ? [{ name: "filtered", buffers: outputs.map(o => o.filtered) } as const] : []),
      ...(request.predicted ? [{ name: "predicted", buffers: outputs.map(o => o.predicted) } as const] : []),
    ],
  };
}

/** Filters on the GPU. @throws LimitError, DeviceError, AbortedError */
export const kalmanFilterGpu = (
  problem: LinearGaussianProblem,
  options: GpuRunOptions,
): Promise<PassRecords> => runPass(problem, recordFilterPass(problem, options), options);
