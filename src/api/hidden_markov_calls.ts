/** Every call on a hidden Markov model, behind its public face; loaded by parts.ts. */
export { decodeHmm } from "./hmm_decode.ts";
export { forecastHmm } from "./hmm_forecast.ts";
export { filterHmm, hmmLogLikelihood, smoothedProbs, smoothHmm } from "./hmm_infer.ts";
export { predictHmm } from "./hmm_predict.ts";
export { sampleHmm } from "./hmm_samples.ts";
