import { readFileSync } from "node:fs";
import { expect, suite, test } from "vitest";
import {
  add,
  irregular,
  level,
  linearGaussianSSM,
  parseModelDocument,
  simulate,
  smooth,
} from "../../src/api/index.ts";
import { levelVariances, seasonalVariances, trendVariances } from "./estimates.ts";
import { dataNames, resultCsv } from "./exports.ts";
import { infer } from "./infer.ts";
import type { Series } from "./series.ts";
import { DEFAULTS, type ModelKind } from "./settings.ts";

const nile = Float64Array.from(
  readFileSync("examples/nile/nile.csv", "utf8").trim().split("\n").slice(1),
  row => Number(row.split(",")[1]),
);
const seriesOf = (...values: Float64Array[]): Series => ({
  numSteps: values[0]!.length,
  names: values.map((_, c) => `y ${c}`),
  values,
  timeName: "t",
  x: Float64Array.from(values[0]!.keys()),
  dates: false,
  step: undefined,
  label: t => String(t),
  notes: [],
});
/** Within a factor. */
const near = (got: number, wanted: number, factor: number) => {
  expect(got).toBeGreaterThan(wanted / factor);
  expect(got).toBeLessThan(wanted * factor);
};

suite("starting values", () => {
  test("of the Nile are within a factor of two of maximum likelihood (1469, 15099: Durbin & Koopman 2012, §2.10)", () => {
    const { level: q, noise: r } = levelVariances(nile);
    near(q, 1469.1, 2);
    near(r, 15098.5, 2);
  });

  test("find the variances that drew a long series, through gaps and outliers", () => {
    const drawn = simulate(add(level({ variance: 0.3 }), irregular({ variance: 2 })), {
      numSteps: 5000,
      seed: 1,
      initialState: [0],
    });
    const y = Float64Array.from(drawn.observations.data, (v, t) =>
      t % 7 === 0 ? Number.NaN : t % 97 === 0 ? v + 40 : v,
    );
    // Differences that an outlier is in are drawn in, not left out.
    const { level: q, noise: r } = levelVariances(y);
    near(q, 0.3, 1.5);
    near(r, 2, 1.5);
    const season = seasonalVariances(
      y.map((v, t) => v + 8 * Math.sin((2 * Math.PI * t) / 12)),
      12,
      3,
    );
    near(season.level, 0.3, 1.5);
    near(season.noise, 2, 1.5);
  });

  test("of trends find slopes that wander", () => {
    const model = linearGaussianSSM({
      initial: {
        mean: [0, 0],
        covariance: [
          [0, 0],
          [0, 0],
        ],
      },
      dynamics: {
        weights: [
          [1, 1],
          [0, 1],
        ],
        covariance: [
          [0.5, 0],
          [0, 0.05],
        ],
      },
      emissions: { weights: [[1, 0]], covariance: [[1]] },
    });
    const y = Float64Array.from(simulate(model, { numSteps: 5000, seed: 3 }).observations.data);
    const { level: q, slope, noise } = trendVariances(y, false);
    near(slope, 0.05, 2);
    near(q + noise, 1.5, 2);
    expect(trendVariances(y, true).level).toBe(0);
  });

  test("stay above 0 where all values are the same", () => {
    for (const value of [0, 5]) {
      const flat = new Float64Array(20).fill(value);
      const all = [...Object.values(levelVariances(flat)), ...Object.values(seasonalVariances(flat, 4, 2))];
      for (const variance of all) expect(variance).toBeGreaterThan(0);
    }
  });
});

suite("infer()", () => {
  const counts = nile.map(Math.round);
  test.each<ModelKind>(["level", "trend", "smooth", "seasonal", "regimes", "counts"])(
    "%s: one column and two, with a forecast, a document that gives the same, and a file of all rows",
    async model => {
      for (const columns of [[counts], [counts, counts.map((v, t) => (t % 5 === 0 ? Number.NaN : 2 * v))]]) {
        const series = seriesOf(...columns);
        const settings = { ...DEFAULTS, model, horizon: 3, period: 6, harmonics: 3 };
        const found = await infer(series, settings);
        expect(Number.isFinite(found.logLikelihood)).toBe(true);
        const y =
          columns.length === 1 ? columns[0]! : Array.from(columns[0]!, (_, t) => columns.map(c => c[t]!));
        const again = await smooth(parseModelDocument<never>(JSON.stringify(found.document)), y as never);
        expect(again.marginalLogLikelihood).toBeCloseTo(found.logLikelihood, 8);
        for (const { smoothed, forecast } of found.columns) {
          expect(smoothed.mean).toHaveLength(100);
          expect(smoothed.mean.every(Number.isFinite)).toBe(true);
          expect(forecast!.mean).toHaveLength(3);
          expect(forecast!.lower[2]!).toBeLessThan(forecast!.upper[2]!);
        }
        const rows = resultCsv(series, found).join("").trimEnd().split("\n");
        expect(rows).toHaveLength(104);
        expect(new Set(rows.map(row => row.split(",").length)).size).toBe(1);
      }
    },
  );

  test("columns together are what they are alone", async () => {
    const other = nile.map(v => 3 * v + 5).reverse();
    const settings = { ...DEFAULTS, model: "seasonal", period: 4 } as const;
    const together = await infer(seriesOf(nile, other), settings);
    const alone = await Promise.all([nile, other].map(y => infer(seriesOf(y), settings)));
    expect(together.logLikelihood).toBeCloseTo(alone[0]!.logLikelihood + alone[1]!.logLikelihood, 6);
    alone.forEach(({ columns: [own] }, c) => {
      const { mean, upper } = together.columns[c]!.smoothed;
      for (let t = 0; t < 100; t++) {
        expect(mean[t]!).toBeCloseTo(own!.smoothed.mean[t]!, 5);
        expect(upper![t]!).toBeCloseTo(own!.smoothed.upper![t]!, 5);
      }
    });
  });

  test("refuses runs beyond memory, with a fix, and counts that are none, by name and time", async () => {
    await expect(infer(seriesOf(new Float64Array(1e5)), DEFAULTS, { memoryLimit: 1 << 20 })).rejects.toThrow(
      /At most 1 MiB.*got \d+ MiB for 100,000 steps.*Keep every \d+th row/,
    );
    const broken = nile.with(3, 0.5);
    await expect(infer(seriesOf(broken), { ...DEFAULTS, model: "counts" })).rejects.toThrow(
      /Column “y 0”, t 3: a whole number from 0 on expected, got 0.5/,
    );
  });
});

suite("dataNames()", () => {
  test("makes names that a command line can take, each once", () => {
    expect(dataNames({ names: ["a b", "a,b", "t", "3", "größe (m)"], timeName: "t" })).toEqual([
      "a_b",
      "a_b_",
      "t_",
      "y3",
      "größe_m",
    ]);
  });
});
