import { type ArrayInput, nearestKey, ParameterError, ShapeError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import type { Parameter } from "../parameter.ts";
import { say, valueText } from "../say.ts";
import { drivenTransitions, type InputDrivenTransitions } from "./driven_transitions.ts";
import type { EmissionFamily } from "./emissions/family.ts";
import { readFamily } from "./emissions/index.ts";
import { type SemiMarkovTransitions, semiMarkovTransitions } from "./semi_markov.ts";
import { stationaryProbs } from "./stationary_probs.ts";
import { commonInputDim, matrixTransitions, readInitialProbs, type Transitions } from "./transitions.ts";

/**
 * Parameters of a hidden Markov model, t = 0 … T−1, states 0 … K−1:
 *
 *   z_0 ~ π,  z_t | z_{t−1} ~ A_t[z_{t−1}, ·]  t ≥ 1
 *   y_t | z_t ~ the emission distribution of z_t
 *
 * Arrays are nested, typed with one axis, or {data, shape}. Rows of probabilities must sum to one within 1e-6 and are used
 * as they are.
 */
export interface HiddenMarkovParameters {
  /** π [K], or [N, K] for every series its own; or "stationary": the one distribution with π = π A. */
  readonly initialProbs: ArrayInput | "stationary";
  /** A [K, K], A[i, k] = p(z_t = k | z_{t−1} = i); [T, K, K] or [N, T, K, K] (T may be 1), index 0 of time never used. Zeros are exact. */
  readonly transitionMatrix?: ArrayInput;
  /** In the place of transitionMatrix: transitions driven by inputs, or semi-Markov ones. */
  readonly transitions?: InputDrivenTransitions | SemiMarkovTransitions;
  /** A family of docs/hmm.md by name, with its parameters. */
  readonly emissions: { readonly family: string } & Readonly<Record<string, unknown>>;
}

/** A checked model. Arrays are copies in float64; change parameters by making a new model. */
export interface HiddenMarkovModel {
  readonly type: "hmm";
  /** K, the states of the chain that inference runs on */
  readonly numStates: number;
  /** Regimes, each with one emission distribution: K, but fewer for semi-Markov models, whose states are phases of regimes. */
  readonly numRegimes: number;
  /** [K] the regime of each state; probabilities of regimes are sums over their states. */
  readonly regimeOf: Uint32Array;
  /** m */
  readonly emissionDim: number;
  /** d; 0 when the model takes no inputs */
  readonly inputDim: number;
  /** T; undefined unless transitions are given for every step */
  readonly numSteps: number | undefined;
  /** N; undefined unless some parameter has a series axis */
  readonly numSeries: number | undefined;
  /** π [K] or [N, K] */
  readonly initialProbs: Parameter;
  /** "stationary": π was computed from A. */
  readonly initialForm: "given" | "stationary";
  /** What was given as initialProbs: π of the regimes. */
  readonly initialRegimeProbs?: Parameter;
  readonly transitions: Transitions;
  /** Distributions of the regimes. */
  readonly emissions: EmissionFamily;
}

const CALL = "hiddenMarkovModel";

/**
 * Check and copy the parameters of a hidden Markov model.
 * @throws ShapeError if sizes disagree
 * @throws ParameterError for unknown keys and families, probabilities that are negative or do not sum to one, and whatever the
 *   family refuses
 */
export function hiddenMarkovModel(parameters: HiddenMarkovParameters): HiddenMarkovModel {
  const keys = ["initialProbs", "transitionMatrix", "transitions", "emissions"];
  checkKeys(CALL, "", parameters, keys, ["initialProbs", "emissions"]);
  const transitions = readTransitions(parameters);
  const { numStates, numRegimes, matrix } = transitions;
  const emissions = readFamily(
    { call: CALL, path: "emissions.", numEmissions: numRegimes },
    parameters.emissions,
  );
  const inputDim = commonInputDim(CALL, transitions.inputDim, emissions.inputDim);
  const { initialProbs } = parameters;
  if (typeof initialProbs === "string" && initialProbs !== "stationary") {
    const fix = 'Write "stationary", or one probability per state.';
    throw new ParameterError(
      say(CALL, "initialProbs", 'numbers or "stationary"', valueText(initialProbs), fix),
    );
  }
  const given = initialProbs === "stationary" ? undefined : readInitialProbs(CALL, initialProbs, numRegimes);
  const initial = given === undefined ? stationary(transitions) : transitions.spreadInitial(given);
  return Object.freeze({
    type: "hmm" as const,
    numStates,
    numRegimes,
    regimeOf: transitions.regimeOf,
    emissionDim: emissions.emissionDim,
    inputDim,
    numSteps: matrix?.numSteps,
    numSeries: agree(initial.numSeries, matrix?.numSeries),
    initialProbs: initial,
    initialForm: given === undefined ? "stationary" : "given",
    initialRegimeProbs: given,
    transitions,
    emissions,
  });
}

function readTransitions({ transitionMatrix, transitions }: HiddenMarkovParameters): Transitions {
  const none = transitionMatrix === undefined || transitionMatrix === null;
  if (transitions === undefined || transitions === null) {
    if (!none) return matrixTransitions(CALL, transitionMatrix);
    const fix = 'Add "transitionMatrix", or "transitions".';
    throw new ParameterError(say(CALL, "transitionMatrix", "a matrix [K, K]", "nothing", fix));
  }
  if (!none) {
    throw new ParameterError(
      say(CALL, "transitions", "none beside transitionMatrix", "both", "Leave one of them out."),
    );
  }
  const { kind } = transitions as { kind: unknown };
  if (kind === "input-driven") return drivenTransitions(CALL, transitions as InputDrivenTransitions);
  if (kind === "semi-markov") return semiMarkovTransitions(CALL, transitions as SemiMarkovTransitions);
  const known = ["input-driven", "semi-markov"];
  const nearest = typeof kind === "string" ? nearestKey(kind, known) : undefined;
  throw new ParameterError(
    say(
      CALL,
      "transitions.kind",
      '"input-driven" or "semi-markov"',
      kind === undefined ? "nothing" : valueText(kind),
      nearest ? `Did you mean "${nearest}"?` : "Write one of these.",
    ),
  );
}

/** π = π A, for every series that has an A of its own. */
function stationary({ matrix, numStates: K }: Transitions): Parameter {
  if (matrix === undefined || matrix.numSteps !== undefined) {
    throw new ParameterError(
      say(
        CALL,
        "initialProbs",
        "numbers where transitions change over time",
        '"stationary"',
        "A changing chain has no stationary distribution: give π.",
      ),
    );
  }
  const count = matrix.data.length / (K * K);
  const data = new Float64Array(count * K);
  for (let s = 0; s < count; s++) data.set(stationaryProbs(CALL, matrix.data, s * K * K, K), s * K);
  return {
    data,
    shape: matrix.numSeries === undefined ? [K] : [count, K],
    numSteps: undefined,
    numSeries: matrix.numSeries,
    stepStride: 0,
    seriesStride: count > 1 ? K : 0,
  };
}

/** N of π and A. */
function agree(initial: number | undefined, matrix: number | undefined): number | undefined {
  if (initial !== undefined && matrix !== undefined && initial !== matrix) {
    const expected = `a series axis of ${matrix} as in transitionMatrix`;
    throw new ShapeError(say(CALL, "initialProbs", expected, `${initial}`, "Give both the same."));
  }
  return initial ?? matrix;
}
