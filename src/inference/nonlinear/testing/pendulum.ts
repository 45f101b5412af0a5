/** The pendulum of Särkkä (example 3.7) with data that follow from a formula. */
import type { NonlinearProblem, SmoothMap } from "../nonlinear_problem.ts";

const [G, DT, NOISE] = [9.8, 0.0125, 0.3];

const dynamics: SmoothMap = {
  value(out, x) {
    out[0] = x[0] + x[1] * DT;
    out[1] = x[1] - G * Math.sin(x[0]) * DT;
  },
  jacobian(out, x) {
    out.set([1, DT, -G * Math.cos(x[0]) * DT, 1]);
  },
};

const emissions: SmoothMap = {
  value(out, x) {
    out[0] = Math.sin(x[0]);
  },
  jacobian(out, x) {
    out.set([Math.cos(x[0]), 0]);
  },
};

/** T steps: the truth moves before each observation; the prior is of the first observed state. */
export function pendulum(T: number): NonlinearProblem & { readonly truth: Float64Array } {
  const truth = new Float64Array(T * 2);
  const observations = new Float64Array(T);
  let state = Float64Array.of(Math.PI / 2, 0);
  for (let t = 0; t < T; t++) {
    const next = new Float64Array(2);
    dynamics.value(next, state, [], t);
    state = next;
    truth.set(state, 2 * t);
    observations[t] = Math.sin(state[0]) + 0.3 * Math.sin(12.9898 * (t + 1));
  }
  // Q = [[dt³/3, dt²/2], [dt²/2, dt]] by hand: L00 = √(dt³/3), L10 = dt²/2 / L00, L11 = √(dt − L10²).
  const L00 = Math.sqrt(DT ** 3 / 3);
  const L10 = DT ** 2 / 2 / L00;
  const constant = (...data: number[]) => ({ data: Float64Array.from(data), stepStride: 0, seriesStride: 0 });
  return {
    stateDim: 2,
    emissionDim: 1,
    numSeries: 1,
    numSteps: T,
    lengths: Uint32Array.of(T),
    initialMean: constant(Math.PI / 2, 0),
    initialFactor: constant(Math.sqrt(0.1), 0, 0, Math.sqrt(0.1)),
    dynamics,
    dynamicsFactor: constant(L00, 0, L10, Math.sqrt(DT - L10 ** 2)),
    emissions,
    emissionNoise: { kind: "constant", factor: constant(NOISE) },
    inputs: { data: new Float64Array(0), dim: 0, seriesStride: 0 },
    observations,
    truth,
  };
}
