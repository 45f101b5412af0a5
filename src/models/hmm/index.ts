export type { InputDrivenTransitions } from "./driven_transitions.ts";
export type { CustomEmissions } from "./emissions/custom.ts";
export type { EmissionData, EmissionFamily, Row } from "./emissions/family.ts";
export { FAMILIES, familyDocument } from "./emissions/index.ts";
export { nested } from "./emissions/read_table.ts";
export {
  type HiddenMarkovModel,
  type HiddenMarkovParameters,
  hiddenMarkovModel,
} from "./hidden_markov_model.ts";
export { emissionData, hmmLayout } from "./hmm_data.ts";
export { prepareHmm } from "./prepare_hmm.ts";
export type { SemiMarkovTransitions } from "./semi_markov.ts";
export { type HmmSimulateOptions, type HmmSimulation, simulateHmm } from "./simulate_hmm.ts";
export { stationaryProbs } from "./stationary_probs.ts";
export { leftToRightTransitions, maskedTransitions, stickyTransitions } from "./transition_helpers.ts";
export type { Transitions } from "./transitions.ts";
