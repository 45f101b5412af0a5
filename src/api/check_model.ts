import { ParameterError } from "../engine/index.ts";
import { type LinearGaussianSSM, say, valueText } from "../models/index.ts";
import { isHmm } from "./check_hmm.ts";
import { isNonlinear } from "./check_nonlinear.ts";

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
        isHmm(model)
          ? "This call is not for hidden Markov models."
          : isNonlinear(model)
            ? "This call is not for nonlinear models."
            : "Make one from the parameters first.",
      ),
    );
  }
}
