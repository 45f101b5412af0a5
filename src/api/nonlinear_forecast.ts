/** forecast() of a nonlinear model: the last moments roll on, each function made affine around them. */
import { ParameterError } from "../engine/index.ts";
import {
  type NonlinearSSM,
  NonlinearSteps,
  nonlinearLayout,
  type SeriesInput,
  say,
} from "../models/index.ts";
import { checkNonlinear } from "./check_nonlinear.ts";
import { forecastBy } from "./forecast_moments.ts";
import type { Forecast } from "./forecast_result.ts";
import { infer } from "./nonlinear_infer.ts";
import { checkNonlinearOptions, LINEARIZATION_OPTIONS, linearisationOf } from "./nonlinear_options.ts";
import { NonlinearStateResult } from "./nonlinear_result.ts";
import type { NonlinearForecastOptions } from "./nonlinear_types.ts";
import type { FilterResult } from "./types.ts";

const CALL = "forecast";

export async function forecastNonlinear(
  model: NonlinearSSM,
  observations: SeriesInput | FilterResult,
  h: number,
  options: NonlinearForecastOptions,
): Promise<Forecast> {
  checkNonlinear(CALL, model);
  if (model.emissions.form.kind === "density") {
    const fix = "Filter masked steps for the states, or give emissions by a family.";
    throw new ParameterError(say(CALL, "model", "emissions with moments", "a log density", fix));
  }
  const { level: _level, futureInputs: _inputs, scenarios: _scenarios, ...inference } = options;
  const own = { smooths: false, drop: ["outputs"] };
  if (!(observations instanceof NonlinearStateResult)) checkNonlinearOptions(CALL, inference, own);
  const rule = linearisationOf(CALL, model.stateDim, options);
  const steps = new NonlinearSteps(CALL, model, rule);
  return forecastBy(observations, h, options, {
    model,
    emissionDim: steps.emissionDim,
    afterFilter: LINEARIZATION_OPTIONS,
    check() {},
    layout: data => nonlinearLayout(CALL, { ...model, numSteps: undefined }, data),
    async filter(data, numSteps) {
      const past = model.numSteps === undefined ? model : { ...model, numSteps };
      return new NonlinearStateResult(await infer(CALL, "filter", past, data, { ...inference, outputs: [] }));
    },
    steps: () => steps,
  });
}
