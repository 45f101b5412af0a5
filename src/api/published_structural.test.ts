import { expect, suite, test } from "vitest";
import {
  add,
  constantVelocity,
  decompose,
  dummySeasonal,
  irregular,
  level,
  localLinearTrend,
  logLikelihood,
  regression,
  smooth,
  smoothTrend,
  trigonometricSeasonal,
} from "./index.ts";
import { cholesky, relativeError } from "./testing/dense_gaussian.ts";
import reference from "./testing/published/basic_structural.json" with { type: "json" };
import series from "./testing/published/series.json" with { type: "json" };

const log = (y: readonly number[]): number[] => y.map(Math.log);
const LOG_TWO_PI = Math.log(2 * Math.PI);
const gas = log(series.UKgas);
const air = log(series.AirPassengers);
type Variances = { irregular: number; level: number; slope: number; seasonal: number };

const basic = (period: number, trigonometric: boolean, v: Variances) =>
  add(
    localLinearTrend({ levelVariance: v.level, slopeVariance: v.slope }),
    (trigonometric ? trigonometricSeasonal : dummySeasonal)({ period, variance: v.seasonal }),
    irregular({ variance: v.irregular }),
  );

suite("basic structural models", () => {
  // Exact diffuse fits in float64, nine digits of each parameter: the log-likelihood is flat there, so it keeps its digits.
  test.each([
    ["UKgas, dummy", gas, 4, false, [0.00182249401, 0, 7.90126633e-6, 0.00330858993], 79.19265004],
    ["UKgas, trigonometric", gas, 4, true, [0.00161687138, 0, 7.48047233e-6, 0.000840906608], 78.54751038],
    ["AirPassengers, dummy", air, 12, false, [1.29510541e-4, 6.99449288e-4, 0, 6.41291605e-5], 217.42040191],
    [
      "AirPassengers, trigonometric",
      air,
      12,
      true,
      [2.34355359e-4, 2.98277474e-4, 0, 3.55769386e-6],
      216.21390616,
    ],
  ] as const)("%s: published log-likelihood to 1e-7", async (_, y, period, trigonometric, v, expected) => {
    const model = basic(period, trigonometric, { irregular: v[0], level: v[1], slope: v[2], seasonal: v[3] });
    const exact = await logLikelihood(model, y);
    expect(relativeError(exact, expected)).toBeLessThan(1e-7);
    const omitted = await logLikelihood(model, y, { likelihood: "diffuseOmitted" });
    expect(omitted - exact).toBeCloseTo(((period + 1) * LOG_TWO_PI) / 2, 10);
  });

  test("UKgas without the diffuse constants: 83.787343", async () => {
    const model = basic(4, false, {
      irregular: 0.00182249401,
      level: 0,
      slope: 7.90126633e-6,
      seasonal: 0.00330858993,
    });
    const got = await logLikelihood(model, gas, { likelihood: "diffuseOmitted" });
    // Eight digits were printed.
    expect(relativeError(got, 83.787343)).toBeLessThan(1e-7);
  });

  test.each(reference.cases.map(entry => [entry.name, entry] as const))(
    "%s: log-likelihood and smoothed components are those of the dense solution in 40 digits",
    async (_, { of, period, trigonometric, variances, ...expected }) => {
      const result = await decompose(basic(period, trigonometric, variances), of === "UKgas" ? gas : air);
      expect(relativeError(result.states.marginalLogLikelihood, expected.logLikelihood)).toBeLessThan(1e-11);
      const [trend, seasonal] = [result.component("trend"), result.component("seasonal")];
      expected.steps.forEach((t, i) => {
        expect(relativeError(trend.mean.data[t], expected.level[i]), `level ${t}`).toBeLessThan(1e-10);
        expect(relativeError(seasonal.mean.data[t], expected.seasonal[i]), `seasonal ${t}`).toBeLessThan(
          1e-9,
        );
        expect(relativeError(trend.variance.data[t], expected.levelVariance[i])).toBeLessThan(1e-9);
        expect(relativeError(seasonal.variance.data[t], expected.seasonalVariance[i])).toBeLessThan(1e-9);
      });
    },
  );

  test("a fixed pattern of period 12: dummy and trigonometric differ by ½ log|A'A| = 8.9588 = ½ log 6¹⁰", async () => {
    const fixed = { irregular: 2e-4, level: 3e-4, slope: 1e-6, seasonal: 0 };
    const [dummy, trigonometric] = [false, true].map(form => logLikelihood(basic(12, form, fixed), air));
    const difference = (await trigonometric) - (await dummy);
    expect(Math.abs(difference)).toBeCloseTo(5 * Math.log(6), 9);
    // A [11, 11]: what the trigonometric states say about the effects now, one step before, … ten steps before.
    const A = Array.from({ length: 11 }, (_, lag) =>
      Array.from({ length: 11 }, (_, k) => {
        const angle = ((2 * Math.PI) / 12) * (Math.floor(k / 2) + 1) * -lag;
        return k % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
      }),
    );
    const product = A.map((_, i) => A.map((_, j) => A.reduce((sum, row) => sum + row[i] * row[j], 0)));
    const halfLogDeterminant = cholesky(product).reduce((sum, row, i) => sum + Math.log(row[i]), 0);
    expect(Math.abs(Math.abs(difference) - halfLogDeterminant)).toBeLessThan(1e-9);
  });

  test("Finland's road fatalities, smooth trend: 24.90225837", async () => {
    // Commandeur & Koopman 2007, chapter 3; the published 0.7864746 a year leaves the diffuse constants out.
    const y = log([
      1055, 1143, 1156, 1086, 865, 910, 804, 709, 610, 650, 551, 555, 569, 604, 541, 541, 612, 581, 653, 734,
      649, 632, 601, 484, 480, 441, 404, 438, 400, 431, 396, 433, 415, 379,
    ]);
    const model = add(smoothTrend({ slopeVariance: 0.0015331434 }), irregular({ variance: 0.00320083464 }));
    expect(relativeError(await logLikelihood(model, y), 24.90225837)).toBeLessThan(1e-7);
    const omitted = await logLikelihood(model, y, { likelihood: "diffuseOmitted" });
    expect(relativeError(omitted, 26.7401355)).toBeLessThan(1e-7);
    expect(omitted / 34).toBeCloseTo(0.7864746, 6);
  });

  test("Norway's road fatalities, local level: 0.8468622 a year", async () => {
    const y = log([
      560, 533, 490, 511, 509, 539, 471, 442, 434, 437, 362, 338, 401, 409, 407, 402, 452, 398, 378, 381, 332,
      323, 325, 281, 283, 305, 255, 303, 352, 304, 341, 275, 312, 280,
    ]);
    const model = add(level({ variance: 0.004703000798 }), irregular({ variance: 0.00326821219 }));
    const omitted = await logLikelihood(model, y, { likelihood: "diffuseOmitted" });
    // Seven digits were printed.
    expect(relativeError(omitted / 34, 0.8468622)).toBeLessThan(1e-7);
  });
});

suite("regression states", () => {
  test("with no noise in the coefficients are generalised least squares, here ordinary", async () => {
    const x = Array.from({ length: 25 }, (_, t) => [1, Math.sin(t), t / 10]);
    const y = x.map(([a, b, c], t) => 2 * a - b + 0.5 * c + 0.3 * Math.cos(3 * t * t));
    const model = add(
      regression({ regressors: x, columns: ["one", "sine", "time"] }),
      irregular({ variance: 0.04 }),
    );
    const { smoothedMeans, smoothedCovariances } = await smooth(model, y);
    // Normal equations by Gauss-Jordan elimination.
    const M = [0, 1, 2].map(i => [
      ...[0, 1, 2].map(j => x.reduce((sum, row) => sum + row[i] * row[j], 0)),
      ...[0, 1, 2].map(j => (i === j ? 1 : 0)),
      x.reduce((sum, row, t) => sum + row[i] * y[t], 0),
    ]);
    for (let i = 0; i < 3; i++) {
      M[i] = M[i].map(value => value / M[i][i]);
      for (let k = 0; k < 3; k++) if (k !== i) M[k] = M[k].map((value, j) => value - M[k][i] * M[i][j]);
    }
    for (const t of [0, 12, 24]) {
      for (let i = 0; i < 3; i++) {
        expect(Math.abs(smoothedMeans.data[3 * t + i] - M[i][6])).toBeLessThan(1e-11);
        for (let j = 0; j < 3; j++) {
          expect(Math.abs(smoothedCovariances.data[(3 * t + i) * 3 + j] - 0.04 * M[i][3 + j])).toBeLessThan(
            1e-13,
          );
        }
      }
    }
  });
});

suite("constantVelocity()", () => {
  test("Särkkä's car, example 3.6: the published moments", async () => {
    const model = constantVelocity({
      dt: 0.1,
      spectralDensity: 1,
      measurementVariance: 0.25,
      initial: {
        mean: [0, 0, 1, -1],
        covariance: [0, 1, 2, 3].map(i => [0, 1, 2, 3].map(j => (i === j ? 1 : 0))),
      },
    });
    const y = Array.from({ length: 20 }, (_, i) => {
      const k = i + 1;
      return [0.1 * k + 0.3 * Math.sin(k), -0.1 * k + 0.3 * Math.cos(k)];
    });
    const r = await smooth(model, y);
    expect(r.marginalLogLikelihood).toBeCloseTo(-21.6926792475, 9);
    [2.0212195814, -1.8975231738, 1.0838625804, -0.8181227562].forEach((value, i) => {
      expect(r.filteredMeans.data[76 + i]).toBeCloseTo(value, 9);
    });
    [0.1694787694, -0.1283075765, 0.8825710726, -0.9953558054].forEach((value, i) => {
      expect(r.smoothedMeans.data[i]).toBeCloseTo(value, 9);
    });
  });

  test("irregular times: rows put in between, unseen, change nothing", async () => {
    const options = { dimensions: 1, spectralDensity: 0.7, measurementVariance: 0.3 };
    const times = [0, 0.5, 0.5, 2, 2.1, 7];
    const y = [1, 1.4, 1.2, 3, 2.7, 6];
    const some = await smooth(constantVelocity({ ...options, times }), y);
    const more = await smooth(
      constantVelocity({ ...options, times: [0, 0.2, 0.5, 0.5, 1, 2, 2.1, 4, 5, 7] }),
      [1, null, 1.4, 1.2, null, 3, 2.7, null, null, 6],
    );
    expect(relativeError(more.marginalLogLikelihood, some.marginalLogLikelihood)).toBeLessThan(1e-12);
    [0, 2, 3, 5, 6, 9].forEach((at, i) => {
      for (let k = 0; k < 2; k++) {
        expect(more.smoothedMeans.data[2 * at + k]).toBeCloseTo(some.smoothedMeans.data[2 * i + k], 11);
      }
    });
  });
});
