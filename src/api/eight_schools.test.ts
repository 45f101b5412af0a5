/** The Gibbs sampler of eight schools: its sweep written by hand, its posterior by quadrature, all sweeps at once. */
import { expect, suite, test } from "vitest";
import { effectiveSampleSize } from "../inference/index.ts";
import { eightSchools, evaluate, modelDocument, type ResultArray } from "./index.ts";

const EFFECTS = [28, 8, -3, 7, -1, 1, 18, 12];
const ERRORS = [15, 10, 16, 11, 9, 11, 10, 18];
const n = 20;
const [mu0, k0, nu0, tau20, a0, s20] = [0, 0.1, 0.1, 100, 0.1, 10];
const sequentially = { backend: "cpu", method: "sequential", lyapunov: false } as const;

/** Results of the students of a school that have its mean and standard error. */
function students(mean: number, error: number): number[] {
  const z = Array.from({ length: n }, (_, i) => i - (n - 1) / 2);
  const size = Math.sqrt(z.reduce((sum, value) => sum + value * value, 0) / (n - 1));
  return z.map(value => mean + (Math.sqrt(n) * error * value) / size);
}
const results = EFFECTS.map((mean, s) => students(mean, ERRORS[s]));

/** θ, σ², μ, τ² one sweep on, from the students themselves. */
function sweep(x: ArrayLike<number>, u: ArrayLike<number>): number[] {
  const theta = Array.from({ length: 8 }, (_, s) => x[s]);
  const tauScale =
    nu0 * tau20 + k0 * (x[16] - mu0) ** 2 + theta.reduce((sum, v) => sum + (v - x[16]) ** 2, 0);
  const tau2 = tauScale / 2 / u[0];
  const mu = (mu0 * k0 + theta.reduce((a, b) => a + b)) / (k0 + 8) + Math.sqrt(tau2 / (k0 + 8)) * u[1];
  const means = results.map((y, s) => {
    const variance = 1 / (n / x[8 + s] + 1 / tau2);
    const total = y.reduce((a, b) => a + b);
    return variance * (total / x[8 + s] + mu / tau2) + Math.sqrt(variance) * u[2 + s];
  });
  const variances = results.map((y, s) => {
    const squares = y.reduce((sum, value) => sum + (value - means[s]) ** 2, 0);
    return (a0 * s20 + squares) / 2 / u[10 + s];
  });
  return [...means, ...variances, mu, tau2];
}

const column = ({ data, shape }: ResultArray, i: number): Float64Array =>
  Float64Array.from({ length: shape[0] }, (_, t) => data[t * shape[1] + i]);

/** E of θ_s, μ and log τ² given the data, by sums over grids: schools are independent given μ and τ². */
function posterior(): number[] {
  const grid = (from: number, to: number, step: number): number[] =>
    Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
  const thetas = grid(-90, 110, 0.5);
  const likelihoods = results.map(y => {
    const squares = (theta: number): number => y.reduce((sum, value) => sum + (value - theta) ** 2, 0);
    const least = a0 * s20 + squares(y.reduce((a, b) => a + b) / n);
    return thetas.map(theta => ((a0 * s20 + squares(theta)) / least) ** (-(a0 + n) / 2));
  });
  const sums = new Float64Array(10);
  let total = 0;
  for (const logTau2 of grid(-2, 11, 0.25)) {
    const tau2 = Math.exp(logTau2);
    // By whole halves of a point.
    const normal = new Map(
      grid(-160, 160, 0.5).map(d => [d, Math.exp((-d * d) / 2 / tau2) / Math.sqrt(tau2)]),
    );
    for (const mu of grid(-40, 50, 1)) {
      const prior =
        tau2 ** (-nu0 / 2) *
        Math.exp((-nu0 * tau20) / 2 / tau2) *
        Math.exp((-k0 * (mu - mu0) ** 2) / 2 / tau2);
      let weight = prior / Math.sqrt(tau2);
      const means = likelihoods.map(likelihood => {
        let [mass, moment] = [0, 0];
        thetas.forEach((theta, i) => {
          const product = (normal.get(theta - mu) as number) * likelihood[i];
          mass += product;
          moment += product * theta;
        });
        weight *= mass;
        return moment / mass;
      });
      total += weight;
      [...means, mu, logTau2].forEach((value, i) => {
        sums[i] += weight * value;
      });
    }
  }
  return Array.from(sums, sum => sum / total);
}

suite("eightSchools()", () => {
  test("a step is a sweep over the students' results", async () => {
    const model = await eightSchools();
    const inputs = model.drawInputs?.(60, 2) as ResultArray;
    const { states } = await evaluate(model, undefined, inputs, sequentially);
    let x: number[] = [...(model.initialState as Float64Array)];
    for (let t = 0; t < 60; t++) {
      x = sweep(x, inputs.data.subarray(18 * t, 18 * t + 18));
      x.forEach((value, i) => {
        expect(Math.abs(states.data[18 * t + i] - value)).toBeLessThan(1e-9 * (1 + Math.abs(value)));
      });
    }
  });

  test("draws have the moments of the posterior", async () => {
    const model = await eightSchools();
    const T = 20_000;
    const { states } = await evaluate(
      model,
      undefined,
      model.drawInputs?.(T, 3) as ResultArray,
      sequentially,
    );
    const chains = [...Array.from({ length: 8 }, (_, s) => column(states, s)), column(states, 16)];
    chains.push(column(states, 17).map(Math.log));
    const exact = posterior();
    chains.forEach((chain, i) => {
      const size = effectiveSampleSize(chain, 0, 1, T);
      const mean = chain.reduce((a, b) => a + b) / T;
      const deviation = Math.sqrt(chain.reduce((sum, value) => sum + (value - mean) ** 2, 0) / T);
      expect(size).toBeGreaterThan(1000);
      expect(Math.abs(mean - exact[i]), `${i}`).toBeLessThan((4 * deviation) / Math.sqrt(size));
    });
  });

  test("all sweeps at once are the chain, in fewer updates than published, from any guess", async () => {
    const model = await eightSchools();
    const inputs = model.drawInputs?.(1000, 1) as ResultArray;
    const one = await evaluate(model, undefined, inputs, sequentially);
    // Standard normals make half of the variances of the guess negative.
    for (const guess of ["tiled", "normal"] as const) {
      const all = await evaluate(model, undefined, inputs, {
        backend: "cpu",
        method: "newton",
        guess,
        lyapunov: false,
      });
      expect(all.status).toBe("ok");
      expect(all.iterations[0]).toBeLessThanOrEqual(22);
      expect(all.resets[0]).toBe(0);
      const apart = all.states.data.map((value, i) => Math.abs(value - one.states.data[i]));
      expect(Math.max(...apart)).toBeLessThan(1e-9);
    }
    expect(Math.min(...column(one.states, 8), ...column(one.states, 17))).toBeGreaterThan(0);
  });

  test("gammas have their shapes; a row does not depend on how many there are", async () => {
    const model = await eightSchools();
    const inputs = model.drawInputs?.(20_000, 4) as ResultArray;
    for (const [i, shape] of [
      [0, 4.55],
      [10, 10.05],
      [17, 10.05],
    ]) {
      const draws = column(inputs, i);
      const mean = draws.reduce((a, b) => a + b) / draws.length;
      const variance = draws.reduce((sum, value) => sum + (value - shape) ** 2, 0) / draws.length;
      expect(Math.abs(mean - shape)).toBeLessThan(5 * Math.sqrt(shape / draws.length));
      // The fourth central moment is 3 a² + 6 a.
      expect(Math.abs(variance - shape)).toBeLessThan(
        5 * Math.sqrt((2 * shape ** 2 + 6 * shape) / draws.length),
      );
    }
    expect(model.drawInputs?.(3, 4).data).toEqual(inputs.data.subarray(0, 54));
    expect(model.drawInputs?.(3, 5).data).not.toEqual(inputs.data.subarray(0, 54));
  });

  test("other schools, other priors; documents keep them", async () => {
    const options = { effects: [1, 2, 3], standardErrors: [1, 2, 1], students: 5, parameters: { nu0: 3 } };
    const model = await eightSchools(options);
    expect(model.stateDim).toBe(8);
    expect([...(model.initialState as Float64Array)]).toEqual([1, 2, 3, 5, 20, 5, 2, 1]);
    expect(modelDocument(model)).toMatchObject({ system: "eightSchools", ...options });
    expect(model.drawInputs?.(2).shape).toEqual([2, 8]);
  });

  test("bad options are told", async () => {
    for (const [options, message] of [
      [{ effects: [1] }, /eightSchools: effects expected \[S\], at least two schools, got \[1\]/],
      [{ standardErrors: [1, 2] }, /standardErrors expected \[8\], got \[2\]/],
      [{ standardErrors: [1, 2, 3, 0, 1, 1, 1, 1] }, /standardErrors\[3\] expected a number above 0, got 0/],
      [{ effects: [1, Number.NaN] }, /effects\[1\] expected a finite number, got NaN/],
      [{ students: 1 }, /students expected a whole number ≥ 2, got 1/],
      [{ parameters: { a0: 0 } }, /parameters\.a0 expected a number above 0, got 0/],
      [{ parameters: { tau0: 1 } }, /parameters.*"tau0Squared"/],
      [{ schools: 8 }, /schools/],
    ] as const)
      await expect(eightSchools(options as object)).rejects.toThrow(message);
  });
});
