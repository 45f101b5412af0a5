/** What errors about hidden Markov models say: the argument, what is expected of it, what it got, in that order. */
import { expect, suite, test } from "vitest";
import {
  DataError,
  decode,
  decompose,
  diagnostics,
  filter,
  forecast,
  hiddenMarkovModel,
  linearGaussianSSM,
  parseModelDocument,
  predict,
  simulate,
  smooth,
} from "./index.ts";

const emissions = { family: "poisson", rates: [1, 5] };
const transitionMatrix = [
  [0.9, 0.1],
  [0.2, 0.8],
];
const model = hiddenMarkovModel({ initialProbs: [0.5, 0.5], transitionMatrix, emissions });
const level = linearGaussianSSM({
  initial: { mean: [0], covariance: [[1]] },
  dynamics: { weights: [[1]], covariance: [[1]], inputWeights: [[2]] },
  emissions: { weights: [[1]], covariance: [[1]] },
});
const transitions = {
  kind: "input-driven" as const,
  weights: [
    [[0], [1]],
    [[0], [1]],
  ],
};
const driven = hiddenMarkovModel({ initialProbs: [0.5, 0.5], transitions, emissions });
/** Values that a typed caller cannot pass. */
const any = (value: unknown) => value as never;
const u = [[0], [0.3], [1]];
const y = [1, 2, 3];

suite("hiddenMarkovModel() refuses other shapes in words of its own", () => {
  test.each([
    [{ transitionMatrix: [[0.9, 0.1]] }, "transitionMatrix", "Give it a row and a column for every state."],
    [{ initialProbs: [1, 0, 0] }, "initialProbs", "Give one probability for every state of the transitions."],
  ])("%j", (change, argument, fix) => {
    const make = () =>
      hiddenMarkovModel(any({ initialProbs: [0.5, 0.5], transitionMatrix, emissions, ...change }));
    expect(make).toThrow(new RegExp(`^hiddenMarkovModel: ${argument} expected \\[2.*got \\[.*${fix}$`));
    expect(make).not.toThrow("initial.mean");
  });
});

suite("a call on a model that it is not for names the model", () => {
  test("decompose()", () =>
    expect(decompose(any(model), y)).rejects.toThrow(
      "decompose: model expected a model of components, got a hidden Markov model. Make it with add()",
    ));
  test("decode()", () =>
    expect(decode(any(level), y)).rejects.toThrow(
      "decode: model expected a model from hiddenMarkovModel(), got a linear Gaussian model. For this one, use smooth().",
    ));
  test("diagnostics(), also of a model in the place of a prediction, and of a prediction without innovations to test", async () => {
    expect(() => diagnostics(any(model), any(y))).toThrow(
      "diagnostics: prediction expected a result of predict(), got a hidden Markov model.",
    );
    const prediction = await predict(model, y);
    expect(() => diagnostics(any(prediction))).toThrow(
      "diagnostics: prediction expected a result of predict() with standardizedInnovations, got that of a hidden Markov model",
    );
  });
  test("but a document is called what it is", () =>
    expect(decode(any({ type: "hmm", regimes: 2 }), y)).rejects.toThrow("got an object with type, regimes"));
});

test("forecast() asks for inputs of h steps, not of T", async () => {
  await expect(forecast(driven, y, 2, { inputs: u })).rejects.toThrow(
    "forecast: futureInputs expected [h, 1] as the model takes inputs, got nothing.",
  );
  await expect(forecast(level, y, 2, { inputs: u })).rejects.toThrow(
    "forecast: futureInputs expected [h, 1] as the model has input weights, got nothing.",
  );
  await expect(filter(driven, y)).rejects.toThrow("inputs expected [T, 1] as the model takes inputs");
});

test("smooth() refuses expected transitions with a lag, whatever their form", async () => {
  for (const form of ["sum", "steps"] as const)
    await expect(smooth(model, y, { lag: 1, transitions: form })).rejects.toThrow(
      "smooth: options.transitions expected nothing with a lag",
    );
});

suite("inputs of the first step", () => {
  const missing = [[Number.NaN], [0.3], [1]];
  test("may be missing where only transitions read inputs: there is none into the first step", async () => {
    for (const [each, call] of [
      [driven, filter],
      [driven, decode],
      [driven, predict],
      [level, smooth],
      [level, predict],
    ] as const) {
      const run = call as typeof filter;
      const got = await run(any(each), y, { inputs: missing });
      const wanted = await run(any(each), y, { inputs: u });
      expect(got.marginalLogLikelihood).toBe(wanted.marginalLogLikelihood);
    }
    const first = { numSteps: 3, seed: 4 };
    expect(simulate(driven, { ...first, inputs: missing })).toEqual(
      simulate(driven, { ...first, inputs: u }),
    );
    expect(simulate(level, { ...first, inputs: missing })).toEqual(simulate(level, { ...first, inputs: u }));
    const ahead = { inputs: any([[null], [0.3], [1]]), futureInputs: [[2]] };
    const outlook = await forecast(driven, y, 1, ahead);
    expect(outlook.stateProbs).toEqual((await forecast(driven, y, 1, { ...ahead, inputs: u })).stateProbs);
  });

  test("may not be missing where emissions read them, nor later, nor of steps ahead", async () => {
    await expect(filter(driven, y, { inputs: [[0], [Number.NaN], [1]] })).rejects.toThrow(DataError);
    await expect(filter(driven, y, { inputs: [[Number.POSITIVE_INFINITY], [0], [1]] })).rejects.toThrow(
      "inputs[0][0] expected a finite number, got Infinity",
    );
    await expect(forecast(driven, y, 1, { inputs: u, futureInputs: [[Number.NaN]] })).rejects.toThrow(
      "futureInputs[0][0] expected a finite number, got NaN",
    );
    const regression = parseModelDocument({
      format: "statescan/model@1",
      type: "hmm",
      initialProbs: [0.5, 0.5],
      transitionMatrix,
      emissions: { family: "logistic-regression", weights: [[[1]], [[-1]]] },
    });
    await expect(filter(any(regression), [0, 1, 1], { inputs: missing })).rejects.toThrow(
      "inputs[0][0] expected a finite number, got NaN",
    );
  });
});
