import type { HmmBatchSource } from "./hmm_result.ts";

/**
 * Paths of states out of rows of numSteps, cut to `steps`, as states or as their regimes.
 * @param rows the first row, how many, and the steps to keep of each
 */
export function stateRows(
  states: Int32Array,
  { first, count, steps }: { readonly first: number; readonly count: number; readonly steps: number },
  {
    numSteps,
    byState,
    numRegimes,
    numStates,
    regimeOf,
  }: Pick<HmmBatchSource, "numSteps" | "byState" | "numRegimes" | "numStates" | "regimeOf">,
): Int32Array {
  const same = byState || numRegimes === numStates;
  if (same && steps === numSteps) return states.subarray(first * numSteps, (first + count) * numSteps);
  const data = new Int32Array(count * steps);
  for (let row = 0; row < count; row++)
    for (let t = 0; t < steps; t++) {
      const state = states[(first + row) * numSteps + t];
      data[row * steps + t] = same || state < 0 ? state : regimeOf[state];
    }
  return data;
}
