import { ParameterError } from "../engine/index.ts";
import { type LinearGaussianSSM, say, valueText } from "../models/index.ts";

/** @throws ParameterError unless the model came from linearGaussianSSM() */
export function checkModel(call: string, model: LinearGaussianSSM): void {
  if (
    model === null ||
    typeof model !== "object" ||
    model.type !== "linear-gaussian" ||
    model.factors === undefined
  ) {
    throw new ParameterError(
      say(
        call,
        "model",
        "a model from linearGaussianSSM()",
        valueText(model),
        "Make one from the parameters first.",
      ),
    );
  }
}
