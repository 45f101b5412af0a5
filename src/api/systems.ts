/** The library of systems, and each of those that are no flow or map by a function of its own. */
import { type Recurrence, type SystemName, type SystemOptions, system } from "../models/index.ts";

export {
  type ChaoticObserver,
  chaoticObserver,
  type DiscretizeOptions,
  discretize,
  type EightSchoolsOptions,
  type FlowName,
  type FlowOptions,
  type HeadedNetworkOptions,
  type Integrator,
  type KWellsOptions,
  type Lorenz96Options,
  type MapName,
  type MapOptions,
  type MeanFieldOptions,
  type NetworkOptions,
  type ObserverName,
  type ObserverOptions,
  observer,
  type SystemName,
  type SystemOptions,
  system,
  systemNames,
  type TwoWellOptions,
  type WordProblemOptions,
} from "../models/index.ts";

const maker =
  <Name extends SystemName>(name: Name) =>
  (options?: SystemOptions[Name]): Promise<Recurrence> =>
    system(name, options);

/** Networks: see SystemOptions for their weights. */
export const meanFieldRnn = maker("meanFieldRnn");
export const vanillaRnn = maker("vanillaRnn");
export const gru = maker("gru");
export const lstm = maker("lstm");
export const minimalRnn = maker("minimalRnn");
export const paraGru = maker("paraGru");
export const paraLstm = maker("paraLstm");
export const autoregressiveGru = maker("autoregressiveGru");
/** A Gibbs sampler. */
export const eightSchools = maker("eightSchools");
/** Langevin dynamics. */
export const twoWell = maker("twoWell");
export const kWells = maker("kWells");
export const lorenz96 = maker("lorenz96");
export const wordProblem = maker("wordProblem");
