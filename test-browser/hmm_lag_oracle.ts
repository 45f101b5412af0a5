/** A fixed-lag smoother as a textbook writes it: forwards once, then back from min(t + L, T − 1) for every t, in logarithms. */
import type { HmmCase } from "./hmm_oracle.ts";

const logSum = (values: readonly number[]): number => {
  const most = Math.max(...values);
  if (most === Number.NEGATIVE_INFINITY) return most;
  return most + Math.log(values.reduce((sum, v) => sum + Math.exp(v - most), 0));
};

/** p(z_t | y_0:min(t+L, T−1)) [T][K]. Needs every step to be possible. */
export function fixedLag({ initial, transition, logLikelihoods: ll }: HmmCase, lag: number): number[][] {
  const T = ll.length;
  const states = initial.map((_, k) => k);
  const logs = Array.from({ length: T }, (_, t) =>
    t === 0 ? [] : transition(t).map(row => row.map(value => Math.log(value))),
  );
  const alpha: number[][] = [];
  for (let t = 0; t < T; t++)
    alpha.push(
      states.map(
        k =>
          ll[t]![k]! +
          (t === 0 ? Math.log(initial[k]!) : logSum(states.map(i => alpha[t - 1]![i]! + logs[t]![i]![k]!))),
      ),
    );
  return alpha.map((row, t) => {
    let beta = states.map(() => 0);
    for (let e = Math.min(t + lag, T - 1); e > t; e--) {
      const after = beta;
      beta = states.map(i => logSum(states.map(k => logs[e]![i]![k]! + ll[e]![k]! + after[k]!)));
    }
    const joint = row.map((v, k) => v + beta[k]!);
    const total = logSum(joint);
    return joint.map(v => Math.exp(v - total));
  });
}
