/** filter() and smooth() of a linear Gaussian model with their moments left on the GPU; loaded by parts.ts. */

import type { MomentsArray } from "../inference/index.ts";
import { HeldResult, heldBy, type Place, placeArrays } from "./gpu_result.ts";
import type { GpuSmootherResult } from "./gpu_result_types.ts";
import type { Request } from "./memory.ts";
import { type ResultSource, StateResult } from "./state_result.ts";

export { kalmanLeftGpu } from "../inference/index.ts";

/** The engine that a call will use, and the arrays it will leave there. @throws DeviceError; LimitError */
export function placeMoments(
  call: string,
  engine: Place<MomentsArray>["engine"] | undefined,
  { stateDim: n, numSeries, numSteps, kind, predicted }: Request,
  batch: boolean,
): Promise<Place<MomentsArray>> {
  const rows = batch ? [numSeries, numSteps] : [numSteps];
  const groups = [
    "filtered" as const,
    ...(predicted ? ["predicted" as const] : []),
    ...(kind === "smooth" ? ["smoothed" as const] : []),
  ];
  const shapes = groups.flatMap(group => [
    [`${group}Means`, [...rows, n]] as const,
    [`${group}Covariances`, [...rows, n, n]] as const,
  ]);
  return placeArrays(call, engine, new Map(shapes));
}

class LeftMoments extends HeldResult<MomentsArray, StateResult> implements GpuSmootherResult {
  get diffuseSteps(): Uint32Array {
    return this.host.diffuseSteps;
  }
  get unidentifiedStates(): readonly (readonly number[])[] {
    return this.host.unidentifiedStates;
  }
}

/** The result of what infer() did for a place. @throws LimitError, DeviceError */
export async function leftMoments(source: ResultSource): Promise<GpuSmootherResult> {
  // A result keeps the arrays that it made: one for each.
  const field = (name: MomentsArray) => new StateResult({ ...source, dtype: "float64" })[name];
  const { run, ...holding } = await heldBy(source, field);
  const { logLikelihoods } = source.records;
  return new LeftMoments(new StateResult({ ...source, records: { logLikelihoods }, run }), holding);
}
