/** Options, results and bad input of the calls on hidden Markov models. */
import { expect, suite, test } from "vitest";
import { numbers } from "../inference/testing/hmm_by_hand.ts";
import {
  AbortedError,
  DataError,
  decode,
  filter,
  type HiddenMarkovModel,
  hiddenMarkovModel,
  LimitError,
  linearGaussianSSM,
  logLikelihood,
  NumericalError,
  ParameterError,
  predict,
  predictProba,
  ShapeError,
  samplePosterior,
  smooth,
} from "./index.ts";
import { CASINO, CASINO_ROLLS, EARTHQUAKES, QUAKES, UMBRELLA } from "./testing/hmm_cases.ts";

const quakes = () => hiddenMarkovModel(QUAKES);
/** Values that a typed caller cannot pass. */
const any = (value: unknown) => value as never;
type Call = (model: HiddenMarkovModel, observations: unknown, options?: unknown) => Promise<unknown>;
const CALLS: [string, Call][] = Object.entries({
  filter,
  smooth,
  logLikelihood,
  decode,
  samplePosterior,
  predict,
  predictProba,
}).map(([name, call]) => [name, call as Call]);

suite("calls on hidden Markov models", () => {
  test.each(CALLS)(
    "%s() refuses what is no data, no option and no model, before any work",
    async (name, call) => {
      const model = quakes();
      const refusal = async (observations: unknown, options: unknown, kind: unknown, text: RegExp) => {
        const error = await call(model, observations, options).then(
          () => undefined,
          (reason: Error) => reason,
        );
        expect(error, String(text)).toBeInstanceOf(kind);
        expect(error?.message).toMatch(text);
        expect(error?.message).toMatch(new RegExp(`^${name === "predictProba" ? "\\w+" : name}: `));
      };
      await refusal([], {}, DataError, /observations expected at least one row, got none/);
      await refusal([[[1], [2]], []], {}, DataError, /observations\[1\] expected at least one row/);
      await refusal([[1, 2]], {}, ShapeError, /expected 1 entries, got 2/);
      await refusal([1, 2.5], {}, DataError, /observations\[1\] expected a count/);
      await refusal([1, -3], {}, DataError, /observations\[1\] expected a count/);
      await refusal([1, "2"], {}, DataError, /observations\[1\]/);
      await refusal([1, 2], { mask: [1] }, ShapeError, /mask/);
      await refusal(
        [1, 2],
        { inputs: [[1], [2]] },
        ShapeError,
        /inputs expected none, as the model takes no/,
      );
      await refusal(
        [1, 2],
        { form: "auto" },
        ParameterError,
        /options\.form expected nothing for a hidden Markov model/,
      );
      await refusal(
        [1, 2],
        { refine: "never" },
        ParameterError,
        /options\.refine .* it is about float32 means/,
      );
      await refusal([1, 2], { likelihood: "exact" }, ParameterError, /it is about diffuse starts/);
      await refusal([1, 2], { burnIn: 1 }, ParameterError, /it is about diffuse starts/);
      await refusal([1, 2], { masks: [1, 1] }, ParameterError, /Did you mean "mask"/);
      await refusal([1, 2], { method: "fast" }, ParameterError, /options\.method expected "auto"/);
      await refusal([1, 2], { dtype: "f32" }, ParameterError, /options\.dtype/);
      await refusal(
        [1, 2],
        { memoryLimit: 8 },
        LimitError,
        /memory expected at most 8 bytes, got .* of 2 states/,
      );
      await refusal([1, 2], { signal: AbortSignal.abort() }, AbortedError, /./);
      await refusal([1, 2], null, ParameterError, /options/);
      await expect(call(any({ type: "hmm" }), [1, 2])).rejects.toThrow(/hiddenMarkovModel/);
    },
  );

  test("options that belong to smoothing, and what they exclude", async () => {
    const model = quakes();
    const y = [3, 20, 30];
    await expect(filter(model, y, any({ lag: 2 }))).rejects.toThrow(
      "options.lag expected nothing for a hidden Markov model, got 2. Leave it out: it is about smoothing.",
    );
    for (const lag of [-1, 1.5, "2", Number.NaN])
      await expect(smooth(model, y, any({ lag }))).rejects.toThrow("options.lag expected a whole number ≥ 0");
    await expect(smooth(model, y, { lag: 1, smoother: "twoFilter" })).rejects.toThrow(ParameterError);
    await expect(smooth(model, y, { lag: 1, transitions: "steps" })).rejects.toThrow(ParameterError);
    await expect(smooth(model, y, { lag: 1, outputs: ["expectedTransitions"] })).rejects.toThrow(
      ParameterError,
    );
    await expect(smooth(model, y, any({ transitions: "all" }))).rejects.toThrow('"sum" or "steps"');
    await expect(smooth(model, y, any({ outputs: ["crossCovariances"] }))).rejects.toThrow('"predicted"');
    await expect(filter(model, y, any({ outputs: ["expectedTransitions"] }))).rejects.toThrow(ParameterError);
    await expect(samplePosterior(model, y, { numSamples: 0 })).rejects.toThrow("a whole number ≥ 1, got 0");
    await expect(samplePosterior(model, y, { seed: -1 })).rejects.toThrow("a whole number ≥ 0, got -1");
    const other = linearGaussianSSM({
      initial: { mean: [0], covariance: [[1]] },
      dynamics: { weights: [[1]], covariance: [[1]] },
      emissions: { weights: [[1]], covariance: [[1]] },
    });
    await expect(decode(any(other), y)).rejects.toThrow(
      "decode: model expected a model from hiddenMarkovModel()",
    );
    await expect(predictProba(any(other), y)).rejects.toThrow(ParameterError);
    await expect(smooth(other, y, any({ lag: 2 }))).rejects.toThrow("options.lag");
  });

  test("fields that were not asked for say how to get them", async () => {
    const model = quakes();
    const bare = await filter(model, [1, 2], { outputs: [] });
    expect(() => bare.predictedProbs).toThrow('Add "predicted" to options.outputs.');
    expect(() => bare.emissionLogLikelihoods).toThrow('Add "emissionLogLikelihoods" to options.outputs.');
    expect(() => (bare as never as { smoothedProbs: unknown }).smoothedProbs).toThrow("Call smooth().");
    const lagged = await smooth(model, [1, 2], { lag: 1 });
    expect(() => lagged.expectedTransitions).toThrow("without a lag");
    const full = await smooth(model, [1, null, 2], { outputs: ["emissionLogLikelihoods"], dtype: "float32" });
    expect(full.emissionLogLikelihoods.data).toBeInstanceOf(Float32Array);
    expect([...full.emissionLogLikelihoods.data.slice(2, 4)]).toEqual([0, 0]);
    expect(full.emissionLogLikelihoods.data[1]).toBeCloseTo(Math.log(26.125) - 26.125, 5);
    expect(full.smoothedProbs).toBe(full.smoothedProbs);
  });

  test("run tells what was done", async () => {
    const { run } = await smooth(quakes(), EARTHQUAKES, { smoother: "twoFilter" });
    expect(run).toMatchObject({
      backend: "cpu",
      software: false,
      method: "sequential",
      dtype: "float64",
      passes: 1,
    });
    expect(run.plan).toBe("two filters: 2 states, 1 series of up to 107 steps, one after the other");
    const phases = new Set<string>();
    await smooth(quakes(), EARTHQUAKES, {
      onProgress: ({ phase, done, total }) => phases.add(`${phase} ${done}/${total}`),
    });
    expect([...phases]).toEqual(["filter 107/107", "smooth 107/107"]);
  });

  test("a step that no state allows: status, its number, and what comes before stands", async () => {
    const model = hiddenMarkovModel({
      ...UMBRELLA,
      emissions: {
        family: "categorical",
        probs: [
          [0.9, 0.1, 0],
          [0.2, 0.8, 0],
        ],
      },
    });
    const batch = [
      [[0], [1], [2], [0]],
      [[0], [1], [0]],
    ];
    await expect(smooth(model, batch)).rejects.toThrow(
      "smooth: observations expected to be possible in some state at every step, got none possible at step 2 of series 0.",
    );
    const error = await decode(model, [2, 0]).catch((reason: NumericalError) => reason);
    expect(error).toBeInstanceOf(NumericalError);
    expect(error).toMatchObject({ status: "nonFinite" });
    const result = await smooth(model, batch, { throwOnFailure: false });
    expect(result.statuses).toEqual(["nonFinite", "ok"]);
    expect([...result.impossibleSteps]).toEqual([2, -1]);
    expect([...result.marginalLogLikelihoods][0]).toBe(Number.NEGATIVE_INFINITY);
    const prefix = await smooth(model, [0, 1]);
    const one = result.series(0);
    expect(one.smoothedProbs.data.slice(0, 4)).toEqual(prefix.smoothedProbs.data);
    expect([...one.smoothedProbs.data.slice(4)].every(Number.isNaN)).toBe(true);
    expect([...one.logLikelihoods.data.slice(2)]).toEqual([Number.NEGATIVE_INFINITY, Number.NaN]);
    expect(result.series(1).smoothedProbs).toEqual((await smooth(model, [0, 1, 0])).smoothedProbs);
    expect(await logLikelihood(model, [0, 2], { throwOnFailure: false })).toBe(Number.NEGATIVE_INFINITY);
    const path = await decode(model, batch, { throwOnFailure: false });
    expect([...path.mostLikelyStates.data.slice(2, 4)]).toEqual([-1, -1]);
    expect(path.logJoints[0]).toBe(Number.NEGATIVE_INFINITY);
    const draws = await samplePosterior(model, batch, { numSamples: 2, throwOnFailure: false });
    expect([...draws.series(0).states.data.slice(2, 4)]).toEqual([-1, -1]);
  });

  test("semi-Markov models answer by regime, and by state where asked", async () => {
    const model = hiddenMarkovModel({
      initialProbs: [0.4, 0.6],
      transitions: {
        kind: "semi-markov",
        transitionMatrix: [
          [0, 1],
          [1, 0],
        ],
        durations: {
          kind: "explicit",
          probs: [
            [0.2, 0.5, 0.3],
            [0.6, 0.4, 0],
          ],
        },
      },
      emissions: { family: "bernoulli", probs: [[0.2], [0.9]] },
    });
    const K = model.numStates;
    expect([model.numRegimes, K]).toEqual([2, 5]);
    const y = [0, 1, 1, 0, 0, 0, 1];
    const result = await smooth(model, y, {
      transitions: "steps",
      outputs: ["predicted", "expectedTransitions", "emissionLogLikelihoods"],
    });
    const states = result.expanded;
    expect(result.smoothedProbs.shape).toEqual([7, 2]);
    expect(states.smoothedProbs.shape).toEqual([7, K]);
    expect(states.expectedTransitions.shape).toEqual([6, K, K]);
    expect(result.expectedTransitions.shape).toEqual([6, 2, 2]);
    for (let t = 0; t < 7; t++)
      for (const r of [0, 1]) {
        const sum = [...model.regimeOf].reduce(
          (s, of, k) => s + (of === r ? states.smoothedProbs.data[t * K + k] : 0),
          0,
        );
        expect(result.smoothedProbs.data[2 * t + r]).toBeCloseTo(sum, 14);
      }
    expect(states.emissionLogLikelihoods.shape).toEqual([7, K]);
    expect(result.emissionLogLikelihoods.data[0]).toBeCloseTo(Math.log(0.8), 14);
    const path = await decode(model, y);
    expect([...path.mostLikelyStates.data]).toEqual(
      [...path.expanded.mostLikelyStates.data].map(k => model.regimeOf[k]),
    );
    // No regime lasts longer than its durations allow.
    const draws = await samplePosterior(model, y, { numSamples: 50 });
    for (let d = 0; d < 50; d++) {
      const text = [...draws.states.data.slice(7 * d, 7 * d + 7)].join("");
      expect(text).not.toMatch(/0000|111/);
    }
    expect(draws.expanded.states.data.some(k => k >= 2)).toBe(true);
    // The likelihood by hand: every way to cut seven steps into runs.
    const lasts = [
      [0.2, 0.5, 0.3],
      [0.6, 0.4],
    ];
    const p = (r: number, from: number, n: number) =>
      y.slice(from, from + n).reduce((q, v) => q * (v ? [0.2, 0.9][r] : [0.8, 0.1][r]), 1);
    const rest = (r: number, from: number): number =>
      from === 7
        ? 1
        : lasts[r].reduce((sum, q, i) => {
            const n = Math.min(i + 1, 7 - from);
            return sum + q * p(r, from, n) * (from + i + 1 >= 7 ? 1 : rest(1 - r, from + i + 1));
          }, 0);
    expect(result.marginalLogLikelihood).toBeCloseTo(Math.log(0.4 * rest(0, 0) + 0.6 * rest(1, 0)), 12);
  });

  test("posterior draws have the posterior's joint frequencies", async () => {
    // The exact posterior of the first five rolls, from the smoother's chain of transitions.
    const model = hiddenMarkovModel(CASINO);
    const y = CASINO_ROLLS.slice(40, 45);
    const { expectedTransitions, smoothedProbs } = await smooth(model, y, { transitions: "steps" });
    const S = 20_000;
    const draws = await samplePosterior(model, y, { numSamples: S, seed: 11 });
    expect(draws.states.shape).toEqual([S, 5]);
    const counts = new Array<number>(32).fill(0);
    for (let d = 0; d < S; d++)
      counts[Number.parseInt([...draws.states.data.slice(5 * d, 5 * d + 5)].join(""), 2)]++;
    const chi = counts.reduce((sum, count, code) => {
      const path = code.toString(2).padStart(5, "0").split("").map(Number);
      let probability = smoothedProbs.data[path[0]];
      for (let t = 0; t < 4; t++)
        probability *=
          expectedTransitions.data[4 * t + 2 * path[t] + path[t + 1]] / smoothedProbs.data[2 * t + path[t]];
      return sum + (count - S * probability) ** 2 / (S * probability);
    }, 0);
    // 31 degrees of freedom: above 61.1 with probability 0.001.
    expect(chi).toBeLessThan(61.1);
    const again = await samplePosterior(model, y, { numSamples: 3, seed: 11 });
    expect(again.states.data).toEqual(draws.states.data.slice(0, 15));
  });

  test("100 states, 10 000 steps, log-likelihoods of hundreds of nats: finite, and rows sum to one", async () => {
    const K = 100;
    const next = numbers(1);
    const data = Float64Array.from({ length: 10_000 * K }, () => 300 * (next() - 0.5));
    const logs = { data, shape: [10_000, K] };
    const row = new Array<number>(K).fill(1 / K);
    const sticky = row.map((_, i) => row.map((_, k) => (i === k ? 0.9 : 0.1 / (K - 1))));
    const model = hiddenMarkovModel({
      initialProbs: row,
      transitionMatrix: sticky,
      emissions: { family: "precomputed" },
    });
    const { smoothedProbs, filteredProbs, marginalLogLikelihood } = await smooth(model, logs);
    expect(Number.isFinite(marginalLogLikelihood)).toBe(true);
    for (const { data } of [smoothedProbs, filteredProbs])
      for (let t = 0; t < 10_000; t++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += data[t * K + k];
        if (!(Math.abs(sum - 1) < 1e-12)) expect(sum, `t = ${t}`).toBe(1);
      }
  }, 60_000);
});
