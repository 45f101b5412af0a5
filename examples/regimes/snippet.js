import { decode, hiddenMarkovModel, samplePosterior, smooth } from "statescan";

const dice = hiddenMarkovModel({
  initialProbs: [0.5, 0.5],
  transitionMatrix: [
    [0.95, 0.05],
    [0.1, 0.9],
  ],
  emissions: { family: "categorical", probs: [Array(6).fill(1 / 6), [0.1, 0.1, 0.1, 0.1, 0.1, 0.5]] },
});
const rolls = [1, 5, 5, 2, 5, 5, 3, 5, 5, 5, 0, 2, 3, 1, 4, 0]; // faces from 0: 5 is a six
const { smoothedProbs, marginalLogLikelihood } = await smooth(dice, rolls);
const { mostLikelyStates } = await decode(dice, rolls);
const { states } = await samplePosterior(dice, rolls, { numSamples: 1000, seed: 1 });
console.log(marginalLogLikelihood.toFixed(4), [...mostLikelyStates.data].join(""));
console.log(smoothedProbs.data[2 * 7 + 1].toFixed(3), states.shape); // p(loaded at roll 7)
