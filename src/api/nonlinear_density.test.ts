import { expect, suite, test } from "vitest";
import {
  expressionFunction,
  filter,
  forecast,
  generalizedGaussianSSM,
  type NonlinearSSM,
  particleFilter,
  simulate,
  smooth,
} from "./index.ts";

const COUNTS = [2, 1, 0, 3, Number.NaN, 4, 6, 5];
const [DECAY, Q, P0] = [0.9, 0.2, 0.7];

const model = async (expressions: string, emissionDim = 1): Promise<NonlinearSSM> => {
  const inputNames = Array.from({ length: emissionDim }, (_, i) => `y${i}`);
  return generalizedGaussianSSM({
    initial: { mean: [0.4], covariance: [[P0]] },
    dynamics: {
      function: await expressionFunction({ expressions: "0.9*x0", stateDim: 1 }),
      covariance: [[Q]],
    },
    emissions: {
      logDensity: await expressionFunction({ expressions, stateDim: 1, inputDim: emissionDim, inputNames }),
      emissionDim,
    },
  });
};

const logGamma = (k: number): number =>
  Array.from({ length: k - 1 }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0);

/** −log p(y, z) of the chain and its Hessian's determinant, written from the model. */
function chain(y: number[], density: (y: number, x: number) => number) {
  const value = (z: number[]): number => {
    let sum = 0.5 * ((z[0] - 0.4) ** 2 / P0 + Math.log(2 * Math.PI * P0));
    z.forEach((x, t) => {
      if (t > 0) sum += 0.5 * ((x - DECAY * z[t - 1]) ** 2 / Q + Math.log(2 * Math.PI * Q));
      if (!Number.isNaN(y[t])) sum -= density(y[t], x);
    });
    return sum;
  };
  const second = (y0: number, x: number): number => {
    const h = 1e-3;
    const at = (k: number): number => density(y0, x + k * h);
    return (-at(2) + 16 * at(1) - 30 * at(0) + 16 * at(-1) - at(-2)) / (12 * h * h);
  };
  /** log det of the tridiagonal Hessian, by the recursion of its minors. */
  const logDet = (z: number[]): number => {
    let [sum, before] = [0, 0];
    z.forEach((x, t) => {
      const last = t === z.length - 1;
      let diagonal = (t === 0 ? 1 / P0 : 1 / Q) + (last ? 0 : DECAY ** 2 / Q);
      if (!Number.isNaN(y[t])) diagonal -= second(y[t], x);
      const pivot = diagonal - (t === 0 ? 0 : (DECAY / Q) ** 2 / before);
      sum += Math.log(pivot);
      before = pivot;
    });
    return sum;
  };
  return { value, logDet };
}

suite("emissions by their log density", () => {
  test("counts: the mode, and Laplace's approximation of the likelihood", async () => {
    const poisson = await model("y0*x0 - exp(x0) - lgamma(y0 + 1)");
    const result = await smooth(poisson, COUNTS, {
      linearization: "taylor",
      iterations: 50,
      tolerance: 1e-10,
    });
    expect(result.converged).toEqual([true]);
    const { value, logDet } = chain(COUNTS, (y, x) => y * x - Math.exp(x) - logGamma(y + 1));
    const mode = Array.from(result.smoothedMeans.data);
    for (let t = 0; t < mode.length; t++) {
      const slope = (h: number) => value(mode.map((x, i) => (i === t ? x + h : x)));
      expect(slope(1e-4) - slope(-1e-4)).toBeCloseTo(0, 9);
    }
    const laplace = -value(mode) + 0.5 * mode.length * Math.log(2 * Math.PI) - 0.5 * logDet(mode);
    expect(result.marginalLogLikelihood).toBeCloseTo(laplace, 7);
    const particles = await particleFilter(poisson, COUNTS, { numParticles: 20_000, seed: 1 });
    expect(Math.abs(particles.marginalLogLikelihood - laplace)).toBeLessThan(0.05);
  });

  test("a slope without curvature counts: returns of exactly 0 say that the variance is small", async () => {
    const y = [0.5, 0, -1.2, 1e-9, 0, 0.3, Number.NaN, 0];
    const volatility = await model("-(log(2*pi) + x0 + y0^2*exp(-x0))/2");
    const result = await smooth(volatility, y, { linearization: "taylor", iterations: 60, tolerance: 1e-10 });
    expect(result.converged).toEqual([true]);
    const { value, logDet } = chain(y, (r, x) => -(Math.log(2 * Math.PI) + x + r * r * Math.exp(-x)) / 2);
    const mode = Array.from(result.smoothedMeans.data);
    for (let t = 0; t < mode.length; t++) {
      const slope = (h: number) => value(mode.map((x, i) => (i === t ? x + h : x)));
      expect(slope(1e-4) - slope(-1e-4)).toBeCloseTo(0, 9);
    }
    // The rows of four steps have a curvature of 1e-8 precisions each that the density has not.
    const laplace = -value(mode) + 0.5 * mode.length * Math.log(2 * Math.PI) - 0.5 * logDet(mode);
    expect(Math.abs(result.marginalLogLikelihood - laplace)).toBeLessThan(1e-7);
    expect(mode[1]).toBeLessThan(0.9 * mode[0]);
  });

  test("is the filter of Gaussian noise where the density is Gaussian, by every rule and with inputs of its own", async () => {
    const gaussian = await model("-0.5*(y0 - 2*x0)^2/0.3 - 0.5*log(2*pi*0.3)");
    const named = generalizedGaussianSSM({
      initial: { mean: [0.4], covariance: [[P0]] },
      dynamics: {
        function: await expressionFunction({ expressions: "0.9*x0", stateDim: 1 }),
        covariance: [[Q]],
      },
      emissions: {
        function: await expressionFunction({ expressions: "2*x0", stateDim: 1 }),
        covarianceFunction: await expressionFunction({ expressions: "0.3 + 0*x0", stateDim: 1 }),
      },
    });
    for (const linearization of ["taylor", "unscented", "cubature"] as const) {
      const [a, b] = await Promise.all(
        [gaussian, named].map(each => filter(each, COUNTS, { linearization })),
      );
      expect(a.marginalLogLikelihood).toBeCloseTo(b.marginalLogLikelihood, 10);
      a.filteredMeans.data.forEach((x, t) => void expect(x).toBeCloseTo(b.filteredMeans.data[t], 11));
      a.filteredCovariances.data.forEach(
        (x, t) => void expect(x).toBeCloseTo(b.filteredCovariances.data[t], 11),
      );
      a.logLikelihoods.data.forEach((x, t) => void expect(x).toBeCloseTo(b.logLikelihoods.data[t], 10));
    }
  });

  test("heavy tails: where the density is not concave a step still goes up, and ends at a mode", async () => {
    const cauchy = await model("-log(1 + (y0 - x0)^2/0.01)");
    const y = [0.5, 9, 0.2, -0.1, 8, 0.3];
    const result = await smooth(cauchy, y, { linearization: "taylor", iterations: 200 });
    expect(result.converged).toEqual([true]);
    const { value } = chain(y, (a, x) => -Math.log(1 + (a - x) ** 2 / 0.01));
    const mode = Array.from(result.smoothedMeans.data);
    for (let t = 0; t < mode.length; t++) {
      const around = (h: number) => value(mode.map((x, i) => (i === t ? x + h : x)));
      expect(Math.abs(around(1e-5) - around(-1e-5)) / 2e-5).toBeLessThan(1e-3);
      expect(around(0.01)).toBeGreaterThan(value(mode));
      expect(around(-0.01)).toBeGreaterThan(value(mode));
    }
    result.objectives[0].forEach((objective, k, all) => {
      if (k > 0) expect(objective).toBeLessThanOrEqual(all[k - 1] + 1e-9 * Math.abs(objective));
    });
  });

  test("two columns; a step with one entry missing is left out", async () => {
    const two = await model("y0*x0 - exp(x0) - 0.5*(y1 - x0)^2", 2);
    const [a, b] = await Promise.all(
      [Number.NaN, 3].map((entry, i) =>
        filter(
          two,
          [
            [1, 0.2],
            [entry, 0.4],
            [0, -0.1],
          ],
          i === 1 ? { mask: [1, 0, 1] } : {},
        ),
      ),
    );
    expect(a.filteredMeans.data).toEqual(b.filteredMeans.data);
    expect(a.marginalLogLikelihood).toBe(b.marginalLogLikelihood);
  });

  test("what cannot be", async () => {
    const poisson = await model("y0*x0 - exp(x0)");
    expect(() => simulate(poisson, { numSteps: 3 })).toThrow(
      "simulate: model expected emissions that can be drawn, got a log density.",
    );
    await expect(forecast(poisson, [1], 2)).rejects.toThrow(
      "forecast: model expected emissions with moments, got a log density.",
    );
    const alone = await expressionFunction({ expressions: "x0", stateDim: 1 });
    const emissions = (given: object) => () =>
      generalizedGaussianSSM({
        initial: { mean: [0], covariance: [[1]] },
        dynamics: { function: alone, covariance: [[1]] },
        emissions: given as never,
      });
    expect(emissions({ logDensity: alone })).toThrow(
      "emissions.logDensity expected inputs that end with the 1 entries of y, got 0 inputs.",
    );
    expect(emissions({ logDensity: alone, emissionDim: 0 })).toThrow(
      "emissions.emissionDim expected a whole number ≥ 1, got 0.",
    );
    const wrong = await model("log(x0 - 5)*y0");
    await expect(smooth(wrong, [1], { linearization: "taylor" })).rejects.toThrow(
      /functions with finite values around every step, got none at step 0/,
    );
  });
});
