/** The float64 twins: identity, associativity on operators that do not commute, and the recursion they stand for. */
import { expect, suite, test } from "vitest";
import { affine } from "./affine.ts";
import {
  add,
  type Dense,
  dense,
  identity,
  multiply,
  solveLeft,
  subtract,
  transpose,
  tria,
  zeros,
} from "./dense.ts";
import { type Gaussian, type KalmanFilterElement, type KalmanStep, kalmanFilter } from "./kalman_filter.ts";
import { type KalmanFilterCovarianceElement, kalmanFilterCovariance } from "./kalman_filter_covariance.ts";
import { type KalmanSmootherElement, kalmanSmoother } from "./kalman_smoother.ts";
import {
  type KalmanSmootherCovarianceElement,
  kalmanSmootherCovariance,
} from "./kalman_smoother_covariance.ts";
import { kalmanTwoFilter } from "./kalman_two_filter.ts";

/** Seeded uniform numbers in (−1, 1), by a linear congruence. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 1073741824 - 1;
  };
}

const n = 3;
const m = 2;
const next = numbers(11);
const matrix = (r: number, c: number): Dense => dense(r, c, next);
const lower = (k: number): Dense =>
  dense(k, k, (i, j) => (j > i ? 0 : i === j ? 0.5 + Math.abs(next()) : next()));
const step = (): KalmanStep => ({
  F: matrix(n, n),
  b: matrix(n, 1),
  Lq: lower(n),
  H: matrix(m, n),
  Lr: lower(m),
  y: matrix(m, 1),
});
const square = (L: Dense): Dense => multiply(L, transpose(L));
const close = (a: Dense, b: Dense): void => {
  for (let i = 0; i < a.data.length; i++) expect(a.data[i]).toBeCloseTo(b.data[i]!, 10);
};
const sameFilter = (a: KalmanFilterElement, b: KalmanFilterElement): void => {
  close(a.A, b.A);
  close(a.b, b.b);
  close(square(a.U), square(b.U));
  close(a.eta, b.eta);
  close(square(a.Z), square(b.Z));
};
const sameSmoother = (a: KalmanSmootherElement, b: KalmanSmootherElement): void => {
  close(a.E, b.E);
  close(a.g, b.g);
  close(square(a.D), square(b.D));
};

/** Cholesky-free textbook step in covariance form, m = 2 inverted by hand. */
function textbook({ F, b, Lq, H, Lr, y }: KalmanStep, mean: Dense, P: Dense): { mean: Dense; P: Dense } {
  const m1 = add(multiply(F, mean), b);
  const P1 = add(multiply(multiply(F, P), transpose(F)), square(Lq));
  const S = add(multiply(multiply(H, P1), transpose(H)), square(Lr));
  const [a, c, , d] = S.data as unknown as [number, number, number, number];
  const inverse = dense(
    2,
    2,
    (i, j) =>
      [
        [d, -c],
        [-c, a],
      ][i]![j]! /
      (a * d - c * c),
  );
  const K = multiply(multiply(P1, transpose(H)), inverse);
  return {
    mean: add(m1, multiply(K, subtract(y, multiply(H, m1)))),
    P: subtract(P1, multiply(multiply(K, S), transpose(K))),
  };
}

suite("tria()", () => {
  test("is a lower factor of A Aᵀ, also of a singular one", () => {
    const A = matrix(3, 5);
    close(square(tria(A)), multiply(A, transpose(A)));
    const rankOne = multiply(matrix(3, 1), matrix(1, 4));
    close(square(tria(rankOne)), multiply(rankOne, transpose(rankOne)));
  });
});

suite("affine twin", () => {
  const [a, b, c] = [1, 2, 3].map(() => ({ A: matrix(n, n), b: matrix(n, 1) })) as [never, never, never];
  test("has an identity, is associative and does not commute", () => {
    close(affine.combine(affine.identity(n), a).A, (a as { A: Dense }).A);
    close(affine.combine(a, affine.identity(n)).b, (a as { b: Dense }).b);
    const left = affine.combine(affine.combine(a, b), c);
    const right = affine.combine(a, affine.combine(b, c));
    close(left.A, right.A);
    close(left.b, right.b);
    expect(Math.abs(affine.combine(a, b).b.data[0]! - affine.combine(b, a).b.data[0]!)).toBeGreaterThan(1e-3);
  });
});

suite("kalman_filter twin", () => {
  const steps = [step(), step(), step(), step()];
  const leaves = steps.map(kalmanFilter.leaf);
  test("has an identity and is associative", () => {
    const [a, b, c] = leaves as [KalmanFilterElement, KalmanFilterElement, KalmanFilterElement];
    sameFilter(kalmanFilter.combine(kalmanFilter.identity(n), a), a);
    sameFilter(kalmanFilter.combine(a, kalmanFilter.identity(n)), a);
    sameFilter(
      kalmanFilter.combine(kalmanFilter.combine(a, b), c),
      kalmanFilter.combine(a, kalmanFilter.combine(b, c)),
    );
  });
  test("applied to a state it is the Kalman filter", () => {
    const state: Gaussian = { mean: matrix(n, 1), factor: lower(n) };
    let slow = { mean: state.mean, P: square(state.factor) };
    for (const s of steps) slow = textbook(s, slow.mean, slow.P);
    const whole = kalmanFilter.apply(leaves.reduce(kalmanFilter.combine), state);
    close(whole.mean, slow.mean);
    close(square(whole.factor), slow.P);
  });
  test("a step that sees nothing and moves nothing is the identity", () => {
    const still = kalmanFilter.leaf({
      F: identity(n),
      b: zeros(n, 1),
      Lq: zeros(n, n),
      H: zeros(m, n),
      Lr: identity(m),
      y: zeros(m, 1),
    });
    sameFilter(still, kalmanFilter.identity(n));
  });
});

suite("kalman_smoother twin", () => {
  const leaf = () =>
    kalmanSmoother.leaf({ mean: matrix(n, 1), factor: lower(n) }, matrix(n, n), matrix(n, 1), lower(n));
  const [a, b, c] = [leaf(), leaf(), leaf()];
  test("has an identity and is associative", () => {
    sameSmoother(kalmanSmoother.combine(kalmanSmoother.identity(n), a), a);
    sameSmoother(kalmanSmoother.combine(a, kalmanSmoother.identity(n)), a);
    sameSmoother(
      kalmanSmoother.combine(kalmanSmoother.combine(a, b), c),
      kalmanSmoother.combine(a, kalmanSmoother.combine(b, c)),
    );
  });
  test("applied to the next state's moments it conditions on them", () => {
    const [mean, factor, F, bias, Lq] = [matrix(n, 1), lower(n), matrix(n, n), matrix(n, 1), lower(n)];
    const later: Gaussian = { mean: matrix(n, 1), factor: lower(n) };
    const got = kalmanSmoother.apply(kalmanSmoother.leaf({ mean, factor }, F, bias, Lq), later);
    // E = P Fᵀ (P⁻)⁻¹ checked through E P⁻ = P Fᵀ.
    const { E } = kalmanSmoother.leaf({ mean, factor }, F, bias, Lq);
    const P = square(factor);
    const ahead = add(multiply(multiply(F, P), transpose(F)), square(Lq));
    close(multiply(E, ahead), multiply(P, transpose(F)));
    close(got.mean, add(mean, multiply(E, subtract(later.mean, add(multiply(F, mean), bias)))));
    close(
      square(got.factor),
      add(P, multiply(multiply(E, subtract(square(later.factor), ahead)), transpose(E))),
    );
  });
});

suite("covariance-form twins", () => {
  const steps = [step(), step(), step(), step()];
  const leaves = steps.map(({ Lq, Lr, ...given }) =>
    kalmanFilterCovariance.leaf({ ...given, Q: square(Lq), R: square(Lr) }),
  );
  const same = (a: KalmanFilterCovarianceElement, b: KalmanFilterCovarianceElement): void => {
    for (const key of ["A", "b", "C", "eta", "J"] as const) close(a[key], b[key]);
  };
  const sameBackward = (a: KalmanSmootherCovarianceElement, b: KalmanSmootherCovarianceElement): void => {
    for (const key of ["E", "g", "L"] as const) close(a[key], b[key]);
  };

  test("solveLeft() solves, also where the first pivot is zero", () => {
    const A = dense(3, 3, (i, j) => (i === j ? 0 : 1 + i + 2 * j));
    const B = matrix(3, 2);
    close(multiply(A, solveLeft(A, B)), B);
  });
  test("the filter's has an identity and is associative", () => {
    const [a, b, c] = leaves as [
      KalmanFilterCovarianceElement,
      KalmanFilterCovarianceElement,
      KalmanFilterCovarianceElement,
    ];
    same(kalmanFilterCovariance.combine(kalmanFilterCovariance.identity(n), a), a);
    same(kalmanFilterCovariance.combine(a, kalmanFilterCovariance.identity(n)), a);
    same(
      kalmanFilterCovariance.combine(kalmanFilterCovariance.combine(a, b), c),
      kalmanFilterCovariance.combine(a, kalmanFilterCovariance.combine(b, c)),
    );
  });
  test("the filter's is the square-root element squared, leaf and combined", () => {
    const roots = steps.map(kalmanFilter.leaf);
    for (const [root, plain] of [
      [roots[0]!, leaves[0]!],
      [roots.reduce(kalmanFilter.combine), leaves.reduce(kalmanFilterCovariance.combine)],
    ] as const) {
      close(plain.A, root.A);
      close(plain.b, root.b);
      close(plain.C, square(root.U));
      close(plain.eta, root.eta);
      close(plain.J, square(root.Z));
    }
  });
  test("applied to a state the filter's is the Kalman filter", () => {
    const state = { mean: matrix(n, 1), covariance: square(lower(n)) };
    let slow = { mean: state.mean, P: state.covariance };
    for (const s of steps) slow = textbook(s, slow.mean, slow.P);
    const whole = kalmanFilterCovariance.apply(leaves.reduce(kalmanFilterCovariance.combine), state);
    close(whole.mean, slow.mean);
    close(whole.covariance, slow.P);
  });
  test("the smoother's has an identity, is associative and is the square-root element squared", () => {
    const given = [1, 2, 3].map(
      () => [matrix(n, 1), lower(n), matrix(n, n), matrix(n, 1), lower(n)] as const,
    );
    const [a, b, c] = given.map(([mean, U, F, bias, Lq]) =>
      kalmanSmootherCovariance.leaf({ mean, covariance: square(U) }, F, bias, square(Lq)),
    ) as [KalmanSmootherCovarianceElement, KalmanSmootherCovarianceElement, KalmanSmootherCovarianceElement];
    sameBackward(kalmanSmootherCovariance.combine(kalmanSmootherCovariance.identity(n), a), a);
    sameBackward(kalmanSmootherCovariance.combine(a, kalmanSmootherCovariance.identity(n)), a);
    const whole = kalmanSmootherCovariance.combine(a, kalmanSmootherCovariance.combine(b, c));
    sameBackward(kalmanSmootherCovariance.combine(kalmanSmootherCovariance.combine(a, b), c), whole);
    const root = given
      .map(([mean, factor, F, bias, Lq]) => kalmanSmoother.leaf({ mean, factor }, F, bias, Lq))
      .reduce(kalmanSmoother.combine);
    close(whole.E, root.E);
    close(whole.g, root.g);
    close(whole.L, square(root.D));
    const later = { mean: matrix(n, 1), factor: lower(n) };
    const applied = kalmanSmootherCovariance.apply(whole, {
      mean: later.mean,
      covariance: square(later.factor),
    });
    const expected = kalmanSmoother.apply(root, later);
    close(applied.mean, expected.mean);
    close(applied.covariance, square(expected.factor));
  });
});

suite("kalman_two_filter twin", () => {
  const steps = [step(), step(), step()];
  const leaves = steps.map(kalmanFilter.leaf) as [
    KalmanFilterElement,
    KalmanFilterElement,
    KalmanFilterElement,
  ];
  const empty = kalmanTwoFilter.empty(n);
  /** What the filter's element of all steps says of their data is the likelihood of the state before. */
  const sameLikelihood = (a: { eta: Dense; Z: Dense }, b: { eta: Dense; Z: Dense }): void => {
    close(a.eta, b.eta);
    close(square(a.Z), square(b.Z));
  };
  test("step by step or combined in any grouping, it is the same likelihood", () => {
    const [a, b, c] = leaves;
    const one = (element: KalmanFilterElement, state: { eta: Dense; Z: Dense }) =>
      kalmanTwoFilter.apply(element, state);
    const whole = kalmanFilter.combine(kalmanFilter.combine(a, b), c);
    sameLikelihood(one(a, one(b, one(c, empty))), whole);
    sameLikelihood(one(kalmanFilter.combine(a, b), one(c, empty)), whole);
    sameLikelihood(one(a, one(kalmanFilter.combine(b, c), empty)), whole);
    sameLikelihood(one(kalmanFilter.identity(n), one(c, empty)), one(c, empty));
    expect(Math.abs(one(a, one(b, empty)).eta.data[0]! - one(b, one(a, empty)).eta.data[0]!)).toBeGreaterThan(
      1e-3,
    );
  });
  test("with the filter it gives the moments and cross-covariances of the Rauch–Tung–Striebel smoother", () => {
    const states: Gaussian[] = [{ mean: matrix(n, 1), factor: lower(n) }];
    for (const leaf of leaves) states.push(kalmanFilter.apply(leaf, states.at(-1)!));
    let later: Gaussian = states.at(-1)!;
    let suffix: { eta: Dense; Z: Dense } = empty;
    for (let t = steps.length - 1; t >= 0; t--) {
      const { F, b, Lq } = steps[t]!;
      const backward = kalmanSmoother.leaf(states[t]!, F, b, Lq);
      const through = kalmanTwoFilter.apply(leaves[t]!, suffix);
      const cross = multiply(backward.E, square(later.factor));
      later = kalmanSmoother.apply(backward, later);
      suffix = through;
      const smoothed = kalmanTwoFilter.smooth(states[t]!, suffix);
      close(smoothed.mean, later.mean);
      close(square(smoothed.factor), square(later.factor));
      close(multiply(square(smoothed.factor), transpose(through.B)), cross);
    }
  });
});
