import { expect, suite, test } from "vitest";
import { add, arma, autoregressive, decompose, logLikelihood, regression, sarima, smooth } from "./index.ts";
import { logDensity, regress, relativeError } from "./testing/dense_gaussian.ts";
import arima from "./testing/published/arima.json" with { type: "json" };
import series from "./testing/published/series.json" with { type: "json" };

type Name = keyof Omit<typeof series, "source">;
const log = (y: readonly number[]): number[] => y.map(Math.log);
const diff = (y: readonly number[], lag = 1): number[] => y.slice(lag).map((value, i) => value - y[i]);

/** The series each fit is of, how it is transformed and differenced. */
function data(name: string, of: string): { y: number[]; d: number; D: number } {
  const raw = series[of as Name];
  const y = of === "AirPassengers" ? log(raw) : name.includes("log10") ? raw.map(Math.log10) : raw;
  const orders = /\(\d,(\d),\d\)(\(\d,(\d),\d\))?/.exec(name);
  return { y, d: Number(orders?.[1] ?? 0), D: Number(orders?.[3] ?? 0) };
}

/** Autocovariances of an ARMA process from its moving average form. */
function autocovariances(ar: number[], ma: number[], variance: number, lags: number): number[] {
  const psi: number[] = [];
  for (let j = 0; j < 3000; j++) {
    let sum = j === 0 ? 1 : (ma[j - 1] ?? 0);
    for (let i = 1; i <= Math.min(j, ar.length); i++) sum += ar[i - 1] * psi[j - i];
    psi.push(sum);
  }
  return Array.from({ length: lags }, (_, h) => {
    let sum = 0;
    for (let j = psi.length - 1 - h; j >= 0; j--) sum += psi[j] * psi[j + h];
    return variance * sum;
  });
}

suite("fits of R's arima()", () => {
  const fits = arima.fits.map(fit => [fit.name, fit] as const);

  test.each(fits)("%s: exact log-likelihood of the differences to 1e-9", async (name, fit) => {
    const { y, d, D } = data(name, fit.of);
    let w = y;
    for (let i = 0; i < d; i++) w = diff(w);
    for (let i = 0; i < D; i++) w = diff(w, fit.period ?? 0);
    const errors = sarima({
      ar: fit.ar,
      ma: fit.ma,
      seasonalAr: fit.seasonalAr,
      seasonalMa: fit.seasonalMa,
      period: fit.period ?? undefined,
      variance: fit.variance,
    });
    const rows = w.map((_, t) => (fit.of === "LakeHuron" ? [1, t + 1875 - 1920] : [1]));
    const known = fit.coefficients.length > 0;
    const model = known ? add(errors, regression({ coefficients: fit.coefficients })) : add(errors);
    const got = await logLikelihood(model, w, known ? { inputs: rows } : {});
    expect(relativeError(got, fit.logLikelihood)).toBeLessThan(1e-9);
  });

  test.each(fits.filter(([name]) => /\(\d,[01],/.test(name)))(
    "%s: the same with the differences as states",
    async (name, fit) => {
      const { y, d, D } = data(name, fit.of);
      const model = add(
        sarima({
          ar: fit.ar,
          differences: d,
          ma: fit.ma,
          seasonalAr: fit.seasonalAr,
          seasonalDifferences: D,
          seasonalMa: fit.seasonalMa,
          period: fit.period ?? undefined,
          variance: fit.variance,
        }),
      );
      const got = await logLikelihood(model, y, { likelihood: "diffuseOmitted" });
      expect(relativeError(got, fit.logLikelihood)).toBeLessThan(1e-9);
      const lags = d + D * (fit.period ?? 0);
      const exact = await logLikelihood(model, y);
      expect(relativeError(exact, fit.logLikelihood - (lags * Math.log(2 * Math.PI)) / 2)).toBeLessThan(1e-9);
    },
  );

  test("mean of sarima() is the drift: that of the differences", async () => {
    const parameters = { ar: [0.4], ma: [0.3], variance: 12, mean: 1.5 };
    const drifting = add(sarima({ differences: 1, ...parameters }));
    const got = await logLikelihood(drifting, series.WWWusage, { likelihood: "diffuseOmitted" });
    const expected = await logLikelihood(add(arma(parameters)), diff(series.WWWusage));
    expect(relativeError(got, expected)).toBeLessThan(1e-12);
    // With no data to come the series goes on by 1.5 a step, whatever it was.
    const { fitted } = await decompose(drifting, [...series.WWWusage, ...new Array<null>(60).fill(null)], {
      states: "filtered",
    });
    expect(fitted.mean.data[159] - fitted.mean.data[158]).toBeCloseTo(1.5, 12);
  });

  test("mean of autoregressive() and arma() is the intercept", async () => {
    const [ar1, ar3, arma11] = arima.fits;
    for (const [fit, part] of [
      [ar1, autoregressive({ coefficients: ar1.ar, variance: ar1.variance, mean: ar1.coefficients[0] })],
      [ar3, autoregressive({ coefficients: ar3.ar, variance: ar3.variance, mean: ar3.coefficients[0] })],
      [
        arma11,
        arma({ ar: arma11.ar, ma: arma11.ma, variance: arma11.variance, mean: arma11.coefficients[0] }),
      ],
    ] as const) {
      expect(relativeError(await logLikelihood(add(part), series.lh), fit.logLikelihood)).toBeLessThan(1e-9);
    }
  });
});

suite("published ARIMA values", () => {
  // Eight digits were printed, of parameters and of values: 1e-7.
  const air = log(series.AirPassengers);
  const airline = add(
    sarima({
      differences: 1,
      ma: [-0.40182289],
      seasonalDifferences: 1,
      seasonalMa: [-0.55693587],
      period: 12,
      variance: 0.001348099122,
    }),
  );

  test("AirPassengers (0,1,1)(0,1,1)12: 244.69648683", async () => {
    const got = await logLikelihood(airline, air, { likelihood: "diffuseOmitted" });
    expect(relativeError(got, 244.69648683)).toBeLessThan(1e-7);
  });

  test("AirPassengers: twelve masked steps are the forecast", async () => {
    const { fitted } = await decompose(airline, [...air, ...new Array<null>(12).fill(null)], {
      states: "filtered",
    });
    const [first, last] = [fitted.mean.data[144], fitted.mean.data[155]];
    expect(relativeError(first, 6.11018574)).toBeLessThan(1e-7);
    expect(relativeError(last, 6.16802488)).toBeLessThan(1e-7);
    // The printed standard errors are of R's fit with a wide prior: σ² 0.0013480348, θ and Θ 1e-5 away from these.
    const error = (t: number): number => Math.sqrt((fitted.variance.data[t] * 0.0013480348) / 0.001348099122);
    expect(relativeError(error(144), 0.0367156)).toBeLessThan(1e-5);
    expect(relativeError(error(155), 0.0815707)).toBeLessThan(1e-5);
  });

  test("AirPassengers: smoothed lags are the observations, the first thirteen too", async () => {
    const n = airline.stateDim;
    const { smoothedMeans } = await smooth(airline, air);
    for (let t = 1; t < air.length; t++) {
      for (let lag = 1; lag <= Math.min(13, t); lag++) {
        expect(
          Math.abs(smoothedMeans.data[t * n + 13 + lag] - air[t - lag]),
          `t ${t}, lag ${lag}`,
        ).toBeLessThan(1e-12);
      }
    }
  });

  test("USAccDeaths airline model: −425.441102431", async () => {
    const model = add(
      sarima({
        differences: 1,
        ma: [-0.43027005],
        seasonalDifferences: 1,
        seasonalMa: [-0.55272861],
        period: 12,
        variance: 99352.5844,
      }),
    );
    const got = await logLikelihood(model, series.USAccDeaths, { likelihood: "diffuseOmitted" });
    expect(relativeError(got, -425.441102431)).toBeLessThan(1e-9);
  });

  test("LakeHuron AR(2) about a trend: −101.198267167", async () => {
    const model = add(
      autoregressive({ coefficients: [1.0048181, -0.29130151], variance: 0.456618343 }),
      regression({ coefficients: [579.09941, -0.021568108] }),
    );
    const inputs = series.LakeHuron.map((_, t) => [1, 1875 + t - 1920]);
    const got = await logLikelihood(model, series.LakeHuron, { inputs });
    expect(relativeError(got, -101.198267167)).toBeLessThan(1e-7);
  });

  // Durbin & Koopman 2012, §8.5, "internet": differences of WWWusage, whole and with fourteen of them missing.
  test("WWWusage, ARMA(1,1) of the differences: −254.149691299 and its forecasts", async () => {
    const model = add(arma({ ar: [0.65037777], ma: [0.52559055], variance: 9.79331292 }));
    const w = diff(series.WWWusage);
    expect(relativeError(await logLikelihood(model, w), -254.149691299)).toBeLessThan(1e-9);
    const ahead = await decompose(model, [...w, ...new Array<null>(10).fill(null)], { states: "filtered" });
    const got = [0, 1, 2, 9].map(h => ahead.fitted.mean.data[w.length + h]);
    // Printed with eight decimals, of a fit whose parameters were not printed; φ and θ moved by 2e-6 move them as much.
    [-1.11949821, -0.72809028, -0.47352952, -0.02330665].forEach((value, i) => {
      expect(Math.abs(got[i] - value)).toBeLessThan(1e-5);
    });
    const gamma = autocovariances([0.65037777], [0.52559055], 9.79331292, w.length + 10);
    const dense = regress(
      [...w, ...new Array<number>(10).fill(Number.NaN)],
      (i, j) => gamma[Math.abs(i - j)],
      0,
    );
    for (let t = w.length; t < w.length + 10; t++) {
      expect(Math.abs(ahead.fitted.mean.data[t] - dense.mean[t])).toBeLessThan(1e-12);
      expect(relativeError(ahead.fitted.variance.data[t], dense.variance[t])).toBeLessThan(1e-12);
    }
  });

  const gone = [6, 16, 26, 36, 46, 56, 66, 72, 73, 74, 75, 76, 86, 96];

  test("WWWusage with fourteen missing points: −225.770427262", async () => {
    const parameters = { ar: [0.65623054], ma: [0.48778987], variance: 10.3402903 };
    const w = diff(series.WWWusage).map((value, i) => (gone.includes(i + 1) ? null : value));
    const got = await logLikelihood(add(arma(parameters)), w);
    expect(relativeError(got, -225.770427262)).toBeLessThan(1e-9);
  });

  test("missing points: the log-likelihood is the normal density of what is left", async () => {
    const [ar, ma, variance] = [[0.65623054], [0.48778987], 10.3402903];
    const all = diff(series.WWWusage);
    const left = all.flatMap((_, i) => (gone.includes(i + 1) ? [] : [i]));
    const gamma = autocovariances(ar, ma, variance, all.length);
    const expected = logDensity(
      left.map(i => all[i]),
      left.map(i => left.map(j => gamma[Math.abs(i - j)])),
    );
    const w = all.map((value, i) => (gone.includes(i + 1) ? Number.NaN : value));
    const got = await logLikelihood(add(arma({ ar, ma, variance })), w);
    expect(relativeError(got, expected)).toBeLessThan(1e-12);
  });
});
