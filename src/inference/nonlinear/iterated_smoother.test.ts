import { all, create } from "mathjs";
import { expect, suite, test } from "vitest";
import type { Linearisation } from "./affine_map.ts";
import { iterateSmoother } from "./iterated_smoother.ts";
import type { NonlinearProblem, SmoothMap } from "./nonlinear_problem.ts";
import { gaussHermitePoints, unscentedPoints } from "./sigma_points.ts";
import {
  asVector,
  DATA,
  dynamics,
  emissions,
  LINEAR,
  linearDynamics,
  linearEmissions,
  MODEL,
} from "./testing/example.ts";
import { affineMoments, problemOf, smoothCpu } from "./testing/run.ts";
import { byPoints, type Matrix, textbook } from "./testing/textbook.ts";

const { inv, lusolve } = create(all, {}) as unknown as {
  inv: (a: Matrix) => Matrix;
  lusolve: (a: Matrix, b: number[]) => Matrix;
};

const settings = { call: "test", tolerance: 1e-9, damping: "lineSearch", smooth: smoothCpu } as const;

/** Minus log p(z, y) of a whole trajectory, up to a constant, written from the model. */
function negativeLogJoint(model: typeof MODEL, y: number[][]) {
  const [iP, iQ] = [inv(model.P), inv(model.Q)];
  const quadratic = (W: Matrix, v: number[]): number =>
    v.reduce((sum, a, i) => sum + a * v.reduce((s, b, j) => s + W[i][j] * b, 0), 0);
  return (z: number[]): number => {
    const n = model.m.length;
    const at = (t: number): number[] => z.slice(t * n, (t + 1) * n);
    let sum = quadratic(
      iP,
      at(0).map((x, i) => x - model.m[i]),
    );
    y.forEach((row, t) => {
      if (t > 0) {
        const f = model.f(at(t - 1), t);
        sum += quadratic(
          iQ,
          at(t).map((x, i) => x - f[i]),
        );
      }
      const rows = row.flatMap((value, i) => (Number.isNaN(value) ? [] : [i]));
      const h = model.h(at(t), t);
      const R = rows.map(i => rows.map(j => model.R[i][j]));
      if (rows.length > 0)
        sum += quadratic(
          inv(R),
          rows.map(i => row[i] - h[i]),
        );
    });
    return sum / 2;
  };
}

/** The minimum by Newton's method with derivatives by differences: shares nothing with the smoother. */
function minimise(f: (z: number[]) => number, start: number[]): number[] {
  const h = 1e-3;
  let z = start;
  const moved = (k: number, by: number, l = -1, byL = 0): number => {
    const trial = z.slice();
    trial[k] += by;
    if (l >= 0) trial[l] += byL;
    return f(trial);
  };
  for (let step = 0; step < 8; step++) {
    const g = z.map(
      (_, k) => (8 * (moved(k, h) - moved(k, -h)) - (moved(k, 2 * h) - moved(k, -2 * h))) / (12 * h),
    );
    const H = z.map((_, k) =>
      z.map(
        (_, l) =>
          (moved(k, h, l, h) - moved(k, h, l, -h) - moved(k, -h, l, h) + moved(k, -h, l, -h)) / (4 * h * h),
      ),
    );
    const move = lusolve(H, g).map(row => row[0]);
    z = z.map((x, k) => x - move[k]);
  }
  return z;
}

suite("iterated extended Kalman smoother", () => {
  test("ends at the mode of the posterior", async () => {
    const y = DATA.slice(0, 8);
    const given = problemOf(MODEL, dynamics, emissions, y);
    const { problem, converged, objectives } = await iterateSmoother(given, {
      ...settings,
      rule: "taylor",
      iterations: 100,
    });
    expect(converged).toEqual([true]);
    const objective = negativeLogJoint(MODEL, y);
    const { smoothed } = await affineMoments(problem);
    const means = smoothed.flatMap(({ m }) => m);
    const mode = minimise(objective, means.slice());
    means.forEach((value, i) => void expect(value).toBeCloseTo(mode[i], 6));
    expect(objectives[0].at(-1)).toBeCloseTo(objective(means), 9);
  });

  test("the objective never grows, and tells every iteration", async () => {
    const given = problemOf(MODEL, dynamics, emissions, DATA);
    const { iterations, objectives } = await iterateSmoother(given, {
      ...settings,
      rule: "taylor",
      iterations: 50,
    });
    expect(objectives[0]).toHaveLength(iterations[0] + 1);
    objectives[0].forEach((value, k) => {
      if (k > 0) expect(value).toBeLessThanOrEqual(objectives[0][k - 1] * (1 + 1e-9));
    });
  });

  test("a line search gets where whole steps do not", async () => {
    // One state seen through a steep arctangent from far away: Gauss–Newton overshoots.
    const walk: SmoothMap = { value: (out, x) => out.set(x), jacobian: out => out.set([1]) };
    const steep: SmoothMap = {
      value: (out, x) => out.set([Math.atan(5 * x[0])]),
      jacobian: (out, x) => out.set([5 / (1 + 25 * x[0] * x[0])]),
    };
    const model = {
      m: [1.5],
      P: [[100]],
      Q: [[1e-4]],
      R: [[1e-4]],
      f: (x: number[]) => x,
      h: (x: number[]) => x,
    };
    const y = Array.from({ length: 6 }, () => [-1]);
    const given: NonlinearProblem = problemOf(model, walk, steep, y);
    const run = (damping: "lineSearch" | "none") =>
      iterateSmoother(given, { ...settings, damping, rule: "taylor", iterations: 60 });
    const damped = await run("lineSearch");
    expect(damped.converged).toEqual([true]);
    const { smoothed } = await affineMoments(damped.problem);
    for (const { m } of smoothed) expect(m[0]).toBeCloseTo(Math.tan(-1) / 5, 3);
    const whole = await run("none");
    expect(whole.objectives[0].at(-1)).toBeGreaterThan(10 * (damped.objectives[0].at(-1) as number));
  });
});

suite("iterated posterior linearisation", () => {
  const rules: [string, Linearisation][] = [
    ["unscented", unscentedPoints(3, 1, 0, 0)],
    ["Gauss–Hermite", gaussHermitePoints(3, 4)],
  ];
  test.each(rules)("%s: a fixed point of regression on the smoothed marginals", async (_, rule) => {
    if (rule === "taylor") throw new Error("points expected");
    const given = problemOf(MODEL, dynamics, emissions, DATA);
    const { problem, converged } = await iterateSmoother(given, { ...settings, rule, iterations: 100 });
    expect(converged).toEqual([true]);
    const { smoothed } = await affineMoments(problem);
    // Regression by the textbook on these marginals must give the transitions and emissions of the problem.
    const points = Array.from({ length: rule.count }, (_, i) =>
      Array.from(rule.points.subarray(3 * i, 3 * i + 3)),
    );
    const moments = byPoints(points, Array.from(rule.meanWeights), Array.from(rule.covarianceWeights));
    for (const t of [1, 5, 12, 29]) {
      const before = smoothed[t - 1];
      const { mean, cross } = moments(asVector(dynamics, 3), t, before.m, before.P);
      const A = cross.map(row => row.map((_, j) => row.reduce((s, c, k) => s + c * inv(before.P)[k][j], 0)));
      A.flat().forEach((value, i) => {
        expect(problem.dynamicsWeights.data[t * 9 + i]).toBeCloseTo(value, 6);
      });
      mean.forEach((value, i) => {
        const bias = value - A[i].reduce((s, a, j) => s + a * before.m[j], 0);
        expect(problem.dynamicsBias.data[t * 3 + i]).toBeCloseTo(bias, 6);
      });
    }
  });
});

test("a linear model needs one iteration, and its result does not depend on their number", async () => {
  const model = LINEAR;
  const y = Array.from({ length: 25 }, (_, t) => [Math.sin(0.7 * t) * 2]);
  const rule = unscentedPoints(2, 1, 0, 1);
  const moments = byPoints(
    Array.from({ length: rule.count }, (_, i) => Array.from(rule.points.subarray(2 * i, 2 * i + 2))),
    Array.from(rule.meanWeights),
    Array.from(rule.covarianceWeights),
  );
  const expected = textbook(model, y, moments);
  for (const iterations of [1, 2, 5]) {
    for (const each of ["taylor", rule] as const) {
      const given = problemOf(model, linearDynamics, linearEmissions, y);
      const run = await iterateSmoother(given, { ...settings, rule: each, iterations });
      expect(run.iterations[0]).toBe(1);
      const { smoothed } = await affineMoments(run.problem);
      smoothed.forEach(({ m, P }, t) => {
        m.forEach((value, i) => void expect(value).toBeCloseTo(expected.smoothed[t].m[i], 10));
        P.flat().forEach((value, i) => void expect(value).toBeCloseTo(expected.smoothed[t].P.flat()[i], 10));
      });
    }
  }
});
