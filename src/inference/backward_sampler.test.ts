import { afterEach, expect, suite, test, vi } from "vitest";
import { denseOracle } from "../../test-browser/oracle.ts";
import { type RandomModelOptions, randomModel } from "../../test-browser/oracle_models.ts";
import { linearGaussianSSM, prepare } from "../models/index.ts";
import { backwardSamplerCpu, type StepNoise } from "./backward_sampler.cpu.ts";
import { kalmanSmootherCpu } from "./kalman_smoother.cpu.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { stepNormals } from "./random/step_normals.ts";
import { SmootherGain } from "./smoother_gain.ts";

afterEach(() => vi.restoreAllMocks());

async function sample(problem: LinearGaussianProblem, numSamples: number, noise: StepNoise, settle = true) {
  const { filtered, smoothed, statuses } = await kalmanSmootherCpu(problem, { settle });
  return backwardSamplerCpu(problem, filtered, smoothed, statuses, { numSamples, noise });
}

const still: StepNoise = (_s, _d, _t, out) => void out.fill(0);

/** Every draw moves one entry of ε by one: draw 0 none, draw 1 + t·n + i the i-th at step t. */
const unit =
  (n: number): StepNoise =>
  (_s, draw, t, out) => {
    out.fill(0);
    const i = draw - 1 - t * n;
    if (i >= 0 && i < n) out[i] = 1;
  };

const CASES: Record<string, RandomModelOptions> = {
  "one state": { n: 1, m: 1, T: 7, seed: 1 },
  "constant parameters": { n: 3, m: 2, T: 9, seed: 2 },
  "everything varies, inputs, gaps": {
    n: 3,
    m: 2,
    T: 8,
    seed: 3,
    timeVarying: true,
    inputs: 2,
    missing: 0.4,
  },
  "singular Q": { n: 4, m: 2, T: 7, seed: 4, singularQ: true },
  "singular Q and P0 = 0": { n: 3, m: 1, T: 7, seed: 5, singularQ: true, zeroP0: true },
  "no process noise and P0 = 0": { n: 1, m: 1, T: 5, seed: 6, singularQ: true, zeroP0: true },
  "one step": { n: 3, m: 2, T: 1, seed: 7 },
};

suite("backwardSamplerCpu()", () => {
  for (const [name, options] of Object.entries(CASES)) {
    // A draw is μ + L ε: μ and the blocks of L L' are those of the posterior, which the neighbouring blocks determine.
    test(`is the posterior as a linear map of its noise: ${name}`, async () => {
      const { model, observations, inputs } = randomModel(options);
      const { n, T } = options;
      const oracle = denseOracle(model, observations, inputs);
      const problem = prepare(linearGaussianSSM(model), observations, { inputs });
      const { states, statuses } = await sample(problem, 1 + T * n, unit(n));
      expect(statuses).toEqual(["ok"]);
      const at = (draw: number, t: number, i: number) => states[(draw * T + t) * n + i];
      const covariance = (s: number, i: number, t: number, j: number) => {
        let sum = 0;
        for (let k = 1; k <= T * n; k++) sum += (at(k, s, i) - at(0, s, i)) * (at(k, t, j) - at(0, t, j));
        return sum;
      };
      for (let t = 0; t < T; t++) {
        for (let i = 0; i < n; i++) {
          expect(at(0, t, i)).toBeCloseTo(oracle.smoothedMeans[t][i], 10);
          for (let j = 0; j < n; j++) {
            expect(covariance(t, i, t, j)).toBeCloseTo(oracle.smoothedCovariances[t][i][j], 10);
            if (t + 1 < T)
              expect(covariance(t, i, t + 1, j)).toBeCloseTo(oracle.smoothedCrossCovariances[t][i][j], 10);
          }
        }
      }
    });
  }

  test("without noise every draw is the smoothed mean, and constant factors keep the gain", async () => {
    const { model, observations } = randomModel({ n: 3, m: 2, T: 3000, seed: 8 });
    const problem = prepare(linearGaussianSSM(model), observations);
    const made = vi.spyOn(SmootherGain.prototype, "make");
    const settled = await sample(problem, 2, still);
    // The smoother makes as many of its own.
    const gains = made.mock.calls.length / 2;
    const every = await sample(problem, 2, still, false);
    expect(gains).toBeLessThan(400);
    expect(settled.states.slice(0, 9000)).toEqual(settled.states.slice(9000));
    settled.states.forEach((value, i) => {
      if (Math.abs(value - every.states[i]) > 1e-10) expect(value, `entry ${i}`).toBe(every.states[i]);
    });
  });

  test("a gap in a settled series makes new gains around it", async () => {
    const { model, observations } = randomModel({ n: 2, m: 1, T: 1500, seed: 9 });
    for (let t = 700; t < 760; t++) observations[t][0] = null;
    const problem = prepare(linearGaussianSSM(model), observations);
    const noise: StepNoise = (s, draw, t, out) => stepNormals(1, s, draw, t, 2, out);
    const [settled, every] = [await sample(problem, 3, noise), await sample(problem, 3, noise, false)];
    settled.states.forEach((value, i) => {
      if (Math.abs(value - every.states[i]) > 1e-9) expect(value, `entry ${i}`).toBe(every.states[i]);
    });
  });

  test("the sign of a factor's columns, which is free, does not change the draws", async () => {
    const { model, observations } = randomModel({ n: 3, m: 2, T: 6, seed: 10 });
    const problem = prepare(linearGaussianSSM(model), observations);
    const { filtered, smoothed, statuses } = await kalmanSmootherCpu(problem, {});
    const { means, factors } = filtered;
    const flipped = Float64Array.from(factors.data);
    // Column 1 of every factor: packed entries 2 (diagonal) and 4.
    for (let t = 0; t < 6; t++) for (const k of [2, 4]) flipped[factors.at(0, t) + k] *= -1;
    const noise: StepNoise = (s, draw, t, out) => stepNormals(1, s, draw, t, 3, out);
    const run = (data: Float64Array) =>
      backwardSamplerCpu(problem, { means, factors: { data, at: factors.at } }, smoothed, statuses, {
        numSamples: 2,
        noise,
      });
    const [plain, mirrored] = [await run(Float64Array.from(factors.data)), await run(flipped)];
    mirrored.states.forEach((value, i) => {
      expect(value).toBeCloseTo(plain.states[i], 12);
    });
  });

  test("a series that failed is NaN and keeps its status; the others are drawn", async () => {
    const model = linearGaussianSSM({
      initial: { mean: [0], covariance: 1 },
      dynamics: { weights: 1, covariance: 1 },
      emissions: { weights: 1, covariance: 1 },
    });
    const problem = prepare(model, [
      [[1], [2]],
      [[3], [4], [5]],
    ]);
    const { filtered, smoothed } = await kalmanSmootherCpu(problem, {});
    const { states, statuses } = await backwardSamplerCpu(problem, filtered, smoothed, ["nonFinite", "ok"], {
      numSamples: 1,
      noise: still,
    });
    expect(statuses).toEqual(["nonFinite", "ok"]);
    expect([...states.slice(0, 3)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([...states.slice(3)].every(Number.isFinite)).toBe(true);
  });

  test("stops when the signal has fired", async () => {
    const { model, observations } = randomModel({ n: 2, m: 1, T: 5, seed: 11 });
    const problem = prepare(linearGaussianSSM(model), observations);
    const { filtered, smoothed, statuses } = await kalmanSmootherCpu(problem, {});
    const signal = AbortSignal.abort();
    await expect(
      backwardSamplerCpu(problem, filtered, smoothed, statuses, { numSamples: 1, noise: still, signal }),
    ).rejects.toThrow(/samplePosterior/);
  });
});
