/** Published fits at given parameters on WebGPU: log-likelihood within 1e-6 relative. Units and sources stand with the data. */
import { expect, suite, test } from "vitest";
import {
  add,
  dummySeasonal,
  irregular,
  level,
  type linearGaussianSSM,
  localLinearTrend,
  logLikelihood,
  regression,
  type SeriesInput,
  sarima,
  smoothTrend,
  trigonometricSeasonal,
} from "../src/api/index.ts";
import arima from "../src/api/testing/published/arima.json" with { type: "json" };
import series from "../src/api/testing/published/series.json" with { type: "json" };
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
type Model = ReturnType<typeof linearGaussianSSM>;
type Given = Parameters<typeof logLikelihood>[2];

/** By both methods, and for small models by both forms; relative to the published value. */
async function check(model: Model, y: SeriesInput, expected: number, given: Given = {}): Promise<void> {
  // Covariances of 27 states at every step on the GPU take a software adapter half a minute.
  const forms = model.stateDim <= 6 ? (["auto", "squareRoot"] as const) : (["auto"] as const);
  for (const form of forms) {
    for (const method of ["parallel", "sequential"] as const) {
      const on = { ...given, backend: "webgpu", engine: engine(), form, method } as const;
      const got = await logLikelihood(model, y, on);
      expect(Math.abs(got / expected - 1), `${form}, ${method}`).toBeLessThan(1e-6);
    }
  }
}

/** Annual flow of the Nile at Aswan, 1871–1970; road fatalities 1970–2003 (Commandeur & Koopman 2007). */
const NILE = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958,
  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020,
  1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040,
  759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
  744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
];
const NORWAY = [
  560, 533, 490, 511, 509, 539, 471, 442, 434, 437, 362, 338, 401, 409, 407, 402, 452, 398, 378, 381, 332,
  323, 325, 281, 283, 305, 255, 303, 352, 304, 341, 275, 312, 280,
];
const FINLAND = [
  1055, 1143, 1156, 1086, 865, 910, 804, 709, 610, 650, 551, 555, 569, 604, 541, 541, 612, 581, 653, 734, 649,
  632, 601, 484, 480, 441, 404, 438, 400, 431, 396, 433, 415, 379,
];

const log = (y: readonly number[]): number[] => y.map(Math.log);
const [gas, air] = [log(series.UKgas), log(series.AirPassengers)];

suite("structural models", () => {
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
  ] as const)("%s", { timeout: 120_000 }, async (_, y, period, trigonometric, v, expected) => {
    const model = add(
      localLinearTrend({ levelVariance: v[1], slopeVariance: v[2] }),
      (trigonometric ? trigonometricSeasonal : dummySeasonal)({ period, variance: v[3] }),
      irregular({ variance: v[0] }),
    );
    await check(model, y, expected);
  });

  test("the Nile, whole and with forty years missing", async () => {
    const model = add(level({ variance: 1469.1 }), irregular({ variance: 15099 }));
    const y = NILE;
    await check(model, y, -633.464563649);
    const gaps = y.map((v, t) => ((t >= 20 && t < 40) || (t >= 60 && t < 80) ? null : v));
    await check(model, gaps, -381.506001309);
  });

  test("Norway and Finland", async () => {
    const n = 34;
    const omitted = { likelihood: "diffuseOmitted" } as const;
    await check(
      add(level({ variance: 0.004703000798 }), irregular({ variance: 0.00326821219 })),
      log(NORWAY),
      0.8468622 * n,
      omitted,
    );
    await check(
      add(smoothTrend({ slopeVariance: 0.0015331434 }), irregular({ variance: 0.00320083464 })),
      log(FINLAND),
      26.7401355,
      omitted,
    );
  });
});

suite("ARIMA with exact likelihood", () => {
  const fits = arima.fits.map(fit => [fit.name, fit] as const);
  test.each(fits)("%s", { timeout: 120_000 }, async (name, fit) => {
    const raw = series[fit.of as keyof Omit<typeof series, "source">] as number[];
    const y = fit.of === "AirPassengers" ? log(raw) : name.includes("log10") ? raw.map(Math.log10) : raw;
    const orders = /\(\d,(\d),\d\)(\(\d,(\d),\d\))?/.exec(name);
    const errors = sarima({
      ar: fit.ar,
      differences: Number(orders?.[1] ?? 0),
      ma: fit.ma,
      seasonalAr: fit.seasonalAr,
      seasonalDifferences: Number(orders?.[3] ?? 0),
      seasonalMa: fit.seasonalMa,
      period: fit.period ?? undefined,
      variance: fit.variance,
    });
    const omitted = { likelihood: "diffuseOmitted" } as const;
    if (fit.coefficients.length === 0) return check(add(errors), y, fit.logLikelihood, omitted);
    const inputs = y.map((_, t) => (fit.of === "LakeHuron" ? [1, t + 1875 - 1920] : [1]));
    const model = add(errors, regression({ coefficients: fit.coefficients }));
    return check(model, y, fit.logLikelihood, { ...omitted, inputs });
  });

  test("WWWusage, differenced, with fourteen missing points", async () => {
    const gone = [6, 16, 26, 36, 46, 56, 66, 72, 73, 74, 75, 76, 86, 96];
    const w = series.WWWusage.slice(1).map((value, i) =>
      gone.includes(i + 1) ? null : value - series.WWWusage[i]!,
    );
    const model = add(sarima({ ar: [0.65623054], ma: [0.48778987], variance: 10.3402903 }));
    await check(model, w, -225.770427262);
  });
});
