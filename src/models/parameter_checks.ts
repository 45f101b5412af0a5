/** Checks over whole parameters that every model with covariances makes. */
import { ShapeError } from "../engine/index.ts";
import type { Field } from "../inference/index.ts";
import { covarianceFactor, symmetrise } from "./covariance_factor.ts";
import type { Parameter } from "./parameter.ts";
import { say } from "./say.ts";

/** The common length of an axis over all parameters that have it. */
export function commonLength(
  call: string,
  named: readonly (readonly [string, Parameter])[],
  axis: "numSteps" | "numSeries",
  label: string,
): number | undefined {
  let first: readonly [string, number] | undefined;
  for (const [path, value] of named) {
    const size = value[axis];
    if (size === undefined) continue;
    first ??= [path, size];
    if (size !== first[1]) {
      throw new ShapeError(
        say(
          call,
          path,
          `a ${label} of ${first[1]} as in ${first[0]}`,
          `${size}`,
          "Give all parameters the same.",
        ),
      );
    }
  }
  return first?.[1];
}

/** Symmetrises every covariance and returns their factors. */
export function covarianceFactors(
  call: string,
  path: string,
  covariance: Parameter,
  n: number,
  skipFirst: boolean,
): Field {
  const data = new Float64Array(covariance.data.length);
  const steps = covariance.numSteps ?? 1;
  for (let i = 0; i < data.length / (n * n); i++) {
    const t = i % steps;
    if (skipFirst && steps > 1 && t === 0) continue;
    const where = data.length === n * n ? path : `${path} (number ${i})`;
    symmetrise(call, where, covariance.data, i * n * n, n);
    covarianceFactor(call, where, covariance.data, i * n * n, n, data, i * n * n);
  }
  return { data, stepStride: covariance.stepStride, seriesStride: covariance.seriesStride };
}
