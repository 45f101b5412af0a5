/**
 * Hidden Markov inference as a textbook writes it, in logarithms and float64, one series: Rabiner 1989. Independent of the code
 * under test: it takes dense arrays and knows no problem, no scaling and no chunks.
 */

/** π [K], A at every step [T][K][K] (t = 0 unused), log-likelihoods [T][K]. */
export interface HmmCase {
  readonly initial: readonly number[];
  readonly transition: (t: number) => readonly (readonly number[])[];
  readonly logLikelihoods: readonly (readonly number[])[];
}

export interface HmmOracle {
  readonly filtered: number[][];
  readonly predicted: number[][];
  readonly smoothed: number[][];
  /** [T − 1][K][K] p(z_t = i, z_t+1 = k | y) */
  readonly transitions: number[][][];
  readonly logLikelihoods: number[];
}

const logSum = (values: readonly number[]): number => {
  const most = Math.max(...values);
  if (most === Number.NEGATIVE_INFINITY) return most;
  return most + Math.log(values.reduce((sum, v) => sum + Math.exp(v - most), 0));
};

/** Forward and backward recursions. Needs every step to be possible. */
export function forwardBackward({ initial, transition, logLikelihoods: ll }: HmmCase): HmmOracle {
  const T = ll.length;
  const K = initial.length;
  const states = Array.from({ length: K }, (_, k) => k);
  const logs = Array.from({ length: T }, (_, t) =>
    t === 0 ? [] : transition(t).map(row => row.map(value => Math.log(value))),
  );
  const alpha: number[][] = [];
  const predicted: number[][] = [];
  const totals: number[] = [];
  for (let t = 0; t < T; t++) {
    const before = states.map(k =>
      t === 0 ? Math.log(initial[k]!) : logSum(states.map(i => alpha[t - 1]![i]! + logs[t]![i]![k]!)),
    );
    predicted.push(before.map(v => Math.exp(v)));
    const joint = states.map(k => before[k]! + ll[t]![k]!);
    totals.push(logSum(joint));
    alpha.push(joint.map(v => v - totals[t]!));
  }
  const beta: number[][] = Array.from({ length: T }, () => states.map(() => 0));
  for (let t = T - 2; t >= 0; t--)
    beta[t] = states.map(
      i => logSum(states.map(k => logs[t + 1]![i]![k]! + ll[t + 1]![k]! + beta[t + 1]![k]!)) - totals[t + 1]!,
    );
  return {
    filtered: alpha.map(row => row.map(v => Math.exp(v))),
    predicted,
    smoothed: alpha.map((row, t) => row.map((v, k) => Math.exp(v + beta[t]![k]!))),
    transitions: Array.from({ length: T - 1 }, (_, t) =>
      states.map(i =>
        states.map(k =>
          Math.exp(alpha[t]![i]! + logs[t + 1]![i]![k]! + ll[t + 1]![k]! + beta[t + 1]![k]! - totals[t + 1]!),
        ),
      ),
    ),
    logLikelihoods: totals,
  };
}

/** log p(z, y) of a path. */
export function logJoint(
  { initial, transition, logLikelihoods: ll }: HmmCase,
  path: readonly number[],
): number {
  return path.reduce(
    (sum, k, t) => sum + ll[t]![k]! + Math.log(t === 0 ? initial[k]! : transition(t)[path[t - 1]!]![k]!),
    0,
  );
}

/** The most probable path, and by how much it beats the best path through another state at each step [T][K]. */
export function viterbi({ initial, transition, logLikelihoods: ll }: HmmCase): {
  path: number[];
  best: number;
} {
  const T = ll.length;
  const states = initial.map((_, k) => k);
  let score = states.map(k => Math.log(initial[k]!) + ll[0]![k]!);
  const from: number[][] = [[]];
  for (let t = 1; t < T; t++) {
    const A = transition(t);
    const pointers: number[] = [];
    score = states.map(k => {
      const values = states.map(i => score[i]! + Math.log(A[i]![k]!));
      const best = Math.max(...values);
      pointers.push(values.indexOf(best));
      return best + ll[t]![k]!;
    });
    from.push(pointers);
  }
  const best = Math.max(...score);
  const path = [score.indexOf(best)];
  for (let t = T - 1; t > 0; t--) path.unshift(from[t]![path[0]!]!);
  return { path, best };
}
