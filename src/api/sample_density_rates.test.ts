/** Effective sample sizes and acceptance rates against closed forms and quadrature. */
import { expect, suite, test } from "vitest";
import { CounterRandom, effectiveSampleSize } from "../inference/index.ts";
import { expressionFunction, sampleDensity } from "./index.ts";

const sequentially = { backend: "cpu", method: "sequential", lyapunov: false } as const;
const normal = () => expressionFunction({ expressions: "-0.5*x0^2", stateDim: 1 });

suite("effective sample sizes and acceptance rates", () => {
  test("an autoregression has T (1 − φ)/(1 + φ)", () => {
    const T = 20_000;
    for (const phi of [-0.5, 0, 0.5, 0.9]) {
      const random = new CounterRandom(11, Math.round(100 * Math.abs(phi)));
      const x = new Float64Array(T);
      let state = random.normal() / Math.sqrt(1 - phi * phi);
      for (let t = 0; t < T; t++) {
        x[t] = state;
        state = phi * state + random.normal();
      }
      const expected = (T * (1 - phi)) / (1 + phi);
      // Never above T: what is known of chains whose draws take turns is kept out.
      const ratio = effectiveSampleSize(x, 0, 1, T) / Math.min(T, expected);
      expect(Math.abs(Math.log(ratio)), `φ = ${phi}`).toBeLessThan(0.15);
    }
  });

  test("MALA in small steps on a normal density is an autoregression with 1 − ε", async () => {
    const T = 30_000;
    const e = 0.1;
    const got = await sampleDensity(await normal(), {
      method: "mala",
      stepSize: e,
      numSamples: T,
      initialState: [0.3],
      evaluate: sequentially,
    });
    expect(got.acceptanceRates[0]).toBeGreaterThan(0.98);
    const expected = (T * e) / (2 - e);
    expect(Math.abs(Math.log(got.effectiveSampleSizes.data[0] / expected))).toBeLessThan(0.2);
  });

  test("acceptance of MALA is what quadrature says", async () => {
    const e = 1;
    const T = 20_000;
    const got = await sampleDensity(await normal(), {
      method: "mala",
      stepSize: e,
      numSamples: T,
      initialState: [0.3],
      evaluate: sequentially,
    });
    const bell = (x: number, mean: number, variance: number): number =>
      Math.exp((-0.5 * (x - mean) ** 2) / variance) / Math.sqrt(2 * Math.PI * variance);
    let expected = 0;
    const h = 0.05;
    for (let x = -6; x <= 6; x += h)
      for (let y = -9; y <= 9; y += h) {
        const there = bell(x, 0, 1) * bell(y, (1 - e) * x, 2 * e);
        const back = bell(y, 0, 1) * bell(x, (1 - e) * y, 2 * e);
        expected += Math.min(there, back) * h * h;
      }
    expect(Math.abs(got.acceptanceRates[0] - expected)).toBeLessThan(5 * Math.sqrt(0.25 / T));
  });

  test("acceptance of HMC is that of its linear map", async () => {
    const [e, L, T] = [1.2, 3, 10_000];
    const got = await sampleDensity(await normal(), {
      method: "hmc",
      stepSize: e,
      leapfrogSteps: L,
      numSamples: T,
      initialState: [0.3],
      evaluate: sequentially,
    });
    // (z, m) goes to M (z, m), det M = 1: with λ the larger eigenvalue of M'M the energy grows where (λ − 1) a² > (1 − 1/λ) b², and
    // E min(1, exp(−Δ)) = 2 P(Δ < 0) = (4/π) atan(1/√λ) for independent normals a, b.
    const angle = L * Math.acos(1 - (e * e) / 2);
    const width = Math.sqrt(1 - (e * e) / 4);
    const trace = 2 * Math.cos(angle) ** 2 + (width ** 2 + 1 / width ** 2) * Math.sin(angle) ** 2;
    const lambda = trace / 2 + Math.sqrt(trace ** 2 / 4 - 1);
    const expected = (4 / Math.PI) * Math.atan(1 / Math.sqrt(lambda));
    expect(expected).toBeLessThan(0.95);
    expect(Math.abs(got.acceptanceRates[0] - expected)).toBeLessThan(5 * Math.sqrt(0.25 / T));
  });
});
