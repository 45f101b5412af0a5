/** P(Y < y) and P(Y > y) of one entry of an observation given θ, each with all its digits where it is small. */
import { betaDistribution, lowerGamma, normalTail, upperGamma } from "../../inference/index.ts";
import type { FamilyName } from "./family.ts";

/** out = [P(Y < y), P(Y > y)]; NaN outside of the domain of θ */
export type TailProbs = (out: Float64Array, theta: number, y: number) => void;

/** Of whole numbers 0 … most. @param below P(Y < k), k ≥ 1; @param reaches P(Y ≥ k), k ≥ 1 */
const counted =
  (
    below: (theta: number, k: number) => number,
    reaches: (theta: number, k: number) => number,
    most = Number.POSITIVE_INFINITY,
  ): TailProbs =>
  (out, theta, y) => {
    out[0] = y === 0 ? 0 : below(theta, y);
    out[1] = y === most ? 0 : reaches(theta, y + 1);
  };

const binomialTails = (trials: number): TailProbs =>
  counted(
    (p, k) => betaDistribution(1 - p, trials - k + 1, k),
    (p, k) => betaDistribution(p, k, trials - k + 1),
    trials,
  );

/** @param tail P(Y > |x|) of a density that is symmetric around 0 */
function symmetric(out: Float64Array, x: number, tail: number): void {
  out[0] = x < 0 ? tail : 1 - tail;
  out[1] = x < 0 ? 1 - tail : tail;
}

/** Families whose entries lie on a line. */
export const TAIL_PROBS: {
  readonly [Name in FamilyName]?: (constants: Readonly<Record<string, number>>) => TailProbs;
} = {
  poisson: () =>
    counted(
      (rate, k) => (rate === 0 ? 1 : upperGamma(k, rate)),
      (rate, k) => (rate === 0 ? 0 : lowerGamma(k, rate)),
    ),
  bernoulli: () => binomialTails(1),
  binomial: ({ trials }) => binomialTails(trials),
  "negative-binomial": ({ size }) =>
    counted(
      (mean, k) => betaDistribution(size / (size + mean), size, k),
      (mean, k) => betaDistribution(mean / (size + mean), k, size),
    ),
  gamma:
    ({ concentration: c }) =>
    (out, mean, y) => {
      const x = mean > 0 ? (c * y) / mean : Number.NaN;
      out[0] = lowerGamma(c, x);
      out[1] = upperGamma(c, x);
    },
  "student-t":
    ({ dof, scale }) =>
    (out, location, y) => {
      const x = (y - location) / scale;
      symmetric(out, x, 0.5 * betaDistribution(dof / (dof + x * x), dof / 2, 0.5));
    },
};

export const normalTails = (out: Float64Array, x: number): void => symmetric(out, x, normalTail(Math.abs(x)));
