export type { EmissionData, EmissionFamily, Row } from "./emissions/family.ts";
export { FAMILIES, familyDocument } from "./emissions/index.ts";
export { nested } from "./emissions/read_table.ts";
export {
  type HiddenMarkovModel,
  type HiddenMarkovParameters,
  hiddenMarkovModel,
} from "./hidden_markov_model.ts";
export { emissionData, hmmLayout, prepareHmm, readHmmInputs } from "./prepare_hmm.ts";
export { stationaryProbs } from "./stationary_probs.ts";
export type { Transitions } from "./transitions.ts";
