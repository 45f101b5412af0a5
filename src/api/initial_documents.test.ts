import { expect, suite, test } from "vitest";
import {
  type LinearGaussianDocument,
  type LinearGaussianSSM,
  linearGaussianSSM,
  modelDocument,
  parseModelDocument,
  simulate,
} from "./index.ts";

const initialOf = (model: LinearGaussianSSM) => (modelDocument(model) as LinearGaussianDocument).initial;

const equations = {
  dynamics: {
    weights: [
      [0.5, 1],
      [0, 0.8],
    ],
    bias: [1, 2],
    covariance: [
      [1, 0],
      [0, 1],
    ],
  },
  emissions: { weights: [[1, 0]], covariance: [[1]] },
};
const zeros = [
  [0, 0],
  [0, 0],
];
const document = (initial: unknown) => ({
  format: "statescan/model@1",
  type: "linear-gaussian",
  initial,
  ...equations,
});

suite("model documents with an initial state", () => {
  test.each([
    ["stationary", "stationary"],
    ["diffuse", "diffuse"],
    ["partly diffuse", { mean: [0, 3], covariance: [[0, 0], zeros[1]], diffuse: [true, false] }],
    ["known", { mean: [1, 3], covariance: zeros }],
  ])("%s: written as it was given, and read as the same model", (_, initial) => {
    const model = linearGaussianSSM({ initial: initial as never, ...equations });
    const written = modelDocument(model);
    expect(initialOf(model)).toEqual(initial);
    expect(parseModelDocument(JSON.stringify(written))).toEqual(model);
  });

  test("all flags true are written as diffuse, all false left out", () => {
    const flags = (diffuse: boolean[]) => ({ mean: [0, 0], covariance: zeros, diffuse });
    expect(initialOf(parseModelDocument(document(flags([true, true]))))).toBe("diffuse");
    expect(initialOf(parseModelDocument(document(flags([false, false]))))).toEqual({
      mean: [0, 0],
      covariance: zeros,
    });
  });

  test("mistakes are named", () => {
    expect(() => parseModelDocument(document("difuse"))).toThrow(
      /initial expected "stationary", "diffuse" or an object with mean, covariance, diffuse, got the text "difuse"/,
    );
    expect(() => parseModelDocument(document({ mean: [0, 0], covariance: zeros, diffus: [] }))).toThrow(
      /initial\.diffus expected.*Did you mean "diffuse"\?/,
    );
    expect(() => parseModelDocument(document({ mean: [0, 0], diffuse: [true, true] }))).toThrow(
      /initial\.covariance expected a value/,
    );
    expect(() => parseModelDocument(document(3))).toThrow(/initial expected an object with mean/);
  });

  test("a flat prior cannot be drawn from", () => {
    expect(() => simulate(parseModelDocument(document("diffuse")), { numSteps: 3 })).toThrow(
      /a flat one on state 0, 1/,
    );
    expect(simulate(parseModelDocument(document("stationary")), { numSteps: 3 }).states.shape).toEqual([
      3, 2,
    ]);
  });
});
