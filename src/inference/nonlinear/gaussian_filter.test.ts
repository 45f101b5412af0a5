import { expect, suite, test } from "vitest";
import type { Linearisation } from "./affine_map.ts";
import { gaussianFilterCpu } from "./gaussian_filter.cpu.ts";
import {
  cubaturePoints,
  drawnPoints,
  gaussHermitePoints,
  hermiteRule,
  type SigmaPoints,
  unscentedPoints,
} from "./sigma_points.ts";
import {
  DATA,
  dynamics,
  emissions,
  LINEAR,
  linearDynamics,
  linearEmissions,
  linearMap,
  MODEL,
} from "./testing/example.ts";
import { pendulum } from "./testing/pendulum.ts";
import { affineMoments, problemOf } from "./testing/run.ts";
import { byPoints, byTaylor, type Matrix, type Moments, textbook } from "./testing/textbook.ts";

const call = "test";

/** Särkkä's pendulum with the filters of Dynamax 1.0.1 in float64, whose covariances carry 1e-9 on their diagonals. */
const PUBLISHED: readonly (readonly [string, Linearisation, number, number[]])[] = [
  [
    "extended",
    "taylor",
    1.03348869,
    [
      1.65574783, -0.93253632, 2.16542382, 0.50775846, 0.0392762, 0.10743723, 0.4715988, 1.53534291,
      -0.01823573, 1.73196116, -0.70262369,
    ],
  ],
  [
    "unscented, α = √3, β = 2, κ = 1",
    unscentedPoints(2, Math.sqrt(3), 2, 1),
    -9.66096604,
    [
      1.63881571, -0.89317444, 2.12206027, 0.44777651, 0.04848738, 0.12797719, 0.51891713, 1.56154371,
      -0.05350545, 1.73216598, -0.70202765,
    ],
  ],
  [
    "unscented, α = 1, β = 0, κ = 1",
    unscentedPoints(2, 1, 0, 1),
    -1.53351382,
    [
      1.63920939, -0.90586727, 2.1231063, 0.45292584, 0.04398517, 0.11802865, 0.49569021, 1.56147533,
      -0.05415331, 1.73860622, -0.69405278,
    ],
  ],
  [
    "Gauss–Hermite of order 5",
    gaussHermitePoints(2, 5),
    -1.41290106,
    [
      1.63911731, -0.90606407, 2.12310942, 0.45294024, 0.0439728, 0.11799837, 0.49561178, 1.56141979,
      -0.05414172, 1.73852686, -0.69402574,
    ],
  ],
];

suite("the pendulum", () => {
  test.each(PUBLISHED)("%s: the published values", async (_, rule, logLikelihood, values) => {
    const given = pendulum(400);
    expect(given.observations[0]).toBeCloseTo(1.12326681, 8);
    expect(given.observations[399]).toBeCloseTo(0.82078963, 8);
    const { problem, failed } = await gaussianFilterCpu(given, { call, rule });
    expect(failed[0]).toBe(400);
    const result = await affineMoments(problem);
    const { P } = result.filtered[399];
    const got = [
      ...result.filtered[199].m,
      ...result.filtered[399].m,
      ...[P[0][0], P[0][1], P[1][1]],
      ...result.smoothed[0].m,
      ...result.smoothed[199].m,
    ];
    expect(result.logLikelihood).toBeCloseTo(logLikelihood, 6);
    values.forEach((value, i) => void expect(got[i]).toBeCloseTo(value, 6));
  });

  test("the first update of the extended filter does not move the mean, as cos π/2 = 0", async () => {
    const { problem } = await gaussianFilterCpu(pendulum(1), { call, rule: "taylor" });
    const { filtered } = await affineMoments(problem);
    expect(filtered[0].m[0]).toBeCloseTo(Math.PI / 2, 14);
  });
});

const nested = ({ count, points }: SigmaPoints, n: number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from(points.subarray(i * n, (i + 1) * n)));
const oracleOf = (rule: Linearisation, n: number): Moments =>
  rule === "taylor"
    ? byTaylor
    : byPoints(nested(rule, n), Array.from(rule.meanWeights), Array.from(rule.covarianceWeights));

function expectNear(
  got: { m: number[]; P: Matrix }[],
  expected: { m: number[]; P: Matrix }[],
  digits: number,
) {
  expected.forEach(({ m, P }, t) => {
    m.forEach((value, i) => void expect(got[t].m[i], `mean ${t}`).toBeCloseTo(value, digits));
    P.flat().forEach(
      (value, i) => void expect(got[t].P.flat()[i], `covariance ${t}`).toBeCloseTo(value, digits),
    );
  });
}

suite("against the textbook, with gaps", () => {
  const rules: [string, Linearisation][] = [
    ["taylor", "taylor"],
    ["unscented", unscentedPoints(3, 1, 0, 0)],
    ["unscented with κ = 2", unscentedPoints(3, 1, 0, 2)],
    ["unscented with a negative weight", unscentedPoints(3, 0.5, 2, 0)],
    ["unscented with different weights of means and covariances", unscentedPoints(3, 1.3, 1, 1)],
    ["cubature", cubaturePoints(3)],
    ["Gauss–Hermite of order 3", gaussHermitePoints(3, 3)],
    ["Gauss–Hermite of order 6", gaussHermitePoints(3, 6)],
    ["drawn points", drawnPoints(3, 50, 1)],
  ];
  test.each(rules)("%s: filter, predictions, smoother and log-likelihood", async (_, rule) => {
    const { problem, failed } = await gaussianFilterCpu(problemOf(MODEL, dynamics, emissions, DATA), {
      call,
      rule,
    });
    expect(failed[0]).toBe(DATA.length);
    const got = await affineMoments(problem);
    const expected = textbook(MODEL, DATA, oracleOf(rule, 3));
    expectNear(got.filtered, expected.filtered, 9);
    expectNear(got.predicted, expected.predicted, 9);
    expectNear(got.smoothed, expected.smoothed, 9);
    expect(got.logLikelihood).toBeCloseTo(expected.logLikelihood, 8);
  });

  test("points that are known exactly and noise-free states", async () => {
    const model = {
      ...MODEL,
      P: [
        [0, 0, 0],
        [0, 0.4, 0],
        [0, 0, 0.6],
      ],
      Q: [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0.03],
      ],
    };
    for (const rule of [unscentedPoints(3, 1, 0, 0), cubaturePoints(3)]) {
      const { problem } = await gaussianFilterCpu(problemOf(model, dynamics, emissions, DATA), {
        call,
        rule,
      });
      const got = await affineMoments(problem);
      const expected = textbook({ ...model, Q: model.Q }, DATA, oracleOf(rule, 3));
      expectNear(got.filtered.slice(0, 5), expected.filtered.slice(0, 5), 8);
    }
  });
});

suite("linear models", () => {
  const model = LINEAR;
  const y = Array.from({ length: 25 }, (_, t) => [t === 9 ? Number.NaN : Math.sin(0.7 * t) * 2]);
  const rules: [string, Linearisation][] = [
    ["taylor", "taylor"],
    ["unscented", unscentedPoints(2, 1, 0, 1)],
    ["unscented, α = 1e-3", unscentedPoints(2, 1e-3, 2, 0)],
    ["cubature", cubaturePoints(2)],
    ["Gauss–Hermite", gaussHermitePoints(2, 4)],
    ["drawn points", drawnPoints(2, 10, 3)],
  ];
  test.each(rules)("%s is the Kalman filter, however often updates are repeated", async (_, rule) => {
    const expected = textbook(model, y, byTaylor);
    for (const updates of [1, 2, 5]) {
      const given = problemOf(model, linearDynamics, linearEmissions, y);
      const { problem } = await gaussianFilterCpu(given, { call, rule, updates });
      const got = await affineMoments(problem);
      const digits = rule !== "taylor" && rule.indefinite ? 7 : 10;
      expectNear(got.smoothed, expected.smoothed, digits);
      expect(got.logLikelihood).toBeCloseTo(expected.logLikelihood, digits);
    }
  });

  test("an update repeated is still one datum: P = 1, R = ¼ give ⅕", async () => {
    const one = { m: [0], P: [[1]], f: (x: number[]) => x, Q: [[1]], h: (x: number[]) => x, R: [[0.25]] };
    for (const updates of [1, 2, 5]) {
      const given = problemOf(one, linearMap([[1]]), linearMap([[1]]), [[1]]);
      const { problem } = await gaussianFilterCpu(given, { call, rule: "taylor", updates });
      expect((await affineMoments(problem)).filtered[0].P[0][0]).toBeCloseTo(0.2, 14);
    }
  });
});

suite("rules", () => {
  test("Gauss–Hermite integrates polynomials up to 2·order − 1", () => {
    const moment = (k: number): number => (k % 2 === 1 ? 0 : k < 2 ? 1 : (k - 1) * moment(k - 2));
    for (const order of [1, 2, 3, 5, 10, 20, 64]) {
      const { nodes, weights } = hermiteRule(order);
      for (let k = 0; k < Math.min(2 * order, 24); k++) {
        const sum = nodes.reduce((s, x, i) => s + weights[i] * x ** k, 0);
        expect(Math.abs(sum - moment(k)), `order ${order}, power ${k}`).toBeLessThan(
          1e-12 * moment(k + (k % 2)),
        );
      }
    }
  });

  test("for one state, order 3 is the unscented transform with κ = 2", () => {
    const [a, b] = [gaussHermitePoints(1, 3), unscentedPoints(1, 1, 0, 2)];
    const sorted = (rule: SigmaPoints) =>
      Array.from(rule.points, (x, i) => [x, rule.meanWeights[i]])
        .sort((p, q) => p[0] - q[0])
        .flat();
    sorted(a).forEach((value, i) => void expect(value).toBeCloseTo(sorted(b)[i], 14));
  });

  test("drawn points have mean 0 and covariance I exactly", () => {
    for (const [n, count] of [
      [1, 2],
      [3, 8],
      [5, 101],
    ]) {
      const { points, count: made } = drawnPoints(n, count, 7);
      expect(made).toBeGreaterThanOrEqual(Math.max(count, 2 * n + 2));
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let k = 0; k < made; k++) sum += points[k * n + i];
        expect(sum / made).toBeCloseTo(0, 14);
        for (let j = 0; j <= i; j++) {
          let product = 0;
          for (let k = 0; k < made; k++) product += points[k * n + i] * points[k * n + j];
          expect(product / made).toBeCloseTo(i === j ? 1 : 0, 13);
        }
      }
    }
  });
});
