import { expect, suite, test } from "vitest";
import { denseOracle } from "../../test-browser/oracle.ts";
import { namedModel, type RawCase, randomModel } from "../../test-browser/oracle_models.ts";
import { linearGaussianSSM, prepare } from "../models/index.ts";
import {
  gainSchedule,
  type KalmanSmootherRecords,
  kalmanFilterCpu,
  kalmanSmootherCpu,
  type LinearGaussianProblem,
  type Moments,
  type Rows,
  steadyFilterCpu,
  steadySmootherCpu,
} from "./index.ts";

const outputs = { predicted: true, crossCovariances: true };
const problemOf = ({ model, observations, inputs }: RawCase) =>
  prepare(linearGaussianSSM(model), observations, { inputs });

/** Worst difference of means and factors, in standard deviations. */
function worst(a: Moments, b: Moments, { stateDim: n, lengths }: LinearGaussianProblem): number {
  let most = 0;
  for (const [s, length] of lengths.entries()) {
    for (let t = 0; t < length; t++) {
      for (let i = 0; i < n; i++) {
        const row = (f: Rows) => f.data.subarray(f.at(s, t) + (i * (i + 1)) / 2).subarray(0, i + 1);
        const sd = Math.hypot(...row(a.factors));
        const [x, y] = [a, b].map(r => r.means.data[r.means.at(s, t) + i]!) as [number, number];
        most = Math.max(most, Math.abs(x - y) / (sd + Math.abs(x) || 1));
        row(a.factors).forEach((u, j) => {
          most = Math.max(most, Math.abs(u - row(b.factors)[j]!) / (sd || 1));
        });
      }
    }
  }
  return most;
}

async function compare(problem: LinearGaussianProblem): Promise<void> {
  const schedule = gainSchedule(problem);
  if (!schedule) throw new Error("a schedule was expected");
  const full = await kalmanSmootherCpu(problem, { outputs, settle: false });
  const short = await steadySmootherCpu(problem, schedule, { outputs });
  expect(short.statuses).toEqual(full.statuses);
  for (const field of ["filtered", "predicted", "smoothed"] as const)
    expect(worst(full[field]!, short[field]!, problem), field).toBeLessThan(1e-11);
  const [a, b] = [full, short].map(r => (r as KalmanSmootherRecords).crossCovariances!) as [Rows, Rows];
  const n = problem.stateDim;
  for (const [s, length] of problem.lengths.entries()) {
    for (let t = 0; t < length - 1; t++) {
      const scale = Math.max(...a.data.subarray(a.at(s, t), a.at(s, t) + n * n).map(Math.abs));
      for (let i = 0; i < n * n; i++)
        expect(Math.abs(a.data[a.at(s, t) + i]! - b.data[b.at(s, t) + i]!)).toBeLessThanOrEqual(
          1e-11 * scale,
        );
    }
  }
  const sum = (x: ArrayLike<number>): number => Array.from(x).reduce((t, v) => t + v, 0);
  expect(Math.abs(sum(short.logLikelihoods) / sum(full.logLikelihoods) - 1)).toBeLessThan(1e-12);
}

suite("the time-invariant path gives what the full recursion gives", () => {
  test.each(["d8", "mat52", "stiff", "cv4", "llt"] as const)("%s", { timeout: 30_000 }, async name => {
    const problem = problemOf(namedModel(name, 3000));
    expect(gainSchedule(problem)!.rows).toBeLessThan(2000);
    await compare(problem);
  });

  test.each([1, 2, 3, 40, 400])("at T = %i, settled or not", async T => {
    await compare(problemOf(randomModel({ n: 3, m: 2, T, seed: 7 })));
  });

  test("with inputs, and with singular Q and P0 = 0", async () => {
    await compare(problemOf(randomModel({ n: 3, m: 2, T: 700, seed: 90, inputs: 2 })));
    await compare(problemOf(randomModel({ n: 4, m: 2, T: 700, seed: 91, singularQ: true, zeroP0: true })));
  });

  test.each([
    ["every fourth step half missing", (t: number, y: (number | null)[]) => (t % 4 ? y : [y[0]!, null])],
    ["every third step missing", (t: number, y: (number | null)[]) => (t % 3 === 2 ? [null, null] : y)],
    ["only step 0 missing", (t: number, y: (number | null)[]) => (t === 0 ? [null, null] : y)],
  ])("for patterns that repeat: %s", async (_, change) => {
    const given = namedModel("cv4", 2400);
    const problem = problemOf({ ...given, observations: given.observations.map((y, t) => change(t, y)) });
    expect(gainSchedule(problem)!.rows).toBeLessThan(2000);
    await compare(problem);
  });

  test("for seasonal dynamics given as a time-varying parameter", async () => {
    const T = 1500;
    const weights = Array.from({ length: T }, (_, t) => [
      [0.9 + 0.05 * (t % 5), 0.1],
      [0, 0.7],
    ]);
    const model = linearGaussianSSM({
      initial: {
        mean: [1, 2],
        covariance: [
          [1, 0],
          [0, 1],
        ],
      },
      dynamics: {
        weights,
        covariance: [
          [0.1, 0],
          [0, 0.2],
        ],
      },
      emissions: { weights: [[1, 1]], covariance: [[0.5]] },
    });
    const problem = prepare(
      model,
      Array.from({ length: T }, (_, t) => [Math.sin(t / 9)]),
    );
    expect(gainSchedule(problem)!.period).toBe(5);
    await compare(problem);
  });

  test("for ragged batches, of which short series never settle", async () => {
    const given = namedModel("cv4", 1800);
    const lengths = [1800, 1, 2, 30, 700, 701, 1800, 1799];
    const problem = prepare(
      linearGaussianSSM(given.model),
      lengths.map((length, s) => given.observations.slice(0, length).map(y => y.map(v => v! + s))),
    );
    await compare(problem);
  });
});

test("smoothed means of states that are known exactly: a moving average without noise", async () => {
  const model: RawCase["model"] = {
    initial: {
      mean: [0, 0],
      covariance: [
        [2.5625, 0.4],
        [0.4, 0.16],
      ],
    },
    dynamics: {
      weights: [
        [0.6, 1],
        [0, 0],
      ],
      covariance: [
        [1, 0.4],
        [0.4, 0.16],
      ],
    },
    emissions: { weights: [[1, 0]], covariance: [[0]] },
  };
  const observations = Array.from({ length: 140 }, (_, t) => [t === 70 ? null : Math.sin(t * t) + 3]);
  const whole = observations.map(([y], t) => [y ?? Math.sin(t * t) + 3]);
  for (const y of [whole, observations]) {
    const exact = denseOracle(model, y);
    const problem = prepare(linearGaussianSSM(model), y);
    const schedule = gainSchedule(problem);
    const runs = [await kalmanSmootherCpu(problem)];
    if (schedule) runs.push(await steadySmootherCpu(problem, schedule));
    expect(runs.length).toBe(y === whole ? 2 : 1);
    for (const { smoothed } of runs)
      for (let t = 0; t < 140; t++)
        for (let i = 0; i < 2; i++)
          expect(smoothed.means.data[smoothed.means.at(0, t) + i]).toBeCloseTo(
            exact.smoothedMeans[t]![i]!,
            9,
          );
  }
});

suite("gainSchedule()", () => {
  test("stores what repeats once", () => {
    const schedule = gainSchedule(problemOf(namedModel("cv4", 100_000)))!;
    expect(schedule.rows).toBeLessThan(600);
    expect(schedule.filtered.length).toBe(schedule.rows * 10);
    expect(schedule.rowOf(99_999)).toBe(schedule.rows - 1);
  });

  test.each([
    ["an irregular gap", (y: (number | null)[], t: number) => (t > 500 && t < 520 ? [null, null] : y)],
    ["a missing entry at the end", (y: (number | null)[], t: number) => (t === 1199 ? [null, y[1]!] : y)],
  ])("is not made for %s", (_, change) => {
    const given = namedModel("cv4", 1200);
    expect(
      gainSchedule(problemOf({ ...given, observations: given.observations.map(change) })),
    ).toBeUndefined();
  });

  test("is not made when series differ in what is missing", () => {
    const given = namedModel("llt", 50);
    const model = linearGaussianSSM(given.model);
    const holes = given.observations.map((y, t) => (t === 20 ? [null] : y));
    expect(gainSchedule(prepare(model, [given.observations, holes]))).toBeUndefined();
    expect(gainSchedule(prepare(model, [given.observations, given.observations]))).toBeDefined();
  });

  test("a singular innovation covariance is left to the full recursion", () => {
    const model = linearGaussianSSM({
      initial: { mean: 0, covariance: 0 },
      dynamics: { weights: 1, covariance: 0 },
      emissions: { weights: 1, covariance: 0 },
    });
    expect(gainSchedule(prepare(model, [1, 2, 3]))).toBeUndefined();
  });
});

test("means that overflow: nonFinite, and NaN from there on", async () => {
  const model = linearGaussianSSM({
    initial: { mean: 1, covariance: 1 },
    dynamics: { weights: 1e200, covariance: 1 },
    emissions: { weights: 1, covariance: 1 },
  });
  const problem = prepare(model, [1, 2, 3, 4]);
  const schedule = gainSchedule(problem);
  if (!schedule) expect((await kalmanFilterCpu(problem)).statuses).toEqual(["nonFinite"]);
  else expect((await steadyFilterCpu(problem, schedule)).statuses).toEqual(["nonFinite"]);
});
