/** The float64 twins of the hidden Markov elements, on matrices that do not commute. */
import { expect, suite, test } from "vitest";
import { hmmFilter, type ScaledMatrix } from "./hmm_filter.ts";
import { hmmMaxPlus } from "./hmm_max_plus.ts";
import { indexMap } from "./index_map.ts";

const K = 3;
let seed = 1;
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

/** A transition matrix with a zero, and log-likelihoods that differ by tens of thousands of nats. */
const step = (): { A: number[]; ll: number[] } => {
  const A = Array.from({ length: K * K }, (_, at) => (at === 5 ? 0 : 0.1 + random()));
  for (let i = 0; i < K; i++) {
    const sum = A.slice(i * K, (i + 1) * K).reduce((a, b) => a + b, 0);
    for (let k = 0; k < K; k++) A[i * K + k] = A[i * K + k]! / sum;
  }
  return { A, ll: Array.from({ length: K }, () => -30_000 * random()) };
};

/** log2 p[i, k], with −Infinity as a number far below. */
const logs = ({ size, x, e }: ScaledMatrix): number[] =>
  Array.from(x, (v, at) => (v === 0 ? -1e9 : Math.log2(v) + e[Math.floor(at / size)]!));

/** float64 rounding of logarithms of size 1e5. */
const DIGITS = 8;
const close = (a: readonly number[], b: readonly number[]): void => {
  a.forEach((v, i) => {
    expect(v).toBeCloseTo(b[i]!, DIGITS);
  });
};

suite("hmm_filter twin", () => {
  const [a, b, c] = [step(), step(), step()].map(({ A, ll }) => hmmFilter.leaf(A, ll)) as [
    ScaledMatrix,
    ScaledMatrix,
    ScaledMatrix,
  ];
  test("has an identity, is associative and does not commute", () => {
    close(logs(hmmFilter.combine(a, hmmFilter.identity(K))), logs(a));
    close(logs(hmmFilter.combine(hmmFilter.identity(K), a)), logs(a));
    close(
      logs(hmmFilter.combine(hmmFilter.combine(a, b), c)),
      logs(hmmFilter.combine(a, hmmFilter.combine(b, c))),
    );
    expect(logs(hmmFilter.combine(a, b))[0]).not.toBeCloseTo(logs(hmmFilter.combine(b, a))[0]!, 3);
  });
  test("a row of a fold is the filter from that state, with its log-likelihood", () => {
    const steps = [step(), step(), step()].map(({ A, ll }) => ({ A, ll: ll.map(v => v / 3000) }));
    const whole = steps.map(({ A, ll }) => hmmFilter.leaf(A, ll)).reduce(hmmFilter.combine);
    for (let start = 0; start < K; start++) {
      let p = Array.from({ length: K }, (_, k) => Number(k === start));
      let logLikelihood = 0;
      for (const { A, ll } of steps) {
        const joint = p.map((_, k) => Math.exp(ll[k]!) * p.reduce((sum, v, i) => sum + v * A[i * K + k]!, 0));
        const sum = joint.reduce((x, y) => x + y, 0);
        logLikelihood += Math.log(sum);
        p = joint.map(v => v / sum);
      }
      const unit = Array.from({ length: K }, (_, k) => Number(k === start));
      const got = hmmFilter.apply(whole, unit);
      expect(got.logLikelihood).toBeCloseTo(logLikelihood, DIGITS);
      close([...got.probs], p);
    }
  });
  test("keeps a row whose weight is a thousandth of a thousandth of another's, many times over", () => {
    const whole = Array.from({ length: 50 }, () => hmmFilter.leaf([1, 0, 0, 1], [0, -1000])).reduce(
      hmmFilter.combine,
    );
    expect(logs(whole)[3]).toBeCloseTo(-50_000 * Math.LOG2E, 6);
    expect(hmmFilter.apply(whole, [0, 1]).logLikelihood).toBeCloseTo(-50_000, 6);
  });
  test("a step that no state allows is a matrix of zeros", () => {
    const none = hmmFilter.leaf([0.5, 0.5, 0.5, 0.5], [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    const before = hmmFilter.combine(hmmFilter.identity(2), none);
    expect([...before.x, ...before.e]).toEqual([
      0,
      0,
      0,
      0,
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
  });
});

suite("hmm_max_plus twin", () => {
  const [a, b, c] = [step(), step(), step()].map(({ A, ll }) => hmmMaxPlus.leaf(A, ll));
  const finite = (scores: Float64Array): number[] => [...scores].map(v => Math.max(v, -1e9));
  test("has an identity, is associative, and its fold is Viterbi's recursion", () => {
    close(finite(hmmMaxPlus.combine(a!, hmmMaxPlus.identity(K)).scores), finite(a!.scores));
    close(finite(hmmMaxPlus.combine(hmmMaxPlus.identity(K), a!).scores), finite(a!.scores));
    const left = hmmMaxPlus.combine(hmmMaxPlus.combine(a!, b!), c!);
    close(finite(left.scores), finite(hmmMaxPlus.combine(a!, hmmMaxPlus.combine(b!, c!)).scores));
    const V = [-1, -2, -3];
    const steps = [a!, b!, c!].reduce<ArrayLike<number>>((v, leaf) => hmmMaxPlus.apply(leaf, v), V);
    close([...hmmMaxPlus.apply(left, V)], Array.from(steps));
  });
});

suite("index_map twin", () => {
  const [f, g, h] = [
    [1, 2, 2, 0],
    [3, 0, 1, 1],
    [2, 2, 3, 0],
  ].map(map => Uint32Array.from(map)) as [Uint32Array, Uint32Array, Uint32Array];
  test("has an identity, is associative, and goes back step by step", () => {
    expect(indexMap.combine(f, indexMap.identity(4))).toEqual(f);
    expect(indexMap.combine(indexMap.identity(4), f)).toEqual(f);
    const whole = indexMap.combine(indexMap.combine(f, g), h);
    expect(whole).toEqual(indexMap.combine(f, indexMap.combine(g, h)));
    for (let k = 0; k < 4; k++) expect(indexMap.apply(whole, k)).toBe(f[g[h[k]!]!]);
    expect(indexMap.combine(f, g)).not.toEqual(indexMap.combine(g, f));
  });
});
