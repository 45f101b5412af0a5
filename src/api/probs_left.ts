/** filter() and smooth() of a hidden Markov model with their probabilities left on the GPU; loaded by parts.ts. */

import type { ProbsArray } from "../inference/index.ts";
import { HeldResult, heldBy, type Place, placeArrays } from "./gpu_result.ts";
import type { GpuHmmSmootherResult } from "./gpu_result_types.ts";
import type { HmmRequest } from "./hmm_backend.ts";
import { type HmmSource, HmmStateResult } from "./hmm_result.ts";

export { hmmLeftGpu } from "../inference/index.ts";

/** The engine that a call will use, and the arrays it will leave there. @throws DeviceError; LimitError */
export function placeProbs(
  call: string,
  engine: Place<ProbsArray>["engine"] | undefined,
  { kind, predicted }: HmmRequest,
  shape: readonly number[],
): Promise<Place<ProbsArray>> {
  const names = [
    "filteredProbs" as const,
    ...(predicted ? ["predictedProbs" as const] : []),
    ...(kind === "smooth" ? ["smoothedProbs" as const] : []),
  ];
  return placeArrays(call, engine, new Map(names.map(name => [name, shape])));
}

class LeftProbs extends HeldResult<ProbsArray, HmmStateResult> implements GpuHmmSmootherResult {
  get impossibleSteps(): Int32Array {
    return this.host.impossibleSteps;
  }
}

/** The result of what inferHmm() did for a place. @throws LimitError, DeviceError */
export async function leftProbs(source: HmmSource): Promise<GpuHmmSmootherResult> {
  // A result keeps the arrays that it made: one for each.
  const field = (name: ProbsArray) => new HmmStateResult({ ...source, dtype: "float64" })[name];
  const { run, ...holding } = await heldBy(source, field);
  const { logLikelihoods, ends } = source.records;
  return new LeftProbs(new HmmStateResult({ ...source, records: { logLikelihoods, ends }, run }), holding);
}
