import { expect, suite, test } from "vitest";
import {
  type HiddenMarkovModel,
  type HiddenMarkovParameters,
  hiddenMarkovModel,
} from "./hidden_markov_model.ts";
import { prepareHmm } from "./prepare_hmm.ts";
import { simulateHmm } from "./simulate_hmm.ts";
import { leftToRightTransitions, maskedTransitions, stickyTransitions } from "./transition_helpers.ts";

const bernoulli = { family: "bernoulli", probs: [0.1, 0.9] };
const make = (changes: Partial<HiddenMarkovParameters>): HiddenMarkovModel =>
  hiddenMarkovModel({ initialProbs: [0.5, 0.5], emissions: bernoulli, ...changes });
const weights = [
  [
    [0, 0],
    [1, -2],
  ],
  [
    [0.5, 0],
    [0, 1],
  ],
];

suite("input-driven transitions", () => {
  test("are the logit of the inputs of the step that they lead to", () => {
    const model = make({
      transitions: {
        kind: "input-driven",
        weights,
        biases: [
          [0, 1],
          [0, -1],
        ],
      },
    });
    expect(model).toMatchObject({ numStates: 2, inputDim: 2 });
    const inputs = [
      [9, 9],
      [1, 0.5],
      [-1, 2],
    ];
    const { data, stepStride } = prepareHmm(model, [0, 1, 1], { inputs }).transitionMatrix;
    inputs.forEach(([a, b], t) => {
      if (t === 0) return;
      const [x, y] = [Math.exp(a - 2 * b + 1), Math.exp(b - 1) / Math.exp(0.5 * a)];
      const expected = [1 / (1 + x), x / (1 + x), 1 / (1 + y), y / (1 + y)];
      expected.forEach((p, k) => {
        expect(data[t * stepStride + k]).toBeCloseTo(p, 14);
      });
    });
  });

  test("keep zeros of the mask exactly, and large scores finite", () => {
    const mask = [
      [1, 1],
      [0, 1],
    ];
    const model = make({ transitions: { kind: "input-driven", weights, mask } });
    const inputs = [
      [0, 0],
      [2000, -300],
    ];
    const { data, stepStride } = prepareHmm(model, [0, 1], { inputs }).transitionMatrix;
    expect([...data.slice(stepStride)]).toEqual([0, 1, 0, 1]);
    const shut = [
      [1, 1],
      [0, 0],
    ];
    expect(() => make({ transitions: { kind: "input-driven", weights, mask: shut } })).toThrow(
      "transitions.mask[1]",
    );
  });
});

suite("semi-Markov transitions", () => {
  const swap = [
    [0, 1],
    [1, 0],
  ];
  /** p(a regime that begins at step 0 lasts n steps), n = 1 … 12, by walking the expanded chain. */
  function lasting(model: HiddenMarkovModel, regime: number): number[] {
    const { numStates: K, regimeOf } = model;
    const a = model.transitions.matrix!.data;
    let now = Float64Array.from({ length: K }, (_, k) => (k === regimeOf.indexOf(regime) ? 1 : 0));
    return Array.from({ length: 12 }, () => {
      const next = new Float64Array(K);
      let ended = 0;
      for (let i = 0; i < K; i++)
        for (let k = 0; k < K; k++) {
          const p = now[i] * a[i * K + k];
          if (regimeOf[k] === regime) next[k] += p;
          else ended += p;
        }
      now = next;
      return ended;
    });
  }

  test("last as the given probabilities say", () => {
    const probs = [
      [0.5, 0, 0.3, 0.2],
      [0.25, 0.75, 0, 0],
    ];
    const model = make({
      transitions: { kind: "semi-markov", transitionMatrix: swap, durations: { kind: "explicit", probs } },
    });
    expect([...model.regimeOf]).toEqual([0, 0, 0, 0, 1, 1]);
    expect(model).toMatchObject({ numStates: 6, numRegimes: 2, emissionDim: 1 });
    expect([...model.initialProbs.data]).toEqual([0.5, 0, 0, 0, 0.5, 0]);
    probs.forEach((row, r) => {
      lasting(model, r).forEach((p, j) => {
        expect(p).toBeCloseTo(row[j] ?? 0, 14);
      });
    });
    expect(prepareHmm(model, [0, 1]).emissions.emissionOf).toBe(model.regimeOf);
  });

  test("last as sums of geometric times", () => {
    const durations = { kind: "negative-binomial" as const, shapes: [3, 1], probs: [0.4, 0.2] };
    const model = make({ transitions: { kind: "semi-markov", transitionMatrix: swap, durations } });
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
    lasting(model, 0).forEach((p, j) => {
      const n = j + 1;
      expect(p).toBeCloseTo(n < 3 ? 0 : choose(n - 1, 2) * 0.4 ** 3 * 0.6 ** (n - 3), 14);
    });
    lasting(model, 1).forEach((p, j) => {
      expect(p).toBeCloseTo(0.2 * 0.8 ** j, 14);
    });
  });

  test("spend time in a regime in proportion to its mean duration", () => {
    const probs = [
      [0, 0, 1],
      [1, 0, 0],
    ];
    const transitions = {
      kind: "semi-markov" as const,
      transitionMatrix: swap,
      durations: { kind: "explicit" as const, probs },
    };
    const { initialProbs } = make({ transitions, initialProbs: "stationary" });
    initialProbs.data.forEach(p => {
      expect(p).toBeCloseTo(0.25, 14);
    });
    const bad = {
      ...transitions,
      transitionMatrix: [
        [0.1, 0.9],
        [1, 0],
      ],
    };
    expect(() => make({ transitions: bad })).toThrow(
      "transitions.transitionMatrix[0][0] expected 0, got 0.1",
    );
  });
});

suite("helpers of transitions", () => {
  test("make sticky, left-to-right and masked matrices", () => {
    const sticky = stickyTransitions(
      [
        [0.5, 0.5],
        [0.2, 0.8],
      ],
      1,
    );
    expect([...sticky.data]).toEqual([0.75, 0.25, 0.1, 0.9]);
    const chain = leftToRightTransitions(3, 0.5, 2);
    expect([...chain.data]).toEqual([0.5, 0.25, 0.25, 0, 0.5, 0.5, 0, 0, 1]);
    const masked = maskedTransitions(
      [
        [1, 3],
        [2, 2],
      ],
      [
        [1, 1],
        [0, 1],
      ],
    );
    expect([...masked.data]).toEqual([0.25, 0.75, 0, 1]);
    expect(() =>
      maskedTransitions(
        [
          [1, 3],
          [2, 2],
        ],
        [
          [1, 1],
          [0, 0],
        ],
      ),
    ).toThrow("weights[1] expected some weight");
    expect(() => make({ transitionMatrix: sticky, transitions: { kind: "input-driven", weights } })).toThrow(
      "got both",
    );
  });
});

suite("time-varying transitions", () => {
  test("ignore index 0 and fix the number of steps", () => {
    const a = [
      [
        [9, 9],
        [9, 9],
      ],
      [
        [0.5, 0.5],
        [1, 0],
      ],
    ];
    const model = make({ transitionMatrix: a });
    expect(model.numSteps).toBe(2);
    expect(() => prepareHmm(model, [0, 1, 1])).toThrow("2 rows as in the time-varying transitions");
    expect(() => make({ transitionMatrix: a, initialProbs: "stationary" })).toThrow(
      "transitions change over time",
    );
  });

  test("per series go with per-series initial probabilities", () => {
    const stay = [
      [
        [1, 0],
        [0, 1],
      ],
    ];
    const swap = [
      [
        [0, 1],
        [1, 0],
      ],
    ];
    const model = make({
      transitionMatrix: [stay, swap],
      initialProbs: [
        [1, 0],
        [0, 1],
      ],
    });
    expect(model.numSeries).toBe(2);
    const { states } = simulateHmm(model, { numSteps: 4 });
    expect([...states.data]).toEqual([0, 0, 0, 0, 1, 0, 1, 0]);
  });
});
