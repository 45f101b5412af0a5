/** What a family of emissions is: a distribution of an observation given θ = g(z, u, t), by its first two moments and its density. */
import type { CounterRandom } from "../../inference/index.ts";

/** Names of the families, and for each its constants. */
export interface FamilyParameters {
  /** θ: rates [m]; counts */
  readonly poisson: object;
  /** θ: probabilities [m]; 0 or 1 */
  readonly bernoulli: object;
  /** θ: probabilities [m]; counts up to trials */
  readonly binomial: { readonly trials: number };
  /** θ: means [m]; counts of variance μ + μ²/size */
  readonly "negative-binomial": { readonly size: number };
  /** θ: means [m]; positive numbers of variance μ²/concentration */
  readonly gamma: { readonly concentration: number };
  /** θ: locations [m]; dof > 2, so that there is a variance */
  readonly "student-t": { readonly dof: number; readonly scale: number };
  /** θ: mean directions [m], radians; angles, seen as (cos y, sin y) */
  readonly "von-mises": { readonly concentration: number };
  /** θ: probabilities [C]; one category 0 … C − 1 in one column, seen as indicators of all but the last */
  readonly categorical: object;
}

export type FamilyName = keyof FamilyParameters;

/** Moments of the statistics s(y) [k] given θ [r]. */
export interface Family {
  readonly name: FamilyName;
  /** Columns of the data. */
  readonly dataDim: number;
  /** k, statistics of y. */
  readonly statisticDim: number;
  /** out [k] = E s(y) */
  mean(out: Float64Array, theta: Float64Array): void;
  /** out [k · r] = ∂E s(y)/∂θ */
  slope(out: Float64Array, theta: Float64Array): void;
  /** out [k · k], C with C C' = Cov s(y); false outside of the domain of θ */
  root(out: Float64Array, theta: Float64Array): boolean;
  /** s(y) of one row of data; a missing entry makes its statistics NaN. @returns what y should have been, where it is none */
  encode(out: Float64Array, y: Float64Array): string | undefined;
  /** log p(y | θ), nats, of the entries that are there; NaN outside of the domain of θ */
  logDensity(theta: Float64Array, y: Float64Array): number;
  /** y [dataDim] */
  draw(out: Float64Array, theta: Float64Array, random: CounterRandom): void;
}
