/** The option `results`: who takes it, and what goes with it. What it does is tested on a GPU. */
import { expect, suite, test } from "vitest";
import {
  DataError,
  DeviceError,
  decode,
  expressionFunction,
  filter,
  forecast,
  hiddenMarkovModel,
  linearGaussianSSM,
  logLikelihood,
  nonlinearGaussianSSM,
  ParameterError,
  predict,
  predictProba,
  samplePosterior,
  smooth,
} from "./index.ts";
import { EARTHQUAKES, QUAKES } from "./testing/hmm_cases.ts";

const level = linearGaussianSSM({
  initial: { mean: [0], covariance: [[1]] },
  dynamics: { weights: [[1]], covariance: [[0.1]] },
  emissions: { weights: [[1]], covariance: [[1]] },
});
const quakes = hiddenMarkovModel(QUAKES);
const y = [1, null, 2];
type Row = readonly [what: string, call: (options: never) => unknown, options: object, text: RegExp];

const check = async (call: Row[1], options: object, text: RegExp): Promise<void> => {
  const error = await Promise.resolve()
    .then(() => call(options as never))
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ParameterError);
  expect((error as ParameterError).message).toMatch(text);
};

suite("options.results", () => {
  const on = { results: "gpu" };
  const elsewhere: readonly (readonly [string, Row[1]])[] = [
    ["logLikelihood", options => logLikelihood(level, y, options)],
    ["logLikelihood", options => logLikelihood(quakes, EARTHQUAKES, options)],
    ["decode", options => decode(quakes, EARTHQUAKES, options)],
    ["forecast", options => forecast(level, y, 1, options)],
    ["forecast", options => forecast(quakes, EARTHQUAKES, 1, options)],
    ["samplePosterior", options => samplePosterior(level, y, options)],
    ["samplePosterior", options => samplePosterior(quakes, EARTHQUAKES, options)],
    ["predict", options => predict(level, y, options)],
    ["predict", options => predict(quakes, EARTHQUAKES, options)],
    ["predictProba", options => predictProba(quakes, EARTHQUAKES, options)],
  ];
  test.each(elsewhere)("%s() refuses it by name", (call, run) =>
    check(
      run,
      on,
      new RegExp(
        `^${call}: options\\.results expected nothing for this call, got the text "gpu"\\. Leave it out: filter\\(\\) and smooth\\(\\) of linear Gaussian and hidden Markov models alone`,
      ),
    ),
  );

  const rows: readonly Row[] = [
    [
      "a word that is none",
      options => filter(level, y, options),
      { results: "here" },
      /^filter: options\.results expected "host", "gpu", got the text "here"\. Correct/,
    ],
    [
      "the CPU",
      options => smooth(level, y, options),
      { ...on, backend: "cpu" },
      /^smooth: options\.backend expected "webgpu" or "auto" with results "gpu", got the text "cpu"\. /,
    ],
    [
      "the CPU, hidden Markov",
      options => smooth(quakes, EARTHQUAKES, options),
      { ...on, backend: "cpu" },
      /^smooth: options\.backend expected "webgpu" or "auto" with results "gpu"/,
    ],
    [
      "cross-covariances",
      options => smooth(level, y, options),
      { ...on, outputs: ["predicted", "crossCovariances"] },
      /^smooth: options\.outputs expected "predicted" or none with results "gpu", got the text "crossCovariances"/,
    ],
    [
      "expected transitions",
      options => smooth(quakes, EARTHQUAKES, options),
      { ...on, outputs: ["expectedTransitions"] },
      /^smooth: options\.outputs expected "predicted" or none with results "gpu", got the text "expectedTr/,
    ],
    [
      "their form",
      options => smooth(quakes, EARTHQUAKES, options),
      { ...on, transitions: "steps" },
      /^smooth: options\.transitions expected nothing with results "gpu", got the text "steps"/,
    ],
  ];
  test.each(rows)("does not go with %s", (_, call, options, text) => check(call, options, text));

  test("is refused by name for a nonlinear model", async () => {
    const model = nonlinearGaussianSSM({
      initial: { mean: [0], covariance: [[1]] },
      dynamics: {
        function: await expressionFunction({ expressions: "sin(x0)", stateDim: 1 }),
        covariance: [[1]],
      },
      emissions: {
        function: await expressionFunction({ expressions: "x0", stateDim: 1 }),
        covariance: [[1]],
      },
    });
    const text = /: options\.results expected nothing for this call, got the text "gpu"\. Leave it out: /;
    await check(options => filter(model, y, options), on, text);
    await check(options => smooth(model, y, options), on, text);
  });

  test("is a DeviceError where there is no WebGPU, after bad input", async () => {
    await expect(filter(level, y, { results: "gpu" })).rejects.toThrow(DeviceError);
    await expect(filter(quakes, EARTHQUAKES, { results: "gpu" })).rejects.toThrow(DeviceError);
    await expect(filter(level, ["x"] as never, { results: "gpu" })).rejects.toThrow(DataError);
  });

  test('"host" is what calls do without it', async () => {
    const result = await smooth(level, y, { results: "host" });
    expect(result.smoothedMeans.shape).toEqual([3, 1]);
    expect((await filter(quakes, EARTHQUAKES, { results: "host" })).filteredProbs.shape[1]).toBe(2);
  });
});
