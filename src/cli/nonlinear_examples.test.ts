/** The examples of docs/nonlinear.md on data, by the built command, against float64 oracles that share nothing with it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import {
  diagnostics,
  loadModelDocument,
  type NonlinearSSM,
  particleFilter,
  particleSmooth,
  predict,
} from "../api/index.ts";
import { docText } from "../api/testing/doc_examples.ts";
import { unscentedPoints } from "../inference/index.ts";
import { byPoints, textbook } from "../inference/nonlinear/testing/textbook.ts";
import { type BuiltCommand, builtCommand, ROOT } from "./testing/built_command.ts";
import { type GridPosterior, gridFilter } from "./testing/grid_filter.ts";

const LIMIT = 120_000;
let command: BuiltCommand;
beforeAll(async () => {
  command = await builtCommand();
}, 120_000);
afterAll(() => command.remove());

const read = (path: string): string => readFileSync(join(ROOT, "examples", path), "utf8");
const rows = (path: string): number[][] =>
  read(path)
    .trim()
    .split("\n")
    .slice(1)
    .map(line => line.split(",").map(Number));
const model = (folder: string) => loadModelDocument<NonlinearSSM>(read(`${folder}/model.json`));

/** Commands of the page on an example, each with the log-likelihood it is said to give. */
const commands = [...docText("nonlinear.md").matchAll(/^statescan (.*)\n# marginalLogLikelihood (\S+)$/gm)];
const runs = (folder: string) =>
  commands.filter(([, line]) => line.includes(`examples/${folder}/model.json`)).map(match => match.slice(1));
async function json(line: string) {
  const { code, out, err } = await command.run([...line.split(" "), "--backend", "cpu"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}
/** The results of the commands on an example, which are what the page says. */
async function results(folder: string) {
  const all = [];
  for (const [line, said] of runs(folder)) {
    const result = await json(line);
    expect(result.marginalLogLikelihood.toFixed(2), line).toBe(said);
    all.push({ line, result });
  }
  return all;
}

const logFactorial = (n: number): number =>
  Array.from({ length: n }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0);

/** Largest difference of means in posterior standard deviations. */
const worst = (means: ArrayLike<number>, exact: GridPosterior): number =>
  Math.max(...exact.smoothedMeans.map((mean, t) => Math.abs(means[t] - mean) / exact.smoothedDeviations[t]));

/** log p(y) by particles: mean of eight seeds, with ½ variance for the logarithm, in standard errors of it from the exact one. */
async function particleErrors(folder: string, y: number[], exact: number): Promise<number> {
  const own = await model(folder);
  const logs: number[] = [];
  for (let seed = 0; seed < 8; seed++)
    logs.push((await particleFilter(own, y, { numParticles: 1000, seed })).marginalLogLikelihood);
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
  const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (logs.length - 1);
  return Math.abs(mean + variance / 2 - exact) / Math.sqrt(variance / logs.length);
}

suite("examples/counts", () => {
  const y = rows("earthquakes/earthquakes.csv").map(([, count]) => count);
  const parts = {
    ...{ mean: 2.88, variance: 0.0886, level: 2.88, phi: 0.887, q: 0.0189 },
    logDensity: (t: number, z: number) => y[t] * z - Math.exp(z) - logFactorial(y[t]),
  };
  const exact = gridFilter(parts, y.length, 201);

  test("smoothers and particles against the exact posterior on a grid", { timeout: LIMIT }, async () => {
    // Twice the points: the grid is exact to rounding.
    expect(gridFilter(parts, y.length, 401).logLikelihood).toBeCloseTo(exact.logLikelihood, 9);
    expect(docText("nonlinear.md")).toContain(`${exact.logLikelihood.toFixed(2).replace("-", "−")} is exact`);
    const [pass, iterated, particles] = await results("counts");
    expect(iterated.line).toContain("--iterations");
    expect(iterated.result.converged).toBe(true);
    // As the page says: hundredths of a standard deviation when iterated, a few tenths in one pass.
    expect(worst(pass.result.smoothedMeans.flat(), exact)).toBeLessThan(0.3);
    expect(worst(iterated.result.smoothedMeans.flat(), exact)).toBeLessThan(0.01);
    iterated.result.smoothedCovariances.forEach(([[variance]]: number[][], t: number) => {
      expect(Math.abs(Math.sqrt(variance) / exact.smoothedDeviations[t] - 1)).toBeLessThan(0.01);
    });
    const alone = await particleFilter(await model("counts"), y, { numParticles: 5000, seed: 1 });
    expect(particles.result.marginalLogLikelihood).toBe(alone.marginalLogLikelihood);
    expect(await particleErrors("counts", y, exact.logLikelihood)).toBeLessThan(4);
  });

  test("particle smoother: means of 200 trajectories, and residuals that look right", {
    timeout: LIMIT,
  }, async () => {
    const own = await model("counts");
    const smoothed = await particleSmooth(own, y, { numParticles: 2000, numTrajectories: 200, seed: 1 });
    // The largest of 107 standard normals: above 4.5 with probability 7e-4.
    expect(worst(smoothed.smoothedMeans.data, exact) * Math.sqrt(200)).toBeLessThan(4.5);
    const [tests] = diagnostics(await predict(own, y));
    for (const name of ["normality", "heteroskedasticity", "serialCorrelation"] as const)
      expect(tests[name].pValue).toBeGreaterThan(0.1);
    const states = await json(
      "loglik --model examples/earthquakes/model.json --data examples/earthquakes/earthquakes.csv",
    );
    const said = states.marginalLogLikelihood.toFixed(2).replace("-", "−");
    expect(docText("nonlinear.md")).toContain(`reach ${said}.`);
    const rates = [1943, 1986].map(year => Math.exp(exact.smoothedMeans[year - 1900]).toFixed(1));
    expect(docText("nonlinear.md")).toContain(`${rates[0]} a year in 1943, ${rates[1]} in 1986`);
  });
});

suite("examples/volatility", () => {
  const data = rows("volatility/returns.csv");
  const y = data.map(([value]) => value);
  const exact = gridFilter(
    {
      ...{ mean: -0.5, variance: 0.6768, level: -0.5, phi: 0.97, q: 0.04 },
      logDensity: (t, h) => -(Math.log(2 * Math.PI) + h + y[t] ** 2 * Math.exp(-h)) / 2,
    },
    y.length,
    151,
  );

  test("Laplace's mode and particles against the exact posterior on a grid", { timeout: LIMIT }, async () => {
    expect(docText("nonlinear.md")).toContain(`${exact.logLikelihood.toFixed(2).replace("-", "−")} is exact`);
    const [laplace, particles] = await results("volatility");
    expect(laplace.result.converged).toBe(true);
    expect(Math.abs(laplace.result.marginalLogLikelihood - exact.logLikelihood)).toBeLessThan(0.15);
    // A mode is not a mean: the posterior of a log variance leans to one side.
    expect(worst(laplace.result.smoothedMeans.flat(), exact)).toBeLessThan(0.2);
    // Means of 100 trajectories; the largest of 500 standard normals is above 4.8 with probability 8e-4.
    expect(particles.line).toContain("--trajectories 100");
    expect(worst(particles.result.smoothedMeans.flat(), exact) * Math.sqrt(100)).toBeLessThan(4.8);
    expect(await particleErrors("volatility", y, exact.logLikelihood)).toBeLessThan(4);
    // 95% bands hold the log variance that was simulated: binomial, five standard errors of 500 dependent days.
    const inside = data.filter(
      ([, h], t) => Math.abs(h - exact.smoothedMeans[t]) < 1.96 * exact.smoothedDeviations[t],
    ).length;
    expect(inside).toBeGreaterThan(430);
  });

  test("the data are those of the script", async () => {
    const { makeReturns } = await import(join(ROOT, "examples/volatility/make_returns.mjs"));
    expect(makeReturns()).toBe(read("volatility/returns.csv"));
  });
});

suite("examples/bearings", () => {
  const data = rows("bearings/bearings.csv");
  const y = data.map(row => row.slice(0, 2));
  const dt = 0.1;
  const document = JSON.parse(read("bearings/model.json"));
  const f = ([px, py, vx, vy, w]: number[]): number[] => {
    const [s, c] =
      Math.abs(w) < 1e-3
        ? [dt * (1 - (w * dt) ** 2 / 6), (w * dt * dt) / 2]
        : [Math.sin(w * dt) / w, (1 - Math.cos(w * dt)) / w];
    const [cos, sin] = [Math.cos(w * dt), Math.sin(w * dt)];
    return [px + s * vx - c * vy, py + c * vx + s * vy, cos * vx - sin * vy, sin * vx + cos * vy, w];
  };
  const h = ([px, py]: number[]): number[] => [Math.atan2(py, px + 2), Math.atan2(py, px - 2)];
  const { mean: m, covariance: P } = document.initial;
  const Q: number[][] = document.dynamics.covariance;
  const R: number[][] = document.emissions.covariance;
  /** Root of the mean square distance from where the target was. */
  const distance = (places: number[][]): number =>
    Math.sqrt(
      places.reduce((sum, [px, py], t) => sum + (px - data[t][2]) ** 2 + (py - data[t][3]) ** 2, 0) / 200,
    );

  test("the cubature filter is the textbook's, and the track is what the page says", {
    timeout: LIMIT,
  }, async () => {
    const [filtered, iterated] = await results("bearings");
    const { points, meanWeights } = unscentedPoints(5, 1, 0, 0);
    const xi = Array.from({ length: 11 }, (_, i) => Array.from(points.subarray(i * 5, i * 5 + 5)));
    const rule = byPoints(xi, Array.from(meanWeights), Array.from(meanWeights));
    const expected = textbook({ m, P, f, Q, h, R }, y, rule);
    expect(filtered.result.marginalLogLikelihood).toBeCloseTo(expected.logLikelihood, 6);
    for (const [t, moments] of expected.filtered.entries())
      for (const [i, value] of moments.m.entries())
        expect(filtered.result.filteredMeans[t][i]).toBeCloseTo(value, 7);
    // Where the lines of sight of one step cross.
    const fixes = y.map(([left, right]) => {
      const [a, b] = [Math.tan(left), Math.tan(right)];
      const px = (2 * (a + b)) / (b - a);
      return [px, a * (px + 2)];
    });
    const said = [fixes, filtered.result.filteredMeans, iterated.result.smoothedMeans];
    expect(docText("nonlinear.md")).toContain(
      `${said.map(places => distance(places).toFixed(2)).join(", ")}: rms distance`,
    );
    expect(iterated.result.converged).toBe(true);
  });

  test("the iterated extended smoother ends where the posterior density has its mode", {
    timeout: LIMIT,
  }, async () => {
    const line = runs("bearings")[1][0].replace("cubature", "taylor");
    const { smoothedMeans: z, smoothedCovariances, converged } = await json(`${line} --tolerance 1e-9`);
    expect(converged).toBe(true);
    const term = (residual: number[], covariance: number[][]): number => {
      // Cholesky by hand: e = L⁻¹ r.
      const e: number[] = [];
      const L = covariance.map(row => row.map(() => 0));
      covariance.forEach((row, i) => {
        for (let j = 0; j <= i; j++) {
          let sum = row[j];
          for (let k = 0; k < j; k++) sum -= L[i][k] * L[j][k];
          L[i][j] = i === j ? Math.sqrt(sum) : sum / L[j][j];
        }
        e.push((residual[i] - e.reduce((sum, value, k) => sum + L[i][k] * value, 0)) / L[i][i]);
      });
      return 0.5 * e.reduce((sum, value) => sum + value * value, 0);
    };
    const minus = (a: number[], b: number[]): number[] => a.map((value, i) => value - b[i]);
    /** The terms of −log p(z, y) that z_t is in. */
    const near = (t: number): number =>
      (t === 0 ? term(minus(z[0], m), P) : term(minus(z[t], f(z[t - 1])), Q)) +
      (t < 199 ? term(minus(z[t + 1], f(z[t])), Q) : 0) +
      term(minus(y[t], h(z[t])), R);
    for (let t = 0; t < 200; t += 3)
      for (let i = 0; i < 5; i++) {
        const sd = Math.sqrt(smoothedCovariances[t][i][i]);
        const [at, step] = [z[t][i], 1e-3 * sd];
        z[t][i] = at + step;
        const up = near(t);
        z[t][i] = at - step;
        const slope = (up - near(t)) / 2e-3;
        z[t][i] = at;
        expect(Math.abs(slope), `step ${t}, state ${i}`).toBeLessThan(1e-4);
      }
  });

  test("the data are those of the script", async () => {
    const { makeBearings } = await import(join(ROOT, "examples/bearings/make_bearings.mjs"));
    expect(makeBearings()).toBe(read("bearings/bearings.csv"));
  });
});
