/** The texts of docs/errors.md that nonlinear models give: they are printed by the code. */
import { expect, suite, test } from "vitest";
import {
  expressionFunction,
  filter,
  generalizedGaussianSSM,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  particleFilter,
  particleSmooth,
  predict,
  smooth,
} from "./index.ts";
import { docText } from "./testing/doc_examples.ts";

const text = docText("errors.md");
const fn = (expressions: string, stateDim = 1, more: object = {}) =>
  expressionFunction({ expressions, stateDim, ...more });
const initial = { mean: [0.5], covariance: [[1]] };

async function gaussian(f: string, h: string, Q = 0.1): Promise<NonlinearSSM> {
  return nonlinearGaussianSSM({
    initial,
    dynamics: { function: await fn(f), covariance: [[Q]] },
    emissions: { function: await fn(h), covariance: [[0.1]] },
  });
}
async function other(emissions: object): Promise<NonlinearSSM> {
  return generalizedGaussianSSM({
    initial,
    dynamics: { function: await fn("x0"), covariance: [[0.1]] },
    emissions: emissions as never,
  });
}
async function eight(): Promise<NonlinearSSM> {
  const size = Array(8).fill(0);
  const I = size.map((_, i) => size.map((_, j) => (i === j ? 1 : 0)));
  const identity = await fn("x", 8);
  return nonlinearGaussianSSM({
    initial: { mean: size, covariance: I },
    dynamics: { function: identity, covariance: I },
    emissions: { function: identity, covariance: I },
  });
}
const density = async () =>
  other({ logDensity: await fn("-(y0 - x0)^2", 1, { inputDim: 1, inputNames: ["y0"] }) });

const faults: [string, () => Promise<unknown>][] = [
  [
    "an option of another rule",
    async () => filter(await gaussian("x0", "x0"), [1], { linearization: "taylor", alpha: 1 }),
  ],
  ["a log density", async () => predict(await density(), [1])],
  ["no noise to go back through", async () => particleSmooth(await gaussian("x0", "x0", 0), [1])],
  [
    "half a count",
    async () => filter(await other({ family: "poisson", function: await fn("exp(x0)") }), [1, 2.5]),
  ],
  [
    "too many points",
    async () => filter(await eight(), [Array(8).fill(0)], { linearization: "gauss-hermite", order: 12 }),
  ],
  ["no value at a step", async () => smooth(await gaussian("t == 2 ? log(-1 - x0^2) : x0", "x0"), [1, 2, 3])],
  ["a rate below 0", async () => filter(await other({ family: "poisson", function: await fn("x0") }), [1])],
  ["noise that is none", async () => filter(await gaussian("x0", "x0^2"), [1, 2], { kappa: -0.5 })],
  [
    "particles without a value",
    async () => particleFilter(await gaussian("t == 2 ? log(-1 - x0^2) : x0", "x0"), [1, 2, 3]),
  ],
];

suite("docs/errors.md", () => {
  test.each(faults)("has the text of %s as it is thrown", async (_, call) => {
    const error = (await call().catch((fault: unknown) => fault)) as Error;
    expect(error).toBeInstanceOf(Error);
    expect(text.split("\n")).toContain(error.message);
  });
});
