import { ParameterError } from "../engine/index.ts";
import { type HiddenMarkovModel, say, valueText } from "../models/index.ts";

/** Is it a model of hiddenMarkovModel()? */
export const isHmm = (model: unknown): model is HiddenMarkovModel =>
  (model as HiddenMarkovModel | null)?.type === "hmm";

/** @throws ParameterError unless the model came from hiddenMarkovModel() */
export function checkHmm(call: string, model: HiddenMarkovModel): void {
  if (isHmm(model) && model.transitions !== undefined && model.emissions !== undefined) return;
  const expected = "a model from hiddenMarkovModel()";
  const moments = typeof (model as { type?: unknown } | null)?.type === "string" && !isHmm(model);
  const fix = moments ? "For this one, use smooth()." : "Make one from the parameters first.";
  throw new ParameterError(say(call, "model", expected, valueText(model), fix));
}
