import { expect, suite, test } from "vitest";
import { type HiddenMarkovModel, hiddenMarkovModel } from "./hidden_markov_model.ts";
import { prepareHmm } from "./prepare_hmm.ts";

const transitionMatrix = [
  [0.9, 0.1],
  [0.2, 0.8],
];
const poisson = { family: "poisson", rates: [15, 26] };
const make = (changes: object): HiddenMarkovModel =>
  hiddenMarkovModel({ initialProbs: [0.5, 0.5], transitionMatrix, emissions: poisson, ...changes });

/** log p(y_t | e) of one step */
function densities(model: HiddenMarkovModel, y: (number | null)[] | (number | null)[][], step = 0): number[] {
  const { emissions } = prepareHmm(model, y);
  const out = new Float64Array(emissions.numEmissions);
  emissions.logLikelihoods(0, step, out, 0);
  return [...out];
}

suite("hiddenMarkovModel()", () => {
  test("keeps sizes and copies of its parameters", () => {
    const given = [0.5, 0.5];
    const model = hiddenMarkovModel({ initialProbs: given, transitionMatrix, emissions: poisson });
    given[0] = 7;
    expect(model).toMatchObject({ type: "hmm", numStates: 2, numRegimes: 2, emissionDim: 1, inputDim: 0 });
    expect([...model.initialProbs.data]).toEqual([0.5, 0.5]);
    expect([...model.regimeOf]).toEqual([0, 1]);
  });

  test("finds the stationary distribution", () => {
    const model = make({ initialProbs: "stationary" });
    expect(model.initialProbs.data[0]).toBeCloseTo(2 / 3, 15);
    expect(model.initialForm).toBe("stationary");
  });

  test("says which rows do not sum to one, and by how much", () => {
    const off = [
      [0.9, 0.1],
      [0.2, 0.9],
    ];
    expect(() => make({ transitionMatrix: off })).toThrow(
      "hiddenMarkovModel: transitionMatrix[1] expected probabilities that sum to 1, got a sum of 1.1, 0.1 too much. " +
        "Divide by the sum if that is what you mean.",
    );
    expect(() => make({ transitionMatrix: [transitionMatrix, off] })).toThrow(
      "transitionMatrix[1][1] expected",
    );
    expect(() => make({ initialProbs: [0.5, 0.4] })).toThrow(
      "initialProbs expected probabilities that sum to 1, got a sum of 0.9, 0.1 too little",
    );
  });

  test("refuses negative probabilities, other sizes and unknown names", () => {
    const negative = [
      [1.1, -0.1],
      [0.5, 0.5],
    ];
    expect(() => make({ transitionMatrix: negative })).toThrow(
      "transitionMatrix[0][0] expected a probability",
    );
    expect(() => make({ initialProbs: [1] })).toThrow("initialProbs expected [2] or [N, 2], got [1]");
    expect(() => make({ emissions: { family: "poison", rates: [1, 2] } })).toThrow('Did you mean "poisson"?');
    expect(() => make({ emissions: { family: "poisson", rate: [1, 2] } })).toThrow('Did you mean "rates"?');
    expect(() => make({ emissions: { family: "poisson", rates: [1, 2, 3] } })).toThrow(
      "emissions.rates expected [K, m] = [2, m], got [3]. K is the number of states",
    );
    expect(() => make({ initialProb: [1, 0] })).toThrow('Did you mean "initialProbs"?');
  });

  test("refuses a chain with two stationary distributions", () => {
    const identity = [
      [1, 0],
      [0, 1],
    ];
    expect(() => make({ transitionMatrix: identity, initialProbs: "stationary" })).toThrow("{0} and {1}");
  });
});

suite("prepareHmm()", () => {
  test("gives log-densities, 0 where nothing is observed", () => {
    const model = make({});
    const [a, b] = densities(model, [20]);
    expect(a).toBeCloseTo(20 * Math.log(15) - 15 - 42.3356164607535, 11);
    expect(b).toBeCloseTo(20 * Math.log(26) - 26 - 42.3356164607535, 11);
    expect(densities(model, [1, null], 1)).toEqual([0, 0]);
  });

  test("says which observation is no count or no category", () => {
    expect(() => prepareHmm(make({}), [3, 4.5])).toThrow(
      "prepareHmm: observations[1] expected a count: a whole number ≥ 0, got 4.5.",
    );
    const categorical = make({
      emissions: {
        family: "categorical",
        probs: [
          [0.5, 0.5],
          [1, 0],
        ],
      },
    });
    expect(() => prepareHmm(categorical, [[[0], [2]]])).toThrow(
      "prepareHmm: observations[0][1] expected a category: a whole number 0 … 1, got 2.",
    );
    expect(densities(categorical, [1])).toEqual([Math.log(0.5), Number.NEGATIVE_INFINITY]);
  });

  test("refuses series without steps, and inputs where none are taken", () => {
    expect(() => prepareHmm(make({}), [])).toThrow("at least one row");
    expect(() => prepareHmm(make({}), [1, 2], { inputs: [[1], [2]] })).toThrow("takes no inputs");
  });
});
