/** One pass over a linear Gaussian problem on the GPU: recorded by its algorithm, run and read back here. */
import {
  type BufferSpec,
  type Engine,
  type ExecuteOptions,
  execute,
  type Recording,
  readTensors,
  type Tensor,
} from "../engine/index.ts";
import { momentsOf } from "./covariance_moments.ts";
import type { KalmanPlan, KalmanRequest } from "./kalman_plan.ts";
import {
  denseRows,
  type Floats,
  type KalmanSmootherRecords,
  type LinearGaussianProblem,
  type Rows,
} from "./linear_gaussian_problem.ts";

/** Options of a run on the GPU. */
export type GpuRunOptions = ExecuteOptions & { readonly engine: Engine; readonly request: KalmanRequest };

/** What a pass hands back, and how it came to it. */
export type PassRecords = Partial<KalmanSmootherRecords> &
  Pick<KalmanSmootherRecords, "logLikelihoods"> & { readonly plan: string; readonly parallel: boolean };

export type MomentsName = "filtered" | "predicted" | "smoothed";

/** Moments of one kind: buffers [N, rows, floats] of the blocks, each row beginning with the mean. */
export interface RecordedGroup {
  readonly name: MomentsName;
  readonly buffers: readonly BufferSpec[];
  /** Factors known beforehand; absent where the packed factor or covariance stands behind each mean. */
  readonly factors?: Rows;
}

/** A pass that is recorded, and what its buffers mean. */
export interface RecordedPass extends Pick<KalmanPlan, "blocks" | "parallel"> {
  readonly recording: Recording;
  /** What was planned, with the dispatches that are recorded by now. */
  readonly words: () => string;
  /** [N, steps] of the blocks. */
  readonly likelihoods: readonly BufferSpec[];
  /** What the host adds to them. */
  readonly likelihoodsOf?: (values: Float32Array) => Floats;
  readonly groups: readonly RecordedGroup[];
  readonly crossCovariances?: {
    /** [N, steps, n, n] of the blocks; none where they are known beforehand. */
    readonly buffers: readonly BufferSpec[];
    readonly rowsOf: (values: Float32Array, smoothed: Float32Array) => Rows;
  };
}

/** Runs a pass and reads everything back. @throws LimitError, DeviceError, AbortedError */
export async function runPass(
  problem: LinearGaussianProblem,
  pass: RecordedPass,
  options: GpuRunOptions,
): Promise<PassRecords> {
  return readPass(problem, pass, await execute(options.engine, pass.recording, options), options);
}

/** Reads everything back and frees the tensors. @throws DeviceError */
export async function readPass(
  problem: LinearGaussianProblem,
  pass: RecordedPass,
  tensors: ReadonlyMap<BufferSpec, Tensor>,
  { engine, call }: GpuRunOptions,
): Promise<PassRecords> {
  const { likelihoods, likelihoodsOf, groups, crossCovariances: cross, parallel, words } = pass;
  const wanted = [likelihoods, cross?.buffers ?? [], ...groups.map(({ buffers }) => buffers)];
  const [values, crossed, ...read] = await readBlocks(engine, call, tensors, wanted, problem, pass);
  const { stateDim: n, numSteps: T } = problem;
  const moments = groups.map(({ name, factors }, k) => {
    const data = read[k]!;
    return [name, factors ? { means: denseRows(data, n, T), factors } : momentsOf(problem, data)] as const;
  });
  const smoothed = groups.findIndex(({ name }) => name === "smoothed");
  return {
    logLikelihoods: likelihoodsOf?.(values!) ?? values!,
    ...Object.fromEntries(moments),
    ...(cross && { crossCovariances: cross.rowsOf(crossed!, read[smoothed]!) }),
    plan: words(),
    parallel,
  };
}

/** One readback of everything; joins the blocks of each output to [N, T, …] and frees the tensors. */
async function readBlocks(
  engine: Engine,
  call: string,
  tensors: ReadonlyMap<BufferSpec, Tensor>,
  wanted: readonly (readonly BufferSpec[])[],
  problem: LinearGaussianProblem,
  pass: Pick<KalmanPlan, "blocks">,
): Promise<(Float32Array | undefined)[]> {
  try {
    const data = await readTensors(
      engine,
      call,
      wanted.flat().map(spec => tensors.get(spec)!),
    );
    let at = 0;
    return wanted.map(specs => {
      at += specs.length;
      return specs.length === 0
        ? undefined
        : joinBlocks(data.slice(at - specs.length, at), specs, problem, pass);
    });
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}

/** The blocks [N, rows, …] of an output as [N, T, …]. */
export function joinBlocks(
  parts: readonly Float32Array[],
  specs: readonly BufferSpec[],
  { numSeries: N, numSteps: T }: LinearGaussianProblem,
  { blocks }: Pick<KalmanPlan, "blocks">,
): Float32Array {
  if (parts.length === 1 && specs[0]!.shape[1] === T) return parts[0]!;
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
}
