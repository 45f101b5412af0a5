/** Makes the function of a case. */

import { wgslFunction } from "../index.ts";
import type { FunctionSizes, VectorFunction } from "../vector_function.ts";
import type { WgslCase } from "./wgsl_flows.ts";

export const sizesOf = (given: WgslCase): { n: number; m: number } & FunctionSizes => ({
  n: given.x.length,
  m: given.m,
  stateDim: given.x.length,
  outputDim: given.m,
  inputDim: given.u?.length ?? 0,
  numParameters: given.p?.length ?? 0,
});

export function make(given: WgslCase): Promise<VectorFunction> {
  const { stateDim, inputDim, numParameters, outputDim } = sizesOf(given);
  const { code, entry = "f" } = given;
  return wgslFunction({
    source: "dynamics.wgsl",
    code,
    entry,
    stateDim,
    inputDim,
    numParameters,
    outputDim,
  });
}
