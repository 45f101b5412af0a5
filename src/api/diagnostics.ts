import { ParameterError } from "../engine/index.ts";
import { type ResidualTests, residualTests } from "../inference/index.ts";
import { checkKeys, say, valueText } from "../models/index.ts";
import type { NonlinearPrediction } from "./nonlinear_types.ts";
import { checkWhole } from "./options.ts";
import type { Prediction } from "./prediction_result.ts";

/** Options of diagnostics(). */
export interface DiagnosticsOptions {
  /** k, lags of the test of serial correlation; default min(10, n/5). */
  readonly lags?: number;
  /** Parameters that were fitted to the same data, taken off the degrees of freedom of that test; default 0. */
  readonly numFitted?: number;
}

/** Tests of one observed channel of one series. */
export interface Diagnostics extends ResidualTests {
  readonly series: number;
  readonly channel: number;
}

const CALL = "diagnostics";

/**
 * Test whether standardised innovations look like independent standard normals, as they do when the model is right:
 * skewness and kurtosis, normality (Jarque-Bera), heteroskedasticity (H), serial correlation (Ljung-Box), with p-values.
 * Missing entries are left out. Of emissions that are not Gaussian the quantile residuals are tested.
 * @param prediction from predict()
 * @returns one entry per series and channel, in this order; NaN where there are too few values for a test
 * @throws ParameterError
 * @see Durbin & Koopman, Time Series Analysis by State Space Methods, 2nd ed., section 2.12
 */
export function diagnostics(
  prediction: Pick<Prediction, "standardizedInnovations" | "numSeries"> &
    Partial<Pick<NonlinearPrediction, "quantileResiduals">>,
  options: DiagnosticsOptions = {},
): readonly Diagnostics[] {
  const innovations = prediction?.quantileResiduals ?? prediction?.standardizedInnovations;
  if (innovations === undefined) {
    const discrete = prediction !== null && typeof prediction === "object" && "predictedProbs" in prediction;
    throw new ParameterError(
      discrete
        ? say(
            CALL,
            "prediction",
            "a result of predict() with standardizedInnovations",
            "that of a hidden Markov model, which has none",
            "The tests are for models with continuous states.",
          )
        : say(
            CALL,
            "prediction",
            "a result of predict()",
            valueText(prediction),
            "Call predict() with the model and the observations first.",
          ),
    );
  }
  checkKeys(CALL, "options.", options, ["lags", "numFitted"]);
  checkWhole(CALL, "lags", options.lags, 1);
  checkWhole(CALL, "numFitted", options.numFitted, 0);
  const { data, shape } = innovations;
  const [T, m] = shape.slice(-2);
  return Array.from({ length: prediction.numSeries * m }, (_, i) => {
    const [series, channel] = [Math.floor(i / m), i % m];
    const residuals = Float64Array.from({ length: T }, (_, t) => data[(series * T + t) * m + channel]);
    return { series, channel, ...residualTests(residuals, options.lags, options.numFitted ?? 0) };
  });
}
