/** Every call on a linear Gaussian model, behind its public face; loaded by parts.ts. */
export { decomposeStates } from "./decompose_states.ts";
export { forecastMoments } from "./forecast_moments.ts";
export { filterMoments, momentsLogLikelihood, smoothMoments } from "./infer.ts";
export { predictMoments } from "./predict_moments.ts";
export { sampleMoments } from "./sample_moments.ts";
