/** Published values of models with an exact diffuse start. Years and steps count from 1, as in the sources. */
import { expect, suite, test } from "vitest";
import { diffuseStart } from "../inference/index.ts";
import { prepare } from "../models/index.ts";
import { filter, linearGaussianSSM, logLikelihood, smooth } from "./index.ts";

const within =
  (tolerance: number) =>
  (got: number, expected: number): void => {
    expect(Math.abs(got - expected) / Math.abs(expected), `${got} for ${expected}`).toBeLessThan(tolerance);
  };
/** Computed in float64, ten digits or more printed. */
const same = within(1e-9);
/** Printed with eight or nine digits. */
const printed = within(1e-7);
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

const level = (R: number, Q: number, initial: "diffuse" | number = "diffuse") =>
  linearGaussianSSM({
    initial: typeof initial === "number" ? { mean: 0, covariance: initial } : initial,
    dynamics: { weights: 1, covariance: Q },
    emissions: { weights: 1, covariance: R },
  });

/** Largest value of a function of two positive parameters, by Newton's method in their logarithms from a point nearby. */
async function largest(
  f: (x: number, y: number) => Promise<number>,
  start: readonly [number, number],
): Promise<{ value: number; at: [number, number] }> {
  const h = 1e-3;
  let [x, y] = start;
  for (let k = 0; k < 4; k++) {
    const at = (i: number, j: number) => f(x * Math.exp(i * h), y * Math.exp(j * h));
    const [o, e, w, n, s] = [
      await at(0, 0),
      await at(1, 0),
      await at(-1, 0),
      await at(0, 1),
      await at(0, -1),
    ];
    const [ne, sw] = [await at(1, 1), await at(-1, -1)];
    const [gx, gy] = [(e - w) / 2, (n - s) / 2];
    const [hx, hy] = [e - 2 * o + w, n - 2 * o + s];
    const cross = (ne - e - n + 2 * o - w - s + sw) / 2;
    const determinant = hx * hy - cross * cross;
    x *= Math.exp((-h * (hy * gx - cross * gy)) / determinant);
    y *= Math.exp((-h * (hx * gy - cross * gx)) / determinant);
  }
  return { value: await f(x, y), at: [x, y] };
}

suite("Nile, local level", () => {
  // Annual flow 1871-1970. Durbin & Koopman, Time Series Analysis by State Space Methods (2012), chapter 2; R 4.2.2 gives
  // the further digits.
  const flow = [
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958,
    1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020,
    1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796,
    1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874,
    848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718,
    714, 740,
  ];
  const model = level(15099, 1469.1);
  const gaps = flow.map((y, i) => ((i >= 20 && i < 40) || (i >= 60 && i < 80) ? null : y));

  test("the log-likelihood in every convention", async () => {
    const fitted = level(15098.5196, 1469.176);
    printed(await logLikelihood(fitted, flow), -633.4645636);
    printed(await logLikelihood(fitted, flow, { likelihood: "diffuseOmitted" }), -632.5456251);
    // arima(diff(Nile), order = c(0, 0, 1)) of R: the likelihood of the differences.
    same(await logLikelihood(fitted, flow, { likelihood: "diffuseOmitted" }), -632.545625103);
    // The best that statsmodels and StateSpaceModels.jl find with P1 = 1e6 and 1e7, the first observation burnt; to a unit of
    // the last digit printed.
    const burn = { likelihood: "burn", burnIn: 1 } as const;
    for (const [P1, unit, expected] of [
      [1e6, 1e-4, -632.5376],
      [1e7, 1e-5, -632.54421],
    ]) {
      const best = await largest((R, Q) => logLikelihood(level(R, Q, P1), flow, burn), [15098.5, 1469.2]);
      expect(Math.abs(best.value - expected)).toBeLessThan(unit);
    }
    expect(await logLikelihood(fitted, flow, { likelihood: "burn" })).toBeCloseTo(-632.545625103, 8);
    same(await logLikelihood(model, flow), -633.464563649);
  });

  test("the concentrated log-likelihood of table 2.1, constants dropped", async () => {
    // With R = s, Q = q s it is ll(s) + (n/2) log 2π + (n − 1)/2 at the best s, found from two values of ll.
    const concentrated = async (q: number): Promise<number> => {
      const at = (s: number) => logLikelihood(level(s, q * s), flow);
      const [a, b] = [await at(1e4), await at(2e4)];
      const squares = (b - a + 49.5 * Math.log(2)) * 4e4;
      return (await at(squares / 99)) + 100 * HALF_LOG_TWO_PI + 49.5;
    };
    for (const [q, expected] of [
      [1, -495.685],
      [0.036, -492.529],
      [0.0745, -492.105],
    ]) {
      expect(await concentrated(q)).toBeCloseTo(expected, 3);
    }
    for (const q of [0.0974, 0.0973]) expect(await concentrated(q)).toBeCloseTo(-492.0707, 4);
  });

  test("filter and smoother", async () => {
    const r = await smooth(model, flow);
    expect([...r.diffuseSteps]).toEqual([1]);
    expect(r.predictedCovariances.data[0]).toBe(Number.POSITIVE_INFINITY);
    expect(r.predictedMeans.data[0]).toBe(0);
    for (const [t, mean, variance, smoothMean, smoothVariance] of [
      [1, 1120, 15099, 1111.66831913, 4032.15794181],
      [2, 1140.92783993, 7899.7363794, 1110.85766462, 3242.93007322],
      [3, 1072.79852953, 5781.4699387, 1105.26556731, 2818.94217005],
      [10, 1162.90261546, 4051.28417722, 1097.72161655, 2333.11290092],
      [28, 1133.12629124, 4032.15820695, 999.58521871, 2326.7569581],
      [29, 1037.22232552, 4032.15808425, 950.93008674, 2326.75691724],
      [50, 849.0705662, 4032.15794181, 834.7632591, 2326.75686981],
      [100, 798.37029261, 4032.15794181, 798.37029261, 4032.15794181],
    ]) {
      same(r.filteredMeans.data[t - 1], mean);
      same(r.filteredCovariances.data[t - 1], variance);
      same(r.smoothedMeans.data[t - 1], smoothMean);
      same(r.smoothedCovariances.data[t - 1], smoothVariance);
    }
    const P = r.predictedCovariances.data[99];
    same(P, 5501.257941808);
    same(P + 15099, 20600.257941808);
    same(P / (P + 15099), 0.267048012571);
    same(r.filteredCovariances.data[99], 4032.157941808);
    // Closed form of the steady state.
    const q = 1469.1 / 15099;
    same(P, (15099 * (q + Math.sqrt(q * q + 4 * q))) / 2);
  });

  test("forecasts are filtered steps without data", async () => {
    const r = await filter(model, [...flow, ...new Array<null>(10).fill(null)]);
    for (let h = 1; h <= 10; h++) {
      same(r.filteredMeans.data[99 + h], 798.37029261);
      same(r.predictedCovariances.data[99 + h] + 15099, 20600.25794181 + 1469.1 * (h - 1));
    }
  });

  test("diagnostics of the standardised innovations", async () => {
    const r = await filter(model, flow);
    const e = flow
      .map((y, t) => (y - r.predictedMeans.data[t]) / Math.sqrt(r.predictedCovariances.data[t] + 15099))
      .slice(1);
    const n = e.length;
    const mean = e.reduce((a, b) => a + b) / n;
    const moment = (p: number): number => e.reduce((sum, x) => sum + (x - mean) ** p, 0) / n;
    const skewness = moment(3) / moment(2) ** 1.5;
    const kurtosis = moment(4) / moment(2) ** 2;
    expect(skewness).toBeCloseTo(-0.0306, 4);
    expect(kurtosis).toBeCloseTo(3.0873, 4);
    expect(n * (skewness ** 2 / 6 + (kurtosis - 3) ** 2 / 24)).toBeCloseTo(0.0469, 4);
    const squares = (x: number[]): number => x.reduce((sum, v) => sum + v * v, 0);
    expect(squares(e.slice(-33)) / squares(e.slice(0, 33))).toBeCloseTo(0.613, 4);
    let box = 0;
    for (let k = 1; k <= 9; k++) {
      const c = e.slice(k).reduce((sum, x, i) => sum + (x - mean) * (e[i] - mean), 0) / n / moment(2);
      box += (n * (n + 2) * c * c) / (n - k);
    }
    expect(box).toBeCloseTo(8.8433, 4);
  });

  test("forty missing years", async () => {
    const r = await smooth(model, gaps);
    same(r.marginalLogLikelihood, -381.506001309);
    same(r.filteredMeans.data[19], 1026.14155507);
    same(r.smoothedMeans.data[19], 999.71268408);
    same(r.smoothedCovariances.data[19], 3614.40342986);
    same(r.smoothedMeans.data[20], 990.08352597);
    same(r.smoothedCovariances.data[20], 4723.60416861);
    same(r.smoothedMeans.data[29], 903.42110296);
    same(r.smoothedCovariances.data[29], 9715.00590246);
    same(r.filteredCovariances.data[29], 18723.19616011);
    same(r.smoothedMeans.data[39], 807.12952183);
    same(r.filteredCovariances.data[39], 33414.19616011);
    same(r.filteredMeans.data[40], 889.94971953);
    same(r.filteredCovariances.data[40], 10537.788961);
    same(r.smoothedMeans.data[69], 837.17732371);
    expect(r.logLikelihoods.data[25]).toBe(0);
    const best = await largest((R, Q) => logLikelihood(level(R, Q), gaps), [17899.843, 685.821]);
    // 40-digit arithmetic at these variances: −380.92666765432541522.
    same(best.value, -380.926667654325);
    within(1e-3)(best.at[0], 17899.843);
    within(1e-3)(best.at[1], 685.821);
    const fitted = level(...best.at);
    // Four decimals printed; and StateSpaceModels.jl, approximately diffuse, with P1 = 1e6.
    expect(await logLikelihood(fitted, gaps, { likelihood: "diffuseOmitted" })).toBeCloseTo(-380.0077, 4);
  });
});

suite("Koopman (1997), closed forms", () => {
  // doi:10.1080/01621459.1997.10473685; the inputs are those of the tests of statsmodels.
  const [y1, y2, y3] = [10.2394, 4.2039, 6.123123];
  const [irregular, levelVariance, slopeVariance] = [1.993, 8.253, 2.334];
  const data = (values: (number | null)[]): (number | null)[] => [...values, 1, 1, 1, 1];
  const trend = linearGaussianSSM({
    initial: "diffuse",
    dynamics: {
      weights: [
        [1, 1],
        [0, 1],
      ],
      covariance: [
        [levelVariance, 0],
        [0, slopeVariance],
      ],
    },
    emissions: { weights: [[1, 0]], covariance: irregular },
  });
  const q1 = levelVariance / irregular;
  const q2 = slopeVariance / irregular;
  const near = (got: ArrayLike<number>, expected: number[]): void => {
    expect(got.length).toBe(expected.length);
    expected.forEach((x, i) => {
      expect(Math.abs(got[i] - x) / Math.max(1, Math.abs(x)), `entry ${i}`).toBeLessThan(1e-12);
    });
  };
  const INFINITE = Number.POSITIVE_INFINITY;

  test("local level", async () => {
    const r = await filter(level(irregular, levelVariance), data([y1, y2]));
    expect([...r.diffuseSteps]).toEqual([1]);
    near(r.predictedMeans.data.slice(1, 2), [y1]);
    near(r.predictedCovariances.data.slice(1, 2), [irregular + levelVariance]);
    near(r.logLikelihoods.data.slice(0, 1), [-HALF_LOG_TWO_PI]);
  });

  test("local linear trend", async () => {
    const r = await filter(trend, data([y1, y2, y3]));
    expect([...r.diffuseSteps]).toEqual([2]);
    near(r.predictedMeans.data.slice(2, 4), [y1, 0]);
    expect([...r.predictedCovariances.data.slice(0, 4)]).toEqual([INFINITE, 0, 0, INFINITE]);
    expect([...r.predictedCovariances.data.slice(4, 8)]).toEqual([INFINITE, INFINITE, INFINITE, INFINITE]);
    near(r.filteredCovariances.data.slice(0, 3), [irregular, 0, 0]);
    expect(r.filteredCovariances.data[3]).toBe(INFINITE);
    near(r.predictedMeans.data.slice(4, 6), [2 * y2 - y1, y2 - y1]);
    near(
      r.predictedCovariances.data.slice(8, 12),
      [5 + 2 * q1 + q2, 3 + q1 + q2, 3 + q1 + q2, 2 + q1 + 2 * q2].map(x => x * irregular),
    );
    // The finite part beside P∞ = 1 1' of the second step.
    const { series } = await diffuseStart(prepare(trend, data([y1, y2, y3])), false);
    const U = series[0].steps[1].predicted.factor;
    near([U[0] ** 2, U[0] * U[2], U[2] ** 2 + U[3] ** 2], [irregular * (1 + q1), 0, irregular * q2]);
    expect([...(series[0].steps[1].predicted.infinite ?? [])]).toEqual([1, 1, 1, 1]);
  });

  test("local linear trend, second observation missing", async () => {
    const r = await filter(trend, data([y1, null, y3]));
    expect([...r.diffuseSteps]).toEqual([3]);
    near(r.predictedMeans.data.slice(6, 8), [1.5 * y3 - 0.5 * y1, 0.5 * y3 - 0.5 * y1]);
    const cross = 1 + 0.5 * q1 + 1.25 * q2;
    near(
      r.predictedCovariances.data.slice(12, 16),
      [2.5 + 1.5 * q1 + 1.25 * q2, cross, cross, 0.5 + 0.5 * q1 + 2.25 * q2].map(x => x * irregular),
    );
  });

  const [y21, theta, variance] = [8.2304, 0.1111, 3.2324];
  const eye = [
    [1, 0],
    [0, 1],
  ];
  const pairs = [[y1, y21], ...new Array(5).fill([1, 1])];

  test("common level, the second series with a level of its own", async () => {
    const common = linearGaussianSSM({
      initial: "diffuse",
      dynamics: {
        weights: eye,
        covariance: [
          [variance, 0],
          [0, 0],
        ],
      },
      emissions: {
        weights: [
          [1, 0],
          [theta, 1],
        ],
        covariance: eye,
      },
    });
    const r = await filter(common, pairs);
    expect([...r.diffuseSteps]).toEqual([1]);
    near(r.predictedMeans.data.slice(2, 4), [y1, y21 - theta * y1]);
    near(r.predictedCovariances.data.slice(4, 8), [1 + variance, -theta, -theta, 1 + theta ** 2]);
  });

  test("common level, restricted", async () => {
    const restricted = linearGaussianSSM({
      initial: "diffuse",
      dynamics: { weights: 1, covariance: variance },
      emissions: { weights: [[1], [theta]], covariance: eye },
    });
    const r = await filter(restricted, pairs);
    const phi = 1 / (1 + theta ** 2);
    near(r.predictedMeans.data.slice(1, 2), [phi * (y1 + theta * y21)]);
    near(r.predictedCovariances.data.slice(1, 2), [phi + variance]);
  });
});

suite("road fatalities", () => {
  // Commandeur & Koopman, An Introduction to State Space Time Series Analysis (2007), chapters 2 and 3: log-likelihood over n,
  // constants of diffuse entries left out.
  const norway = [
    560, 533, 490, 511, 509, 539, 471, 442, 434, 437, 362, 338, 401, 409, 407, 402, 452, 398, 378, 381, 332,
    323, 325, 281, 283, 305, 255, 303, 352, 304, 341, 275, 312, 280,
  ].map(Math.log);
  const finland = [
    1055, 1143, 1156, 1086, 865, 910, 804, 709, 610, 650, 551, 555, 569, 604, 541, 541, 612, 581, 653, 734,
    649, 632, 601, 484, 480, 441, 404, 438, 400, 431, 396, 433, 415, 379,
  ].map(Math.log);

  test("Norway, local level", async () => {
    const model = level(0.00326821219, 0.004703000798);
    printed((await logLikelihood(model, norway, { likelihood: "diffuseOmitted" })) / 34, 0.8468622);
  });

  test("Finland, smooth trend", async () => {
    const model = linearGaussianSSM({
      initial: "diffuse",
      dynamics: {
        weights: [
          [1, 1],
          [0, 1],
        ],
        covariance: [
          [0, 0],
          [0, 0.0015331434],
        ],
      },
      emissions: { weights: [[1, 0]], covariance: 0.00320083464 },
    });
    const omitted = await logLikelihood(model, finland, { likelihood: "diffuseOmitted" });
    printed(omitted / 34, 0.7864746);
    printed(omitted, 26.7401355);
    same(await logLikelihood(model, finland), 24.90225837);
  });
});
