/** Published values of hidden Markov models; float64, from other people's code or print. */
import { expect, suite, test } from "vitest";
import { decode, filter, hiddenMarkovModel, logLikelihood, smooth } from "./index.ts";
import {
  CASINO,
  CASINO_ROLLS,
  EARTHQUAKES,
  OLD_FAITHFUL,
  QUAKES,
  UMBRELLA,
  WALK_SHOP_CLEAN,
} from "./testing/hmm_cases.ts";

/** Values in print have ten decimals. */
const DIGITS = 9;

/** Starts of the runs of equal states, and those states. */
const runs = (states: ArrayLike<number>): [number, number][] =>
  Array.from(states).flatMap((state, t, all) => (t === 0 || all[t - 1] !== state ? [[t, state]] : []));

function expectClose(got: ArrayLike<number>, want: readonly number[], digits = DIGITS): void {
  expect(got.length).toBe(want.length);
  want.forEach((value, i) => {
    expect(got[i], `entry ${i}`).toBeCloseTo(value, digits);
  });
}

/** Column k of a field [T, K]. */
const column = (
  { data, shape }: { data: ArrayLike<number>; shape: readonly number[] },
  k: number,
): number[] => Array.from({ length: shape[0] }, (_, t) => data[t * shape[1] + k]);

suite("published hidden Markov models", () => {
  test("walk, shop, clean (Wikipedia, Viterbi algorithm)", async () => {
    const model = hiddenMarkovModel(WALK_SHOP_CLEAN);
    const result = await smooth(model, [0, 1, 2]);
    expect(result.marginalLogLikelihood).toBeCloseTo(-3.3928721329, DIGITS);
    expect(Math.exp(result.marginalLogLikelihood)).toBeCloseTo(0.033612, 14);
    expectClose(column(result.filteredProbs, 0), [0.2, 0.5317919075, 0.863977151]);
    expectClose(column(result.smoothedProbs, 0), [0.231702963227, 0.624062834702, 0.863977151017], 11);
    const best = await decode(model, [0, 1, 2]);
    expect([...best.mostLikelyStates.data]).toEqual([1, 0, 0]);
    expect(Math.exp(best.logJoint)).toBeCloseTo(0.01344, 14);
  });

  test("umbrella (Russell & Norvig)", async () => {
    const model = hiddenMarkovModel(UMBRELLA);
    const y = [0, 0, 1, 0, 0];
    const result = await smooth(model, y);
    expect(result.marginalLogLikelihood).toBeCloseTo(-3.37250204433, 10);
    const filtered = [0.818181818182, 0.883357041252, 0.190667939724, 0.730794004585, 0.867338889575];
    const smoothed = [0.867338889575, 0.820419053624, 0.307483576007, 0.820419053624, 0.867338889575];
    expectClose(column(result.filteredProbs, 0), filtered, 11);
    expectClose(column(result.smoothedProbs, 0), smoothed, 11);
    const twice = await smooth(model, y, { smoother: "twoFilter" });
    expectClose(column(twice.smoothedProbs, 0), smoothed, 11);
    const best = await decode(model, y);
    expect([...best.mostLikelyStates.data]).toEqual([0, 0, 1, 0, 0]);
    expect(best.logJoint).toBeCloseTo(-4.459028291035, 11);
  });

  test("the occasionally dishonest casino (Durbin et al.)", async () => {
    const model = hiddenMarkovModel(CASINO);
    for (const smoother of ["rts", "twoFilter"] as const) {
      const result = await smooth(model, CASINO_ROLLS, { smoother });
      expect(result.marginalLogLikelihood).toBeCloseTo(-516.9277122794, DIGITS);
      const at = [0, 49, 99, 149, 199, 249, 299];
      const loaded = (field: typeof result.smoothedProbs) => at.map(t => column(field, 1)[t]);
      expectClose(
        loaded(result.filteredProbs),
        [0.375, 0.2595485489, 0.402868546, 0.10513281, 0.0912473554, 0.109202119, 0.0716057291],
      );
      expectClose(
        loaded(result.smoothedProbs),
        [0.1896392686, 0.7647790698, 0.3291141574, 0.0350096501, 0.2489156895, 0.0854904207, 0.0716057291],
      );
      expectClose(
        result.expectedTransitions.data,
        [180.0361014013, 10.4365845838, 10.5546181233, 97.9726958915],
      );
      // One step of Baum and Welch from the posterior: faces of the fair die, then of the loaded one.
      const counts = [new Array<number>(6).fill(0), new Array<number>(6).fill(0)];
      CASINO_ROLLS.forEach((face, t) => {
        for (const k of [0, 1]) counts[k][face] += result.smoothedProbs.data[2 * t + k];
      });
      const rows = counts.map(row => row.map(count => count / row.reduce((a, b) => a + b, 0)));
      expectClose(
        rows.flat(),
        [
          0.1597936366, 0.1703334878, 0.1884415856, 0.1531699301, 0.1642071077, 0.1640542521, 0.0866981492,
          0.0957466838, 0.1190810828, 0.0707475721, 0.0973359792, 0.530390533,
        ],
      );
      const pairs = result.expectedTransitions.data;
      const A = [0, 2].map(i => [0, 1].map(k => pairs[i + k] / (pairs[i] + pairs[i + 1])));
      expectClose(A.flat(), [0.9452069228, 0.0547930772, 0.0972531037, 0.9027468963]);
      const next = hiddenMarkovModel({
        initialProbs: [...result.smoothedProbs.data.slice(0, 2)],
        transitionMatrix: A,
        emissions: { family: "categorical", probs: rows },
      });
      expectClose(next.initialProbs.data, [0.8103607314, 0.1896392686]);
      expect(await logLikelihood(next, CASINO_ROLLS)).toBeCloseTo(-514.9584271128, DIGITS);
    }
    const best = await decode(model, CASINO_ROLLS);
    expect(best.logJoint).toBeCloseTo(-539.4940026458, DIGITS);
    const lengths = [48, 18, 12, 34, 67, 13, 78, 19];
    const starts = [0];
    for (const length of lengths) starts.push((starts.at(-1) as number) + length);
    expect(runs(best.mostLikelyStates.data)).toEqual(starts.map((t, i) => [t, i % 2]));
    const truth = [45, 21, 12, 16, 3, 14, 17, 13, 37, 10, 79, 22, 11].flatMap((length, i) =>
      new Array<number>(length).fill(i % 2),
    );
    const share = (states: ArrayLike<number>) => truth.filter((state, t) => state === states[t]).length / 300;
    expect(share(best.mostLikelyStates.data)).toBeCloseTo(0.9067, 4);
    const { smoothedProbs } = await smooth(model, CASINO_ROLLS);
    expect(share(column(smoothedProbs, 1).map(p => (p > 0.5 ? 1 : 0)))).toBeCloseTo(0.9067, 4);
  });

  test("the first 60 rolls of the casino", async () => {
    const model = hiddenMarkovModel(CASINO);
    const result = await smooth(model, CASINO_ROLLS.slice(0, 60));
    expect(result.marginalLogLikelihood).toBeCloseTo(-103.1408260846, DIGITS);
    expectClose(result.expectedTransitions.data, [39.8611040466, 2.0272615204, 1.273426603, 15.83820783], 8);
    const best = await decode(model, CASINO_ROLLS.slice(0, 60));
    expect(best.logJoint).toBeCloseTo(-106.4091643895, DIGITS);
    expect(runs(best.mostLikelyStates.data)).toEqual([
      [0, 0],
      [48, 1],
    ]);
  });

  test("A = I and π = (1, 0): smoothed probabilities stay (1, 0), transitions finite", async () => {
    const identity = [
      [1, 0],
      [0, 1],
    ];
    for (const transitionMatrix of [identity, Array.from({ length: 5 }, () => identity)])
      for (const smoother of ["rts", "twoFilter"] as const) {
        const { emissions } = UMBRELLA;
        const model = hiddenMarkovModel({ initialProbs: [1, 0], transitionMatrix, emissions });
        const result = await smooth(model, [1, 1, 0, 1, 1], { smoother, transitions: "steps" });
        expect(column(result.smoothedProbs, 0)).toEqual([1, 1, 1, 1, 1]);
        expect(column(result.smoothedProbs, 1)).toEqual([0, 0, 0, 0, 0]);
        for (let t = 0; t < 4; t++)
          expect([...result.expectedTransitions.data.slice(4 * t, 4 * t + 4)]).toEqual([1, 0, 0, 0]);
      }
  });

  test("earthquakes, two Poisson rates (Zucchini & MacDonald)", async () => {
    const model = hiddenMarkovModel(QUAKES);
    expectClose(model.initialProbs.data, [0.6597938144, 0.3402061856]);
    const result = await smooth(model, EARTHQUAKES);
    expect(result.marginalLogLikelihood).toBeCloseTo(-342.318306376469, 10);
    const years = [0, 43, 49, 106];
    const second = (field: typeof result.smoothedProbs) => years.map(t => column(field, 1)[t]);
    const filtered = [0.010930738536, 0.99999696439, 0.99995911824, 5.3498449156e-4];
    expectClose(second(result.filteredProbs), filtered, 10);
    expectClose(second(result.smoothedProbs).slice(0, 3), [0.0015628134568, 0.9999997693, 0.99999689996], 10);
    const best = await decode(model, EARTHQUAKES);
    expect(best.logJoint).toBeCloseTo(-347.19992869364, 10);
    expect(runs(best.mostLikelyStates.data)).toEqual([
      [0, 0],
      [5, 1],
      [19, 0],
      [34, 1],
      [52, 0],
      [57, 1],
      [58, 0],
      [68, 1],
      [77, 0],
    ]);
    const gap = EARTHQUAKES.map((y, t) => (t >= 50 && t < 60 ? null : y));
    expect(await logLikelihood(model, gap)).toBeCloseTo(-304.910190456873, 10);
    const mask = EARTHQUAKES.map((_, t) => t < 50 || t >= 60);
    expect(await logLikelihood(model, EARTHQUAKES, { mask: mask.map(Number) })).toBeCloseTo(
      -304.910190456873,
      10,
    );
  });

  test("earthquakes at the published maxima of two to four rates", async () => {
    // Parameters in print have four decimals, and the likelihood is flat at its maximum.
    const two = hiddenMarkovModel({
      initialProbs: "stationary",
      transitionMatrix: [
        [0.934, 0.066],
        [0.1285, 0.8715],
      ],
      emissions: { family: "poisson", rates: [15.472276, 26.125436] },
    });
    expect(await logLikelihood(two, EARTHQUAKES)).toBeCloseTo(-342.31826679, 4);
    const one = hiddenMarkovModel({
      initialProbs: [1],
      transitionMatrix: [[1]],
      emissions: { family: "poisson", rates: [EARTHQUAKES.reduce((a, b) => a + b, 0) / 107] },
    });
    expect(await logLikelihood(one, EARTHQUAKES)).toBeCloseTo(-391.91892816, 7);
  });

  test("Old Faithful, long and short eruptions (Zucchini & MacDonald)", async () => {
    expect(OLD_FAITHFUL.length).toBe(299);
    const model = hiddenMarkovModel({
      initialProbs: "stationary",
      transitionMatrix: [
        [0.1728, 0.8272],
        [1, 0],
      ],
      emissions: {
        family: "categorical",
        probs: [
          [0, 1],
          [1 - 0.22456, 0.22456],
        ],
      },
    });
    // To the digits in which the parameters are printed.
    expect(await logLikelihood(model, OLD_FAITHFUL)).toBeCloseTo(-127.31096693, 5);
  });

  test("filter() gives what smooth() gives of it", async () => {
    const model = hiddenMarkovModel(QUAKES);
    const [filtered, smoothed] = [await filter(model, EARTHQUAKES), await smooth(model, EARTHQUAKES)];
    for (const field of ["filteredProbs", "predictedProbs", "logLikelihoods"] as const)
      expect(filtered[field]).toEqual(smoothed[field]);
  });
});
