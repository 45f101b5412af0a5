/**
 * What every family of emission distributions does for a hidden Markov model: it reads its parameters, checks data,
 * gives densities to inference, draws, and gives moments and sufficient statistics.
 */
import type { NDArray } from "../../../engine/index.ts";
import type { CounterRandom, Emissions } from "../../../inference/index.ts";

/** Observations and inputs of all series, as families read them. */
export interface EmissionData {
  /** y [N, T, m], NaN where missing and past the end of a series */
  readonly observations: Float64Array;
  readonly numSeries: number;
  readonly numSteps: number;
  /** [N] */
  readonly lengths: Uint32Array;
  /** u [N or 1, T, d]; stride 0 when all series share them */
  readonly inputs?: { readonly data: Float64Array; readonly seriesStride: number };
  /** How error texts call the entry of a series, step and channel. */
  readonly where: (series: number, step: number, channel: number) => string;
}

/** One step of one series: where its row of observations and of inputs is. */
export interface Row {
  /** y_t is observations[at … at + m − 1], y_{t−1} the m entries before; NaN = missing. */
  readonly observations: Float64Array;
  readonly at: number;
  /** t */
  readonly step: number;
  /** u_t is inputs[inputsAt … inputsAt + d − 1]. */
  readonly inputs?: Float64Array;
  readonly inputsAt: number;
}

/** p(y_t | regime e), e = 0 … E−1, with its parameters checked. Arrays are not to be changed. */
export interface EmissionFamily {
  /** Its name in documents. */
  readonly family: string;
  /** E */
  readonly numEmissions: number;
  /** m */
  readonly emissionDim: number;
  /** d; 0 when it takes no inputs */
  readonly inputDim: number;
  /** How many steps back it looks; 0 but for autoregressions. */
  readonly lags: number;
  /** Its observations may be −Infinity. */
  readonly infinities?: boolean;
  /** The checked parameters by name. */
  readonly parameters: Readonly<Record<string, NDArray>>;
  /** The JSON of `emissions` in a model document. Absent: it cannot be written (densities given as functions). */
  readonly document?: () => Record<string, unknown>;
  /** Loads what the densities take; to be called before bind() and logDensity(). Absent: nothing. */
  readonly load?: (call: string) => Promise<void>;
  /**
   * The densities of given data, for inference.
   * @throws DataError where an entry cannot come from the family: not a count, out of range, …
   */
  bind(call: string, data: EmissionData): Emissions;
  /** log p(y_t | e), nats, of a row; missing entries are integrated out, 0 where nothing is observed. */
  logDensity(e: number, row: Row): number;
  /** Draws y_t into its row. Absent: it cannot be drawn from. */
  readonly sample?: (e: number, row: Row, random: CounterRandom) => void;
  /** E(y_t | e) [m]; NaN where there is no mean. Absent: not known. */
  readonly mean?: (e: number, row: Row, out: Float64Array, at: number) => void;
  /** Cov(y_t | e) [m, m]; Infinity or NaN where there is none. Absent: not known. */
  readonly covariance?: (e: number, row: Row, out: Float64Array, at: number) => void;
  /** p(y_t,i = c | e) [m, C], for categories only. */
  readonly categoryProbs?: (e: number, row: Row, out: Float64Array, at: number) => void;
  /**
   * Expected sufficient statistics: sums over all steps of all series of p(e | y) × the statistics named in docs/hmm.md.
   * @param probs p(z_t in e | y) [N, T, E]; not read past the end of a series
   */
  readonly sufficientStatistics?: (data: EmissionData, probs: Float64Array) => Record<string, NDArray>;
}

/** Where a family is read from: the call and the path of its parameters, for error texts. */
export interface FamilyContext {
  readonly call: string;
  /** e.g. "emissions." */
  readonly path: string;
  /** E */
  readonly numEmissions: number;
  /** Sizes that other parts of the model fix, such as d of the transitions. */
  readonly sizes?: Readonly<Record<string, number>>;
}

/** How a family is made from what a user gives. */
export interface FamilyDefinition {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
  readonly make: (context: FamilyContext, given: Readonly<Record<string, unknown>>) => EmissionFamily;
}

/** log 2π */
export const LOG_2PI = Math.log(2 * Math.PI);
