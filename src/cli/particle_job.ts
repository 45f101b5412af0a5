/** Jobs on nonlinear models by particles: which call of the library each is, and what becomes of its result. */
import {
  type NonlinearSSM,
  ParameterError,
  type ParticleFilterOptions,
  type ParticleFilterResult,
  particleFilter,
  particleSmooth,
} from "../api/index.ts";
import type { Context, Outcome } from "./job.ts";

/** Runs a job and emits its fields. */
export async function particleOutcome(context: Context<NonlinearSSM>): Promise<Outcome> {
  const { header, model, observations, options, emit, emitFields } = context;
  const { inputs, signal, onProgress, throwOnFailure, backend, engine } = options;
  const { numTrajectories, ...particles } = header.particles ?? {};
  const given: ParticleFilterOptions = {
    inputs,
    signal,
    onProgress,
    throwOnFailure,
    backend,
    engine,
    ...particles,
  };
  if (header.call === "filter" || header.call === "loglik") {
    const result = await particleFilter(model, observations, given);
    await emitFields(result);
    return { base: result, more: likelihoods(result) };
  }
  if (header.call !== "smooth" && header.call !== "sample")
    throw new ParameterError(
      `${header.call}: --particles expected nothing for this command, got it. Leave it out.`,
    );
  const sampled = header.call === "sample";
  const result = await particleSmooth(model, observations, {
    ...given,
    numTrajectories: numTrajectories ?? (sampled ? 1 : undefined),
  });
  if (!sampled) {
    await emitFields(result);
    return { base: result, more: likelihoods(result) };
  }
  await emit("states", result.trajectories);
  return { base: result, more: { numSamples: numTrajectories ?? 1, seed: particles.seed } };
}

const likelihoods = ({ marginalLogLikelihood, marginalLogLikelihoods }: ParticleFilterResult) => ({
  marginalLogLikelihood,
  marginalLogLikelihoods: Array.from(marginalLogLikelihoods),
});
