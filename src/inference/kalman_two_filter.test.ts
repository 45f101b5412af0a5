/** The two-filter smoother in float64 against the independent oracles, and the choice between the smoothers. */
import { expect, suite, test } from "vitest";
import { differences } from "../../test-browser/compare.ts";
import { denseOracle, type RawModel, textbookOracle } from "../../test-browser/oracle.ts";
import { namedModel, type RawCase, randomModel } from "../../test-browser/oracle_models.ts";
import { linearGaussianSSM, smooth } from "../api/index.ts";
import { ParameterError } from "../engine/index.ts";
import { prepare } from "../models/index.ts";
import { chooseSmoother, kalmanSmootherCpu, kalmanTwoFilterCpu } from "./index.ts";

const on = (c: RawCase) => ({ backend: "cpu", smoother: "twoFilter", inputs: c.inputs }) as const;
const problemOf = (c: RawCase) =>
  prepare(linearGaussianSSM(c.model), c.observations, { inputs: c.inputs, call: "test" });

suite("kalmanTwoFilterCpu()", () => {
  for (const [n, m] of [
    [1, 1],
    [1, 3],
    [2, 1],
    [3, 2],
    [3, 5],
    [4, 4],
    [6, 3],
    [8, 2],
    [12, 3],
  ] as const) {
    test(`n = ${n}, m = ${m}: all fields agree with the joint Gaussian`, async () => {
      for (const T of [1, 2, 9]) {
        for (const kind of [
          {},
          { missing: 0.3, timeVarying: true, inputs: 2 },
          { singularQ: true, zeroP0: true, missing: 0.2 },
          { noise: 1e-3, isotropicNoise: true },
        ]) {
          const c = randomModel({ n, m, T, seed: 10 * n + m + T, ...kind });
          const result = await smooth(linearGaussianSSM(c.model), c.observations, on(c));
          expect(result.run.plan).toContain("two-filter smoother");
          const worst = differences(result, denseOracle(c.model, c.observations, c.inputs));
          // With noise of 1e-3 the oracle subtracts variances of order 1 that differ by 1e-6 of themselves.
          const tolerance = kind.noise ? 1e-7 : 1e-8;
          expect(worst.means, "means").toBeLessThan(tolerance);
          expect(worst.covariances, "covariances").toBeLessThan(tolerance);
          expect(worst.crossCovariances, "cross-covariances").toBeLessThan(tolerance);
          expect(worst.marginalLogLikelihood, "log-likelihood").toBeLessThan(tolerance);
        }
      }
    });
  }

  test("one observation without noise among others with it", async () => {
    const c = randomModel({ n: 4, m: 2, T: 9, seed: 8, missing: 0.2 });
    const R = c.model.emissions.covariance as number[][];
    const emissions = {
      ...c.model.emissions,
      covariance: [
        [0, 0],
        [0, R[1]![1]!],
      ],
    };
    const exact = { ...c, model: { ...c.model, emissions } };
    const result = await smooth(linearGaussianSSM(exact.model), exact.observations, on(exact));
    const worst = differences(result, denseOracle(exact.model, exact.observations));
    expect(worst.means).toBeLessThan(1e-8);
    expect(worst.covariances).toBeLessThan(1e-8);
    expect(worst.crossCovariances).toBeLessThan(1e-8);
  });

  test("is the Rauch–Tung–Striebel smoother over a ragged batch, to rounding", async () => {
    const cases = [40, 1, 17].map(T => randomModel({ n: 3, m: 2, T, seed: 5, missing: 0.2 }));
    const problem = prepare(
      linearGaussianSSM(cases[0]!.model),
      cases.map(c => c.observations),
    );
    const outputs = { crossCovariances: true };
    const [two, rts] = [
      await kalmanTwoFilterCpu(problem, { outputs }),
      await kalmanSmootherCpu(problem, { outputs, settle: false }),
    ];
    expect(two.statuses).toEqual(["ok", "ok", "ok"]);
    expect(two.smoothed.means.data.length).toBe(rts.smoothed.means.data.length);
    two.smoothed.means.data.forEach((x, i) => {
      // Factors of regular covariances with diagonals ≥ 0 are unique.
      expect(Math.abs(Math.abs(x) - Math.abs(rts.smoothed.means.data[i]!))).toBeLessThan(1e-12);
    });
    two.crossCovariances!.data.forEach((x, i) => {
      expect(Math.abs(x - rts.crossCovariances!.data[i]!)).toBeLessThan(1e-12);
    });
  });

  test("agrees with the textbook over 2000 steps of a model with gaps", async () => {
    const c = namedModel("d8gap", 2000);
    const result = await smooth(linearGaussianSSM(c.model), c.observations, on(c));
    const worst = differences(result, textbookOracle(c.model, c.observations));
    expect(worst.means).toBeLessThan(1e-9);
    expect(worst.covariances).toBeLessThan(1e-9);
    expect(worst.crossCovariances).toBeLessThan(1e-9);
  });

  test("a series whose filter fails is NaN, its neighbour is not", async () => {
    const model = linearGaussianSSM({
      initial: { mean: 0, covariance: 1 },
      dynamics: { weights: 1, covariance: 0 },
      emissions: { weights: 1, covariance: 0 },
    });
    const series = [
      [[1], [1], [2]],
      [[1], [null], [null]],
    ];
    const two = await kalmanTwoFilterCpu(prepare(model, series), { outputs: { crossCovariances: true } });
    expect(two.statuses).toEqual(["notPositiveDefinite", "ok"]);
    expect(two.smoothed.means.data.subarray(0, 6).every(Number.isNaN)).toBe(true);
    expect([...two.smoothed.means.data.subarray(6)]).toEqual([1, 0, 1, 0, 1, 0]);
  });
});

/** Two states that are equal but for a difference of relative size gap, seen by their sum. */
const twins = (gap: number): RawModel => ({
  initial: {
    mean: [0, 0],
    covariance: [
      [1, 1],
      [1, 1 + gap ** 2],
    ],
  },
  dynamics: {
    weights: [
      [0.9, 0],
      [0, 0.9],
    ],
    covariance: [
      [0.1, 0.1],
      [0.1, 0.1 + 0.1 * gap ** 2],
    ],
  },
  emissions: { weights: [[1, 1]], covariance: [[1]] },
});
const sines = (T: number): (number | null)[][] =>
  Array.from({ length: T }, (_, t) => [t % 7 === 3 ? null : Math.sin(t)]);

suite("chooseSmoother()", () => {
  const auto = (model: RawModel, arithmetic: "float32" | "float64" = "float32") =>
    chooseSmoother("test", problemOf({ model, observations: sines(50) }), "auto", arithmetic);

  test("takes the two-filter smoother where a predicted covariance is nearly singular, in float32 only", () => {
    expect(auto(twins(1e-5)).smoother).toBe("twoFilter");
    expect(auto(twins(1e-5)).words).toMatch(/pivot of early predicted factors 1\.\de-5/);
    expect(auto(twins(1e-2)).smoother).toBe("rts");
    expect(auto(twins(1e-5), "float64").smoother).toBe("rts");
  });

  test("goes by the shape of covariances, not by the units of the states", () => {
    const { model, observations } = namedModel("llt", 50);
    const D = [1e-3, 1e6];
    const scaled = (a: number[][], f: (i: number, j: number) => number) =>
      a.map((row, i) => row.map((x, j) => x * f(i, j)));
    const both = (i: number, j: number) => D[i]! * D[j]!;
    const other: RawModel = {
      initial: { mean: [0, 0], covariance: scaled(model.initial.covariance, both) },
      dynamics: {
        weights: scaled(model.dynamics.weights as number[][], (i, j) => D[i]! / D[j]!),
        covariance: scaled(model.dynamics.covariance as number[][], both),
      },
      emissions: {
        weights: scaled(model.emissions.weights as number[][], (_, j) => 1 / D[j]!),
        covariance: model.emissions.covariance,
      },
    };
    const choice = (m: RawModel) =>
      chooseSmoother("test", problemOf({ model: m, observations }), "auto", "float32");
    expect(choice(other)).toEqual(choice(model));
    expect(choice(model).smoother).toBe("rts");
  });

  test("exact singularity costs nothing: a zero pivot is left out of the gain", () => {
    const c = randomModel({ n: 4, m: 2, T: 30, seed: 3, singularQ: true, zeroP0: true });
    expect(chooseSmoother("test", problemOf(c), "auto", "float32").smoother).toBe("rts");
  });

  test("refuses the two-filter smoother where y_t given z_t−1 has a singular covariance", async () => {
    const model = linearGaussianSSM({
      initial: {
        mean: [0, 0],
        covariance: [
          [1, 0],
          [0, 1],
        ],
      },
      dynamics: {
        weights: [
          [1, 1],
          [0, 1],
        ],
        covariance: [
          [0, 0],
          [0, 1],
        ],
      },
      emissions: { weights: [[1, 0]], covariance: [[0]] },
    });
    for (const smoother of ["twoFilter", "rts", "auto"] as const) {
      const run = smooth(model, [1, 2, 3], { backend: "cpu", smoother });
      if (smoother !== "twoFilter") expect((await run).status).toBe("ok");
      else {
        await expect(run).rejects.toThrow(ParameterError);
        await expect(run).rejects.toThrow(/options\.smoother expected "auto" or "rts".*H Q H' \+ R regular/);
      }
    }
    // Nothing is observed after the first step: there is no such y_t.
    const one = await smooth(model, [1, Number.NaN, Number.NaN], { backend: "cpu", smoother: "twoFilter" });
    expect(one.status).toBe("ok");
  });
});
