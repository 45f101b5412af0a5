/** How the probabilities of a problem are held in float32: what its zeros and its smallest entries allow. */
import type { HmmForm } from "../scan/index.ts";
import type { HmmProblem } from "./hmm_problem.ts";

export interface HmmFormChoice {
  readonly form: HmmForm;
  /** Scaled form: a positive entry so many bits below the largest of its row counts as lost; 0: none can matter. */
  readonly lostBits: number;
}

/** Entries of A down to this: mixing by A covers whatever a row loses. */
const SAFE_TRANSITION = 2 ** -90;
/** Fewer bits than this are not worth the check. */
const FEWEST_BITS = 24;

/**
 * With every entry of A at least 2^−90, a state that falls 2^126 below the largest is worth less than 2^−36 of what the next
 * transition brings it, whatever the observations say: nothing that is lost can matter. With zeros in A it can, so entries are
 * watched; entries too small for that are held with exponents of their own.
 */
export function chooseForm(problem: HmmProblem): HmmFormChoice {
  const { numStates: K, numSeries: N, lengths, initialProbs, transitionMatrix } = problem;
  let zero = false;
  let smallest = 1;
  const look = (data: Float64Array, from: number, count: number): void => {
    for (let i = from; i < from + count; i++) {
      const value = data[i]!;
      if (value > 0) smallest = Math.min(smallest, value);
      else zero = true;
    }
  };
  const { data, stepStride, seriesStride } = transitionMatrix;
  for (let s = 0; s < (seriesStride > 0 ? N : 1); s++) {
    const steps = stepStride > 0 ? (seriesStride > 0 ? lengths[s]! : problem.numSteps) : 2;
    for (let t = 1; t < steps; t++) look(data, s * seriesStride + t * stepStride, K * K);
  }
  const zeroInA = zero;
  const smallestInA = smallest;
  for (let s = 0; s < (initialProbs.seriesStride > 0 ? N : 1); s++)
    look(initialProbs.data, s * initialProbs.seriesStride, K);
  if (smallest < 2 ** -100) return { form: "extended", lostBits: 0 };
  if (!zeroInA && smallestInA >= SAFE_TRANSITION) return { form: "scaled", lostBits: 0 };
  const lostBits = Math.min(100, 124 + Math.floor(Math.log2(smallestInA)));
  return lostBits < FEWEST_BITS ? { form: "extended", lostBits: 0 } : { form: "scaled", lostBits };
}
