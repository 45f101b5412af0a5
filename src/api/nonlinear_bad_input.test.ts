import { expect, suite, test } from "vitest";
import { expressionFunction, filter, generalizedGaussianSSM, nonlinearGaussianSSM, smooth } from "./index.ts";

suite("what cannot be", () => {
  const linear = { initial: { mean: [0], covariance: [[1]] } };
  const make = async (f: string, h: string, more: object = {}) =>
    nonlinearGaussianSSM({
      ...linear,
      dynamics: { function: await expressionFunction({ expressions: f, stateDim: 1 }), covariance: [[0.1]] },
      emissions: { function: await expressionFunction({ expressions: h, stateDim: 1 }), covariance: [[0.1]] },
      ...more,
    });

  test("a function without a value is told with the series and gives NaN from there on", async () => {
    const model = await make("x0", "log(x0 - 0.5)");
    await expect(filter(model, [1, 2], { linearization: "taylor" })).rejects.toThrow(
      "filter: model expected functions with finite values around every step, got none at step 0.",
    );
    const result = await smooth(model, [Number.NaN, 2, 1], {
      linearization: "taylor",
      throwOnFailure: false,
    });
    expect(result.status).toBe("nonFinite");
    expect(result.filteredMeans.data[0]).toBe(0);
    expect(result.filteredMeans.data[1]).toBeNaN();
    expect(result.smoothedMeans.data.every(Number.isNaN)).toBe(true);
  });

  test("noise that is none, and innovations without variance, are told as such", async () => {
    const square = await make("x0", "x0^2");
    await expect(filter(square, [1, 2], { kappa: -0.5 })).rejects.toThrow(
      "filter: model expected positive definite covariances of innovations and noise at every step, got none at step 0.",
    );
    const exact = await make("x0", "x0", {
      initial: { mean: [0], covariance: [[0]] },
      emissions: {
        function: await expressionFunction({ expressions: "x0", stateDim: 1 }),
        covariance: [[0]],
      },
    });
    const result = await filter(exact, [[[1]], [[Number.NaN]]], { throwOnFailure: false });
    expect(result.statuses).toEqual(["notPositiveDefinite", "ok"]);
    await expect(filter(square, [1], { inputs: [[1]] })).rejects.toThrow(
      "filter: inputs expected none, as the model's functions take none, got inputs. Make the functions with inputDim",
    );
  });

  test("options", async () => {
    const model = await make("x0", "x0");
    const refused: [object, string][] = [
      [
        { linearization: "ekf" },
        'filter: options.linearization expected "taylor", "unscented", "cubature", "gauss-hermite", "slr", got the text "ekf".',
      ],
      [
        { linearization: "taylor", alpha: 1 },
        'filter: options.alpha expected nothing with linearization "taylor", got 1.',
      ],
      [{ alpha: 0 }, "filter: options.alpha expected a number > 0, got 0."],
      [{ kappa: -1 }, "filter: options.kappa expected a number > −n = -1, got -1."],
      [
        { linearization: "gauss-hermite", order: 65 },
        "filter: options.order expected a whole number from 1 to 64, got 65.",
      ],
      [{ form: "covariance" }, "filter: options.form expected one of the keys"],
      [{ iterations: 3 }, "filter: options.iterations expected one of the keys"],
      [{ updates: 0 }, "filter: options.updates expected a whole number ≥ 1, got 0."],
    ];
    for (const [options, message] of refused)
      await expect(filter(model, [1], options)).rejects.toThrow(message);
    await expect(smooth(model, [1], { tolerance: 0 })).rejects.toThrow(
      "smooth: options.tolerance expected a number > 0, got 0.",
    );
  });

  test("models", async () => {
    const two = await expressionFunction({ expressions: ["x0", "x1"], stateDim: 2 });
    const one = await expressionFunction({ expressions: "x0", stateDim: 1 });
    const covariance = [[1]];
    const bad =
      (parts: object): (() => unknown) =>
      () =>
        nonlinearGaussianSSM({
          ...linear,
          dynamics: { function: one, covariance },
          emissions: { function: one, covariance },
          ...parts,
        });
    expect(bad({ emissions: { function: two, covariance } })).toThrow(
      "nonlinearGaussianSSM: emissions.function expected a function of 1 states as in the dynamics, got 2 states.",
    );
    expect(bad({ dynamics: { function: (x: number) => x, covariance } })).toThrow(
      "nonlinearGaussianSSM: dynamics.function expected a function from expressionFunction() or wgslFunction(), got a function.",
    );
    expect(bad({ dynamics: { function: one, covariance: [[-1]] } })).toThrow(
      /dynamics.covariance expected a positive semi-definite/,
    );
    expect(bad({ dynamics: { function: one, covariance, parameters: [1] } })).toThrow(
      "nonlinearGaussianSSM: dynamics.parameters expected 0 numbers, one per parameter, got 1.",
    );
    const family = (emissions: object) => () =>
      generalizedGaussianSSM({
        ...linear,
        dynamics: { function: one, covariance },
        emissions: emissions as never,
      });
    expect(family({ family: "poison", function: one })).toThrow(
      /emissions.family expected one of "poisson".*Did you mean "poisson"/,
    );
    expect(family({ family: "binomial", function: one, trials: 2.5 })).toThrow(
      "emissions.trials expected a whole number ≥ 1, got 2.5.",
    );
    expect(family({ family: "student-t", function: one, dof: 2, scale: 1 })).toThrow(
      "emissions.dof expected a number > 2, got 2.",
    );
  });

  test("data that the family cannot give", async () => {
    const one = await expressionFunction({ expressions: "exp(x0)", stateDim: 1 });
    const model = generalizedGaussianSSM({
      ...linear,
      dynamics: { function: one, covariance: [[1]] },
      emissions: { family: "poisson", function: one },
    });
    await expect(filter(model, [1, 2.5])).rejects.toThrow(
      "filter: observations[1] expected a whole number ≥ 0, got 2.5.",
    );
  });
});
