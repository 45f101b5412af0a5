/** The oracle of hidden Markov inference: all K^T paths, their joint log-probabilities, and sums over them. */

export interface Chain {
  readonly K: number;
  readonly T: number;
  /** π [K] */
  readonly initial: readonly number[];
  /** A_t[i][k] into step t ≥ 1 */
  readonly transition: (t: number) => readonly (readonly number[])[];
  /** log p(y_t | z_t = k) */
  readonly logLikelihood: (t: number, k: number) => number;
}

export interface Enumeration {
  /** Paths of all steps and log p(path, y). */
  readonly paths: readonly (readonly number[])[];
  readonly logJoints: readonly number[];
  /** log p(y_0:t) [T] */
  readonly logPrefixes: readonly number[];
  /** p(z_t = k | y_0:t+lag) [T][K] */
  readonly probs: (lag: number) => number[][];
  readonly predicted: number[][];
  /** p(z_t = i, z_t+1 = k | y) [T − 1][K][K] */
  readonly transitions: number[][][];
  /** The best path, of equal ones the one whose last differing state is lowest, as back-pointers choose it. */
  readonly best: { readonly path: readonly number[]; readonly logJoint: number };
}

/** log Σ exp */
export function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  return largest + Math.log(values.reduce((sum, v) => sum + Math.exp(v - largest), 0));
}

/** Everything by summing over paths; cost K^T for each of T prefixes. */
export function enumeratePaths({ K, T, initial, transition, logLikelihood }: Chain): Enumeration {
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  let paths: number[][] = [[]];
  for (let t = 0; t < T; t++) paths = paths.flatMap(path => range(K).map(k => [...path, k]));
  /** log p(z, y_0:end) of a path, with the prior of steps after end. */
  const joint = (path: readonly number[], end: number): number => {
    let sum = Math.log(initial[path[0]]);
    for (let t = 1; t < T; t++) sum += Math.log(transition(t)[path[t - 1]][path[t]]);
    for (let t = 0; t <= end; t++) sum += logLikelihood(t, path[t]);
    return Number.isNaN(sum) ? Number.NEGATIVE_INFINITY : sum;
  };
  const upTo = range(T).map(end => paths.map(path => joint(path, end)));
  const logPrefixes = upTo.map(logSumExp);
  const state = (logs: readonly number[], t: number): number[] => {
    const total = logSumExp(logs);
    return range(K).map(k => Math.exp(logSumExp(logs.filter((_, p) => paths[p][t] === k)) - total));
  };
  const prior = paths.map(path => joint(path, -1));
  const all = upTo[T - 1];
  const order = range(paths.length).sort((a, b) => {
    if (all[a] !== all[b]) return all[b] - all[a];
    for (let t = T - 1; t >= 0; t--) if (paths[a][t] !== paths[b][t]) return paths[a][t] - paths[b][t];
    return 0;
  });
  return {
    paths,
    logJoints: all,
    logPrefixes,
    probs: lag => range(T).map(t => state(upTo[Math.min(t + lag, T - 1)], t)),
    predicted: range(T).map(t => state(t === 0 ? prior : upTo[t - 1], t)),
    transitions: range(T - 1).map(t =>
      range(K).map(i =>
        range(K).map(k =>
          Math.exp(
            logSumExp(all.filter((_, p) => paths[p][t] === i && paths[p][t + 1] === k)) - logPrefixes[T - 1],
          ),
        ),
      ),
    ),
    best: { path: paths[order[0]], logJoint: all[order[0]] },
  };
}
