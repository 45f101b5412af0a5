/** kalman_filter: the Kalman filter on the GPU, in square-root or covariance form, parallel in time or sequential. */
import {
  type BufferSpec,
  type Engine,
  type ExecuteOptions,
  execute,
  Recording,
  readTensors,
  type Tensor,
} from "../engine/index.ts";
import { recordScan, type ScanScratch, scanScratch } from "../scan/index.ts";
import { isCovarianceProblem } from "./covariance_form.ts";
import { momentsOf } from "./covariance_moments.ts";
import { type BlockInputs, recordBlockInputs } from "./kalman_blocks.ts";
import { describePlan, type KalmanPlan, type KalmanRequest, planKalman } from "./kalman_plan.ts";
import {
  type KalmanFilterRecords,
  type LinearGaussianProblem,
  stateRecordLength,
} from "./linear_gaussian_problem.ts";

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

/** Options of a run on the GPU. */
export type GpuRunOptions = ExecuteOptions & { readonly engine: Engine; readonly request: KalmanRequest };

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

/** Filters on the GPU. @throws LimitError, DeviceError, AbortedError */
export async function kalmanFilterGpu(
  problem: LinearGaussianProblem,
  options: GpuRunOptions,
): Promise<KalmanFilterRecords & { plan: string; parallel: boolean }> {
  const { engine, request } = options;
  const plan = planKalman(engine, problem, request);
  const recorded = recordKalmanFilter(problem, plan, request);
  const tensors = await execute(engine, recorded.recording, options);
  const wanted = [
    recorded.outputs.map(o => o.likelihoods),
    request.moments ? recorded.outputs.map(o => o.filtered) : [],
    request.predicted ? recorded.outputs.map(o => o.predicted) : [],
  ];
  const [logLikelihoods, filtered, predicted] = await readBlocks(
    engine,
    options.call,
    tensors,
    wanted,
    problem,
    plan,
  );
  return {
    logLikelihoods: logLikelihoods!,
    ...(filtered ? { filtered: momentsOf(problem, filtered) } : {}),
    ...(predicted ? { predicted: momentsOf(problem, predicted) } : {}),
    plan: describePlan(plan, recorded.recording.dispatches.length),
    parallel: plan.parallel,
  };
}

/** One readback of everything; joins the blocks of each output to [N, T, …] and frees the tensors. */
export async function readBlocks(
  engine: Engine,
  call: string,
  tensors: ReadonlyMap<BufferSpec, Tensor>,
  wanted: readonly (readonly BufferSpec[])[],
  { numSeries: N, numSteps: T }: LinearGaussianProblem,
  { blocks }: Pick<KalmanPlan, "blocks">,
): Promise<(Float32Array | undefined)[]> {
  try {
    const data = await readTensors(
      engine,
      call,
      wanted.flat().map(spec => tensors.get(spec)!),
    );
    let at = 0;
    return wanted.map(specs => {
      const parts = data.slice(at, at + specs.length);
      at += specs.length;
      if (parts.length === 0 || (parts.length === 1 && specs[0]!.shape[1] === T)) return parts[0];
      const size = specs[0]!.shape.slice(2).reduce((a, b) => a * b, 1);
      const out = new Float32Array(N * T * size);
      blocks.forEach(([start, end], k) => {
        // A block may carry a step more than it has.
        const row = specs[k]!.shape[1]! * size;
        const length = (end - start) * size;
        for (let s = 0; s < N; s++)
          out.set(parts[k]!.subarray(s * row, s * row + length), (s * T + start) * size);
      });
      return out;
    });
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}
