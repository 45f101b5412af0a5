/** What is known of the variables of a function at a statement. */
import { join, type Mark, sameMark } from "./marks.ts";
import type { Variable } from "./tree.ts";

export type State = Map<Variable, readonly Mark[]>;

/** What is known after one of several ways. @param byX x chooses the way */
export function joinStates(states: readonly (State | null)[], byX: boolean): State | null {
  let all: State | null = null;
  for (const state of states) {
    if (!state) continue;
    if (!all) {
      all = state;
      continue;
    }
    const joined: State = new Map();
    for (const [variable, marks] of all) {
      const other = state.get(variable);
      // Declared on one way only: nothing after the join can name it.
      if (!other) continue;
      joined.set(variable, marks === other ? marks : marks.map((mark, k) => join(mark, other[k]!, byX)));
    }
    all = joined;
  }
  return all;
}

export function sameStates(a: State, b: State): boolean {
  for (const [variable, marks] of a) {
    const other = b.get(variable);
    if (other && marks !== other && !marks.every((mark, k) => sameMark(mark, other[k]!))) return false;
  }
  return true;
}
