/** Makes a problem fit for float32 before it is rounded, and puts its results back into the units of the problem. */
import { centre, uncentre } from "./centre.ts";
import type { KalmanSmootherRecords, LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { scaled, scalesOf, unscaled } from "./scale_states.ts";

type Records = Partial<KalmanSmootherRecords> & Pick<KalmanSmootherRecords, "logLikelihoods">;

/** z = 2^exponents (c + z'), z' the states of the problem that is run. */
export interface Units {
  /** [n]; absent: all 0. */
  readonly exponents?: Int32Array;
  /** c [N, n]; absent: all 0. */
  readonly centres?: Float64Array;
}

export interface Conditioned {
  readonly problem: LinearGaussianProblem;
  readonly units: Units;
  /** Records of `problem` as records of the problem that was given. */
  readonly undo: <R extends Records>(records: R) => R;
}

/** Scales by powers of two where float32 would leave its range, and takes off a constant level where data are far from 0. */
export function condition(given: LinearGaussianProblem): Conditioned {
  const scales = scalesOf(given);
  const inRange = scales ? scaled(given, scales) : given;
  const { problem, centres } = centre(inRange);
  return {
    problem,
    units: { ...(scales && { exponents: scales.states }), ...(centres && { centres }) },
    undo: records => {
      const whole = centres
        ? {
            ...records,
            filtered: uncentre(records.filtered, centres, problem),
            predicted: uncentre(records.predicted, centres, problem),
            smoothed: uncentre(records.smoothed, centres, problem),
          }
        : records;
      return scales ? unscaled(whole, given, scales) : whole;
    },
  };
}
