/**
 * What a recording moves and computes. Bytes touched are a model of the kernels' accesses, each counted as if no cache
 * served it: data in, outputs, and for the trees of the scan per combination two elements read and one written, per
 * node of a down-sweep one element and one state read and two states written. Parameters are not counted.
 */

import { bufferBytes, type Dispatch, type Recording } from "../src/engine/index.ts";
import type { KalmanPlan, KalmanRequest, LinearGaussianProblem } from "../src/inference/index.ts";
import type { ScanElement } from "../src/scan/index.ts";

const DATA = {
  kalman_filter: { reads: ["observations"], writes: ["filtered", "predicted", "likelihoods"] },
  kalman_smoother: { reads: ["filtered"], writes: ["smoothed", "cross"] },
} as const;

export interface Traffic {
  readonly touchedBytes: number;
  readonly flops: number;
}

export function traffic(recording: Recording, plan: KalmanPlan): Traffic {
  const elements = [plan.filter, plan.smoother];
  let touchedBytes = 0;
  let flops = 0;
  for (const dispatch of recording.dispatches) {
    const element = elements.find(({ stem }) => dispatch.kernel.name.startsWith(`${stem}_`));
    if (!element) continue;
    touchedBytes += dispatchBytes(dispatch, element);
    flops += dispatch.cost / (plan.parallel ? 1 : idleFactor(plan));
  }
  return { touchedBytes, flops };
}

/**
 * The same for the scan of means: data in and out once for every fold and walk, vectors of the levels above read and
 * written. Tables and matrices are not counted. Work is what the kernels do, without what the planner adds for idle lanes.
 */
export function steadyTraffic(recording: Recording): Traffic {
  let touchedBytes = 0;
  let flops = 0;
  for (const { kernel, uniforms, buffers, work } of recording.dispatches) {
    const fold = kernel.name.endsWith("_fold");
    for (const [name, buffer] of Object.entries(buffers)) {
      const data = !["tables", "matrices", "biases", "indices", "vectors"].includes(name);
      const written =
        ["filtered", "predicted", "likelihoods", "smoothed"].includes(name) &&
        !(kernel.name.startsWith("steady_smoother") && name !== "smoothed");
      if (data && !(fold && written)) touchedBytes += bufferBytes(buffer);
    }
    touchedBytes += 4 * uniforms.num_lanes * uniforms.chunks * kernel.constants.STATE_DIM * (fold ? 1 : 2);
    flops += work ?? 0;
  }
  return { touchedBytes, flops };
}

/**
 * Bytes in and out of every step that no method can do without: y, log-likelihoods, and the moments asked for: means and packed
 * factors, means alone where the model does not change with time.
 */
export function leastBytes(
  { stateDim: n, emissionDim: m, numSeries, numSteps }: LinearGaussianProblem,
  { form, smooth, predicted, crossCovariances }: KalmanRequest,
): number {
  const steady = form === "timeInvariant";
  const record = n + (steady ? 0 : (n * (n + 1)) / 2);
  const records = 1 + (smooth ? 1 : 0) + (predicted ? 1 : 0);
  return 4 * numSeries * numSteps * (m + 1 + records * record + (crossCovariances && !steady ? n * n : 0));
}

/** The planner counts the idle device into the cost of a sequential dispatch; here only work counts. */
const idleFactor = ({ sizes }: KalmanPlan): number => Math.max(1, sizes.sequentialIdle / sizes.numSeries);

export function dispatchBytes(dispatch: Dispatch, element: ScanElement): number {
  const data = DATA[element.stem as keyof typeof DATA];
  const bytes = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + (dispatch.buffers[name] ? bufferBytes(dispatch.buffers[name]) : 0), 0);
  const reads = bytes(data.reads);
  return scanBytes(dispatch, element, { fold: reads, run: reads + bytes(data.writes) });
}

/**
 * Bytes of one dispatch of a scan.
 * @param data bytes of data, not of trees: what folding the chunks moves, and what running through them moves
 */
export function scanBytes(
  { uniforms, kernel }: Dispatch,
  element: ScanElement,
  data: { readonly fold: number; readonly run: number },
): number {
  const skeleton = kernel.name.slice(element.stem.length + 1, kernel.name.lastIndexOf("_"));
  const here = uniforms.num_series * uniforms.element_stride;
  const above = uniforms.num_series * Math.max(1, uniforms.total_stride);
  const pairs = Math.max(0, here - above);
  const { elementFloats: e, stateFloats: z } = element;
  const upSweep = 4 * (3 * pairs * e + 2 * above * e);
  const downSweep = 4 * (pairs * (e + 3 * z) + 2 * above * z);
  switch (skeleton) {
    case "reduce":
      return data.fold + 4 * here * e + upSweep;
    case "up":
      return upSweep;
    case "down":
      return downSweep;
    case "spine":
      return upSweep + downSweep;
    case "apply":
      return data.run + 4 * here * z + downSweep;
    default:
      return data.run;
  }
}
