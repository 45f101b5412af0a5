/** Published hidden Markov models and data. */

import type { HiddenMarkovParameters } from "../index.ts";

const digits = (text: string, base: number): number[] =>
  [...text.replace(/\s/g, "")].map(digit => Number(digit) - base);

/** Wikipedia, "Viterbi algorithm": walk, shop, clean. */
export const WALK_SHOP_CLEAN: HiddenMarkovParameters = {
  initialProbs: [0.6, 0.4],
  transitionMatrix: [
    [0.7, 0.3],
    [0.4, 0.6],
  ],
  emissions: {
    family: "categorical",
    probs: [
      [0.1, 0.4, 0.5],
      [0.6, 0.3, 0.1],
    ],
  },
};

/** Russell & Norvig, Artificial Intelligence, section 14.2: rain (0) or not, umbrella (0) or not. */
export const UMBRELLA: HiddenMarkovParameters = {
  initialProbs: [0.5, 0.5],
  transitionMatrix: [
    [0.7, 0.3],
    [0.3, 0.7],
  ],
  emissions: {
    family: "categorical",
    probs: [
      [0.9, 0.1],
      [0.2, 0.8],
    ],
  },
};

/** Durbin, Eddy, Krogh & Mitchison, Biological Sequence Analysis, 1998, p. 54: fair (0) and loaded die. */
export const CASINO: HiddenMarkovParameters = {
  initialProbs: [0.5, 0.5],
  transitionMatrix: [
    [0.95, 0.05],
    [0.1, 0.9],
  ],
  emissions: {
    family: "categorical",
    probs: [
      [1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6],
      [0.1, 0.1, 0.1, 0.1, 0.1, 0.5],
    ],
  },
};

/** The 300 rolls of p. 57, as categories 0 … 5. */
export const CASINO_ROLLS = digits(
  `315116246446644245311321631164152133625144543631656626566666
   651166453132651245636664631636663162326455236266666625151631
   222555441666566563564324364131513465146353411126414626253356
   366163666466232534413661661163252562462255265252266435353336
   233121625364414432335163243633665562466662632666612355245242`,
  1,
);

/** Large earthquakes (magnitude ≥ 7) in the world in every year 1900 … 2006; Zucchini & MacDonald 2009, table 1.1. */
export const EARTHQUAKES = [
  13, 14, 8, 10, 16, 26, 32, 27, 18, 32, 36, 24, 22, 23, 22, 18, 25, 21, 21, 14, 8, 11, 14, 23, 18, 17, 19,
  20, 22, 19, 13, 26, 13, 14, 22, 24, 21, 22, 26, 21, 23, 24, 27, 41, 31, 27, 35, 26, 28, 36, 39, 21, 17, 22,
  17, 19, 15, 34, 10, 15, 22, 18, 15, 20, 15, 22, 19, 16, 30, 27, 29, 23, 20, 16, 21, 21, 25, 16, 18, 15, 18,
  14, 10, 15, 8, 15, 6, 11, 8, 7, 18, 16, 13, 12, 13, 20, 15, 16, 12, 18, 15, 16, 13, 15, 16, 11, 11,
];

/** A stationary chain of two Poisson rates, rounded from the fit of Zucchini & MacDonald. */
export const QUAKES: HiddenMarkovParameters = {
  initialProbs: "stationary",
  transitionMatrix: [
    [0.934, 0.066],
    [0.128, 0.872],
  ],
  emissions: { family: "poisson", rates: [15.472, 26.125] },
};

/** Eruptions of Old Faithful of 3 minutes and more (1) or less; Azzalini & Bowman 1990, data `geyser` of R's package MASS. */
export const OLD_FAITHFUL = digits(
  `1011101101010110101101010101111101010101010101010101010111110101010110101110111110111010101010101010
   1010101010110101010101110111111101111101111111010101010101111110101010111010101101011110101010111010
   101101101110101010110111111101010111101101110110101110101111101110101011010111111110101010101010110`,
  0,
);
