/** Smoothed moments beside a gap of any length: the gap as one transition is the reference. */
import { expect, suite, test } from "vitest";
import { linearGaussianSSM, type SmootherResult, smooth } from "../api/index.ts";
import type { ArrayInput } from "../engine/index.ts";

type Matrix = readonly (readonly number[])[];
const velocity = (dt: number) => ({
  F: [
    [1, dt],
    [0, 1],
  ],
  Q: [
    [dt ** 3 / 3, dt ** 2 / 2],
    [dt ** 2 / 2, dt],
  ],
});
const R = 0.25;
const DT = 0.1;
const SEEN = 30;
const y = (t: number): number => Math.sin(0.7 * t) + 0.01 * t;

const model = (F: ArrayInput | Matrix[], Q: ArrayInput | Matrix[]) =>
  linearGaussianSSM({
    initial: {
      mean: [0, 0],
      covariance: [
        [1, 0],
        [0, 1],
      ],
    },
    dynamics: { weights: F as ArrayInput, covariance: Q as ArrayInput },
    emissions: { weights: [[1, 0]], covariance: [[R]] },
  });

/** Data, a gap, data, with every step of the gap in the model. */
function through(gap: number): Promise<SmootherResult> {
  const { F, Q } = velocity(DT);
  const observations = Array.from({ length: 2 * SEEN + gap }, (_, t) =>
    t >= SEEN && t < SEEN + gap ? null : y(t < SEEN ? t : t - gap),
  );
  return smooth(model(F, Q), observations, { backend: "cpu", outputs: [] });
}

/** The same data with the gap as one long step: F and Q of the time that passes are closed forms. */
function across(gap: number): Promise<SmootherResult> {
  const steps = Array.from({ length: 2 * SEEN }, (_, t) => velocity(t === SEEN ? DT * (gap + 1) : DT));
  const observations = Array.from({ length: 2 * SEEN }, (_, t) => y(t));
  return smooth(
    model(
      steps.map(s => s.F),
      steps.map(s => s.Q),
    ),
    observations,
    { backend: "cpu", smoother: "twoFilter", outputs: [] },
  );
}

suite("smooth() beside a long gap", () => {
  for (const gap of [100, 2000, 40_000, 300_000]) {
    test(`${gap} steps without data are one transition`, { timeout: 60_000 }, async () => {
      const [long, short] = [await through(gap), await across(gap)];
      expect(long.run.plan).toContain(gap >= 32_768 ? `a gap of ${gap} steps` : "smoother");
      for (let t = 0; t < 2 * SEEN; t++) {
        const at = t < SEEN ? t : t + gap;
        for (let i = 0; i < 2; i++) {
          const variance = short.smoothedCovariances.data[4 * t + 3 * i]!;
          const off = long.smoothedMeans.data[2 * at + i]! - short.smoothedMeans.data[2 * t + i]!;
          expect(Math.abs(off) / Math.sqrt(variance), `mean ${i} of step ${t}`).toBeLessThan(1e-5);
          expect(long.smoothedCovariances.data[4 * at + 3 * i]! / variance - 1).toBeCloseTo(0, 6);
        }
      }
    });
  }
});
