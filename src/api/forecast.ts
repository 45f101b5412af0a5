import type { HiddenMarkovModel, LinearGaussianSSM, NonlinearSSM, SeriesInput } from "../models/index.ts";
import { isHmm } from "./check_hmm.ts";
import { isNonlinear } from "./check_nonlinear.ts";
import type { Forecast } from "./forecast_result.ts";
import type { HmmFilterResult, HmmForecast, HmmForecastOptions } from "./hmm_types.ts";
import type { NonlinearForecastOptions } from "./nonlinear_types.ts";
import { hiddenMarkovCalls, linearGaussianCalls, nonlinearCalls } from "./parts.ts";
import type { FilterResult, InferenceOptions } from "./types.ts";

/** Options of forecast(). */
export interface ForecastOptions extends Omit<InferenceOptions, "outputs"> {
  /** Probability that an observation lies between lower and upper; default 0.95. */
  readonly level?: number;
  /** u of the h steps ahead [h, d] for all series, or [N, h, d]; finite. Needed when the model has input weights. */
  readonly futureInputs?: SeriesInput;
  /** What if: other future inputs by name, each shaped as futureInputs and started from the same posterior. */
  readonly scenarios?: Readonly<Record<string, SeriesInput>>;
}

const CALL = "forecast";

/**
 * Forecast the observations of the h steps after the last: mean, covariance, interval, and the states behind them (of a hidden
 * Markov model their probabilities).
 *
 * The filter is run once (or its result is given); each scenario rolls on from its last moments, which stay as they are,
 * in float64 on the host. The first forecast is of step T, with the transition into T and all inputs of T.
 * @param model as filter() takes it. Time-varying parameters must have T + h rows
 * @param observations as filter(); or the result of filter() or smooth(), which saves running it again
 * @param h number of steps, a whole number ≥ 1
 * @returns means [h, m], covariances [h, m, m], lower and upper [h, m] in the units of y; a leading [N] axis for batches
 * @throws as filter(); ShapeError if futureInputs or a scenario does not have h rows
 * @see Durbin & Koopman, Time Series Analysis by State Space Methods, 2nd ed., section 4.11
 */
export async function forecast(
  model: HiddenMarkovModel,
  observations: SeriesInput | HmmFilterResult,
  h: number,
  options?: HmmForecastOptions,
): Promise<HmmForecast>;
export async function forecast(
  model: NonlinearSSM,
  observations: SeriesInput | FilterResult,
  h: number,
  options?: NonlinearForecastOptions,
): Promise<Forecast>;
export async function forecast(
  model: LinearGaussianSSM,
  observations: SeriesInput | FilterResult,
  h: number,
  options?: ForecastOptions,
): Promise<Forecast>;
export async function forecast(
  model: LinearGaussianSSM | HiddenMarkovModel | NonlinearSSM,
  observations: SeriesInput | FilterResult | HmmFilterResult,
  h: number,
  options: object = {},
): Promise<Forecast | HmmForecast> {
  if (isHmm(model)) {
    const { forecastHmm } = await hiddenMarkovCalls(CALL);
    return forecastHmm(model, observations as SeriesInput | HmmFilterResult, h, options);
  }
  if (isNonlinear(model)) {
    const { forecastNonlinear } = await nonlinearCalls(CALL);
    return forecastNonlinear(model, observations as SeriesInput | FilterResult, h, options);
  }
  const { forecastMoments } = await linearGaussianCalls(CALL);
  return forecastMoments(model, observations as SeriesInput | FilterResult, h, options);
}
