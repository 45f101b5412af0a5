import { expect, suite, test } from "vitest";
import { diffuseOracle } from "../../test-browser/diffuse_oracle.ts";
import type { RawModel } from "../../test-browser/oracle.ts";
import { type RandomModelOptions, randomModel } from "../../test-browser/oracle_models.ts";
import { linearGaussianSSM, prepare } from "../models/index.ts";
import { backwardSamplerCpu } from "./backward_sampler.cpu.ts";
import { sampleDiffuseHead } from "./diffuse_sampler.cpu.ts";
import { diffuseStart } from "./diffuse_start.cpu.ts";
import { kalmanSmootherCpu } from "./kalman_smoother.cpu.ts";

const CASES: Record<string, { options: RandomModelOptions; diffuse: number[]; blank?: number[] }> = {
  "all states, one channel": { options: { n: 3, m: 1, T: 9, seed: 70 }, diffuse: [0, 1, 2] },
  "some states, inputs and gaps": {
    options: { n: 3, m: 2, T: 9, seed: 71, inputs: 1, missing: 0.3 },
    diffuse: [0, 2],
  },
  "everything varies in time": {
    options: { n: 2, m: 1, T: 7, seed: 72, timeVarying: true },
    diffuse: [0, 1],
  },
  "nothing observed at first": { options: { n: 2, m: 1, T: 8, seed: 73 }, diffuse: [1], blank: [0, 1, 2] },
  "singular Q": { options: { n: 4, m: 1, T: 8, seed: 74, singularQ: true }, diffuse: [0, 1] },
  "the series ends in the head": { options: { n: 3, m: 1, T: 3, seed: 75 }, diffuse: [0, 1, 2] },
};

suite("sampleDiffuseHead()", () => {
  for (const [name, { options, diffuse, blank = [] }] of Object.entries(CASES)) {
    // As in backward_sampler.test.ts: a draw is μ + L ε, every draw moves one entry of ε.
    test(`with the draws of the rest it is the posterior as a linear map of its noise: ${name}`, async () => {
      const { n, T } = options;
      const { model, observations, inputs } = randomModel(options);
      for (const t of blank) observations[t] = observations[t].map(() => null);
      const flat = (i: number): boolean => diffuse.includes(i);
      const mean = model.initial.mean.map((x, i) => (flat(i) ? 0 : x));
      const covariance = model.initial.covariance.map((row, i) =>
        row.map((x, j) => (flat(i) || flat(j) ? 0 : x)),
      );
      const raw: RawModel = { ...model, initial: { mean, covariance } };
      const oracle = diffuseOracle(
        raw,
        mean.map((_, i) => flat(i)),
        observations,
        inputs,
      );
      const initial = { mean, covariance, diffuse: mean.map((_, i) => flat(i)) };
      const problem = prepare(linearGaussianSSM({ ...model, initial }), observations, { inputs });
      const head = await diffuseStart(problem, true);
      const D = head.numSteps;
      expect(head.series[0].status).toBe("ok");
      expect(head.rest === undefined).toBe(name === "the series ends in the head");

      const S = 1 + (T + 1) * n;
      const unit = (draw: number, slot: number, out: Float64Array): void => {
        out.fill(0);
        const i = draw - 1 - slot * n;
        if (i >= 0 && i < n) out[i] = 1;
      };
      const rest = head.rest?.problem;
      const runs = rest && (await kalmanSmootherCpu(rest, {}));
      const drawn =
        rest &&
        runs &&
        (await backwardSamplerCpu(rest, runs.filtered, runs.smoothed, runs.statuses, {
          numSamples: S,
          noise: (_s, draw, t, out) => unit(draw, 1 + D + t, out),
        }));
      const next =
        drawn &&
        Float64Array.from(
          { length: S * n },
          (_, i) => drawn.states[Math.floor(i / n) * (T - D) * n + (i % n)],
        );
      const first = sampleDiffuseHead(problem, head, 0, next, S, unit);
      const at = (draw: number, t: number, i: number): number =>
        t < D ? first[(draw * D + t) * n + i] : (drawn?.states[(draw * (T - D) + t - D) * n + i] as number);
      const product = (s: number, i: number, t: number, j: number): number => {
        let sum = 0;
        for (let k = 1; k < S; k++) sum += (at(k, s, i) - at(0, s, i)) * (at(k, t, j) - at(0, t, j));
        return sum;
      };
      for (let t = 0; t < T; t++) {
        for (let i = 0; i < n; i++) {
          expect(at(0, t, i), `mean ${t},${i}`).toBeCloseTo(oracle.smoothedMeans[t][i], 8);
          for (let j = 0; j < n; j++) {
            expect(product(t, i, t, j), `${t}`).toBeCloseTo(oracle.smoothedCovariances[t][i][j], 8);
            if (t + 1 < T)
              expect(product(t, i, t + 1, j), `${t}, next`).toBeCloseTo(
                oracle.smoothedCrossCovariances[t][i][j],
                8,
              );
          }
        }
      }
    });
  }
});
