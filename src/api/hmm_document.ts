/** Documents of hidden Markov models. */

import { type NestedNumbers, ParameterError } from "../engine/index.ts";
import {
  checkKeys,
  familyDocument,
  type HiddenMarkovModel,
  type HiddenMarkovParameters,
  hiddenMarkovModel,
  nested,
  say,
} from "../models/index.ts";

/** A hidden Markov model as JSON: the parameters of hiddenMarkovModel(), arrays nested. */
export interface HmmDocument {
  format: "statescan/model@1";
  type: "hmm";
  initialProbs: "stationary" | NestedNumbers;
  transitionMatrix?: NestedNumbers;
  transitions?: Record<string, unknown>;
  emissions: { family: string } & Record<string, unknown>;
}

/** @param document with known format and type "hmm" */
export function parseHmm(call: string, document: Record<string, unknown>): HiddenMarkovModel {
  const keys = ["initialProbs", "transitionMatrix", "transitions", "emissions"];
  checkKeys(call, "", document, ["format", "type", ...keys], ["initialProbs", "emissions"]);
  const { format: _format, type: _type, ...parameters } = document;
  return hiddenMarkovModel(parameters as unknown as HiddenMarkovParameters);
}

/** @throws ParameterError where the densities are functions */
export function hmmDocument(model: HiddenMarkovModel): HmmDocument {
  const emissions = familyDocument(model.emissions);
  if (emissions === undefined) {
    throw new ParameterError(
      say(
        "modelDocument",
        "emissions",
        "a family that JSON can hold",
        `${model.emissions.family}, a function`,
        'Use the family "expression".',
      ),
    );
  }
  return {
    format: "statescan/model@1",
    type: "hmm",
    initialProbs: model.initialRegimeProbs === undefined ? "stationary" : nested(model.initialRegimeProbs),
    ...model.transitions.document(),
    emissions: emissions as HmmDocument["emissions"],
  };
}
