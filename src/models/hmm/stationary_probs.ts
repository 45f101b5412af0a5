import { ParameterError } from "../../engine/index.ts";
import { say } from "../say.ts";

/**
 * The stationary distribution π = π A of a chain, without subtractions: elimination of states, so that every entry has full
 * relative accuracy. States that the chain leaves for ever have probability 0.
 *
 * Source: Grassmann, Taksar & Heyman 1985, doi:10.1287/opre.33.5.1107.
 * @param a A [K, K] from `at`, rows summing to one
 * @throws ParameterError if there is more than one closed set of states, each with a stationary distribution of its own
 */
export function stationaryProbs(call: string, a: Float64Array, at: number, K: number): Float64Array {
  const closed = closedClasses(a, at, K);
  if (closed.length > 1) {
    const sets = closed.map(set => `{${set.join(", ")}}`).join(" and ");
    throw new ParameterError(
      say(
        call,
        "initialProbs",
        "a chain with one stationary distribution",
        `one that never leaves each of the sets of states ${sets}`,
        "Give initialProbs as numbers.",
      ),
    );
  }
  const states = closed[0];
  const n = states.length;
  const p = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) p[i * n + j] = a[at + states[i] * K + states[j]];
  for (let end = n; end > 1; end = Math.max(0, end - BLOCK)) {
    const start = Math.max(0, end - BLOCK);
    eliminateBlock(p, n, start, end);
    updateRest(p, n, start, end);
  }
  const weights = new Float64Array(n);
  weights[0] = 1;
  let total = 1;
  for (let k = 1; k < n; k++) {
    for (let i = 0; i < k; i++) weights[k] += weights[i] * p[i * n + k];
    total += weights[k];
  }
  const result = new Float64Array(K);
  for (let i = 0; i < n; i++) result[states[i]] = weights[i] / total;
  return result;
}

/** States that are eliminated together before the others hear of it, so that memory is passed over once for all of them. */
const BLOCK = 32;
/** Columns at a time: so many of the rows of a block stay in the cache. */
const COLUMNS = 256;

/**
 * Eliminates states end − 1 … start: column k becomes p(go to k) / p(leave k for a state below) of every state below, row k the way out
 * of k. Of the rest, states below start, only what stands in these rows and columns is brought up to date.
 */
function eliminateBlock(p: Float64Array, n: number, start: number, end: number): void {
  for (let k = end - 1; k >= Math.max(start, 1); k--) {
    for (let l = k + 1; l < end; l++) {
      const share = p[k * n + l];
      if (share !== 0) for (let j = 0; j < k; j++) p[k * n + j] += share * p[l * n + j];
    }
    let out = 0;
    for (let j = 0; j < k; j++) out += p[k * n + j];
    for (let i = 0; i < k; i++) {
      let sum = p[i * n + k];
      for (let l = k + 1; l < end; l++) sum += p[i * n + l] * p[l * n + k];
      p[i * n + k] = sum / out;
    }
  }
}

/** Adds to the steps between states below start those that go through states start … end − 1, four of them at a time. */
function updateRest(p: Float64Array, n: number, start: number, end: number): void {
  for (let from = 0; from < start; from += COLUMNS) {
    const to = Math.min(start, from + COLUMNS);
    for (let i = 0; i < start; i++) {
      let k = start;
      for (; k + 3 < end; k += 4) {
        const [at, a] = [i * n, i * n + k];
        const [p0, p1, p2, p3] = [p[a], p[a + 1], p[a + 2], p[a + 3]];
        if (p0 === 0 && p1 === 0 && p2 === 0 && p3 === 0) continue;
        const [r0, r1, r2, r3] = [k * n, (k + 1) * n, (k + 2) * n, (k + 3) * n];
        for (let j = from; j < to; j++)
          p[at + j] += p0 * p[r0 + j] + p1 * p[r1 + j] + (p2 * p[r2 + j] + p3 * p[r3 + j]);
      }
      for (; k < end; k++) {
        const share = p[i * n + k];
        for (let j = from; j < to; j++) p[i * n + j] += share * p[k * n + j];
      }
    }
  }
}

/** The sets of states that reach one another and nothing else, each ascending. */
function closedClasses(a: Float64Array, at: number, K: number): number[][] {
  /** The states that `from` leads to, or with `backward` those that lead to it; itself included. */
  const reach = (from: number, backward: boolean): Uint8Array => {
    const seen = new Uint8Array(K);
    const open = [from];
    seen[from] = 1;
    for (let i = open.pop(); i !== undefined; i = open.pop()) {
      for (let j = 0; j < K; j++) {
        if (seen[j] === 1 || !(a[at + (backward ? j * K + i : i * K + j)] > 0)) continue;
        seen[j] = 1;
        open.push(j);
      }
    }
    return seen;
  };
  const found: number[][] = [];
  const settled = new Uint8Array(K);
  for (let i = 0; i < K; i++) {
    if (settled[i] === 1) continue;
    // Go on to a state that does not lead back, until there is none: the states reached from there are closed.
    for (let state = i; ; ) {
      const forward = reach(state, false);
      const backward = reach(state, true);
      const next = forward.findIndex((seen, j) => seen === 1 && backward[j] === 0);
      if (next < 0) {
        found.push([...forward.keys()].filter(j => forward[j] === 1));
        for (let j = 0; j < K; j++) if (backward[j] === 1) settled[j] = 1;
        break;
      }
      state = next;
    }
  }
  return found;
}
