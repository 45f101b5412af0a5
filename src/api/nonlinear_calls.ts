/** Every call on a nonlinear model, behind its public face; loaded by parts.ts. */
export { forecastNonlinear } from "./nonlinear_forecast.ts";
export { filterNonlinear, nonlinearLogLikelihood, smoothNonlinear } from "./nonlinear_infer.ts";
export { predictNonlinear } from "./nonlinear_predict.ts";
export { sampleNonlinear } from "./nonlinear_samples.ts";
