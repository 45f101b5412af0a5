import { ParameterError } from "../engine/index.ts";
import { type NonlinearSSM, say, valueText } from "../models/index.ts";

/** Whether a call is for the nonlinear models. */
export const isNonlinear = (model: unknown): model is NonlinearSSM =>
  typeof model === "object" &&
  model !== null &&
  ["nonlinear-gaussian", "generalized-gaussian"].includes((model as { type?: string }).type ?? "");

/** @throws ParameterError unless the model came from nonlinearGaussianSSM() or generalizedGaussianSSM() */
export function checkNonlinear(call: string, model: NonlinearSSM): void {
  if (typeof model.dynamics?.function?.float64?.value === "function" && model.emissions?.form) return;
  throw new ParameterError(
    say(
      call,
      "model",
      "a model from nonlinearGaussianSSM() or generalizedGaussianSSM()",
      valueText(model),
      "Make one from the parameters first.",
    ),
  );
}
