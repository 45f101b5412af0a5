import { expect, suite, test, vi } from "vitest";
import { namedModel, type RawCase, randomModel } from "../../test-browser/oracle_models.ts";
import { AbortedError } from "../engine/index.ts";
import { linearGaussianSSM, prepare } from "../models/index.ts";
import { kalmanFilterCpu, kalmanSmootherCpu } from "./index.ts";
import { Settling } from "./settling.ts";

const problemOf = ({ model, observations, inputs }: RawCase) =>
  prepare(linearGaussianSSM(model), observations, { inputs });
const outputs = { predicted: true, crossCovariances: true };

/** A random walk with step variance q, observed with variance 1. */
const level = (q: number, T: number): RawCase => ({
  model: {
    initial: { mean: [0], covariance: [[1]] },
    dynamics: { weights: [[1]], covariance: [[q]] },
    emissions: { weights: [[1]], covariance: [[1]] },
  },
  observations: Array.from({ length: T }, (_, t) => [Math.sin(t)]),
});

suite("kalmanSmootherCpu() where the factors have settled", () => {
  const cases: [string, RawCase][] = [
    ...(["d8", "mat52", "stiff", "cv4", "llt"] as const).map((name): [string, RawCase] => [
      name,
      namedModel(name, 4000),
    ]),
    [
      "a gap in mid-series",
      (() => {
        const given = namedModel("cv4", 4000);
        return {
          ...given,
          observations: given.observations.map((y, t) => (t > 2000 && t < 2050 ? [null, null] : y)),
        };
      })(),
    ],
    [
      "every fourth step half missing",
      (() => {
        const given = namedModel("cv4", 2400);
        return {
          ...given,
          observations: given.observations.map((y, t) => (t % 4 === 0 ? [y[0], null] : y)),
        };
      })(),
    ],
    ["a level that settles over thousands of steps", level(1e-6, 30_000)],
    ["inputs", randomModel({ n: 3, m: 2, T: 4000, seed: 90, inputs: 2 })],
    ["singular Q", randomModel({ n: 4, m: 2, T: 4000, seed: 91, singularQ: true, zeroP0: true })],
  ];
  // 1e-12 of the standard deviation, the agreement that is promised; records are mean and factor by rows.
  test.each(cases)("gives the moments of the full recursion within 1e-12: %s", async (_, given) => {
    const problem = problemOf(given);
    const full = await kalmanSmootherCpu(problem, { outputs, settle: false });
    const short = await kalmanSmootherCpu(problem, { outputs });
    const n = problem.stateDim;
    const size = n + (n * (n + 1)) / 2;
    let worst = 0;
    for (const field of ["filtered", "predicted", "smoothed"] as const) {
      const [a, b] = [full, short].map(r => r[field]?.means.data) as [Float64Array, Float64Array];
      for (let at = 0; at < a.length; at += size) {
        for (let i = 0, row = at + n; i < n; row += ++i) {
          const sd = Math.hypot(...a.subarray(row, row + i + 1));
          // A mean of size |m| carries rounding of its own.
          worst = Math.max(worst, Math.abs(a[at + i] - b[at + i]) / (sd + Math.abs(a[at + i])));
          for (let j = row; j <= row + i; j++) worst = Math.max(worst, Math.abs(a[j] - b[j]) / (sd || 1));
        }
      }
    }
    expect(worst).toBeLessThan(1e-12);
    const sum = (x: Float64Array): number => x.reduce((s, v) => s + v, 0);
    expect(Math.abs(sum(short.logLikelihoods) / sum(full.logLikelihoods) - 1)).toBeLessThan(1e-12);
  });

  test("the shortcut is really taken, forwards and backwards", async () => {
    const settled = vi.spyOn(Settling.prototype, "settled");
    try {
      await kalmanSmootherCpu(problemOf(namedModel("cv4", 4000)), { outputs });
      // Called once for every step that runs the recursion of the factors: a few hundred of 4000, twice.
      expect(settled.mock.calls.length).toBeGreaterThan(100);
      expect(settled.mock.calls.length).toBeLessThan(2000);
    } finally {
      settled.mockRestore();
    }
  });
});

suite("kalmanFilterCpu()", () => {
  test("names the series whose innovation covariance is singular and fills it with NaN from there", async () => {
    const model = linearGaussianSSM({
      initial: { mean: 0, covariance: 1 },
      dynamics: { weights: 1, covariance: 0 },
      emissions: { weights: 1, covariance: 0 },
    });
    const problem = prepare(model, [
      [[1], [1], [2]],
      [[1], [null], [null]],
    ]);
    const r = await kalmanSmootherCpu(problem, { outputs });
    expect(r.statuses).toEqual(["notPositiveDefinite", "ok"]);
    expect([...r.filtered.means.data]).toEqual([
      1,
      0,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      1,
      0,
      1,
      0,
      1,
      0,
    ]);
    expect(r.smoothed.means.data.subarray(0, 6).every(Number.isNaN)).toBe(true);
    expect(r.logLikelihoods.subarray(3).every(Number.isFinite)).toBe(true);
  });

  test("two identical noiseless sensors are singular, however they are scaled", async () => {
    const model = linearGaussianSSM({
      initial: {
        mean: [0, 0],
        covariance: [
          [1, 0.3],
          [0.3, 2],
        ],
      },
      dynamics: {
        weights: [
          [1, 0],
          [0, 1],
        ],
        covariance: [
          [1, 0],
          [0, 1],
        ],
      },
      emissions: {
        weights: [
          [0.3, 0.7],
          [3, 7],
        ],
        covariance: [
          [0, 0],
          [0, 0],
        ],
      },
    });
    const r = await kalmanFilterCpu(prepare(model, [[1, 10]]));
    expect(r.statuses).toEqual(["notPositiveDefinite"]);
  });

  test("says nonFinite when moments overflow, with data and without", async () => {
    const model = linearGaussianSSM({
      initial: { mean: 1, covariance: 1 },
      dynamics: { weights: 1e200, covariance: 1 },
      emissions: { weights: 1, covariance: 1 },
    });
    for (const y of [
      [1, null, null, 1],
      [null, null, null, null],
    ]) {
      const r = await kalmanFilterCpu(prepare(model, y));
      expect(r.statuses).toEqual(["nonFinite"]);
    }
  });

  test("stops when the signal fires, and reports how far it is", async () => {
    const problem = problemOf(namedModel("d8gap", 60_000));
    const controller = new AbortController();
    const done: number[] = [];
    const running = kalmanFilterCpu(problem, {
      signal: controller.signal,
      onProgress: progress => {
        expect(progress).toMatchObject({ phase: "filter", total: 60_000 });
        done.push(progress.done);
        controller.abort();
      },
    });
    await expect(running).rejects.toThrow(AbortedError);
    expect(done).toHaveLength(1);
    expect(done[0]).toBeLessThan(60_000);
  });
});
