/**
 * The parts of the library that calls load when they need them. In the build with several files each is one of them, so that a
 * page gets what its models and backend take; in the build with one file they are there at once.
 */
import { loadPart } from "../engine/index.ts";

/** @returns the part for a call; after the first time without import(), which would cost every call a turn of the event loop */
function part<Part>(what: string, load: () => Promise<Part>): (call: string) => Promise<Part> {
  let loaded: Part | undefined;
  return async call => {
    loaded ??= await loadPart(call, what, load);
    return loaded;
  };
}

/** What every call on a linear Gaussian model is made of, but for its recursions. */
export const linearGaussianCalls = part("linear Gaussian calls", () => import("./linear_gaussian_calls.ts"));

/** The same of hidden Markov models. */
export const hiddenMarkovCalls = part("hidden Markov calls", () => import("./hidden_markov_calls.ts"));

/** The same of nonlinear models. */
export const nonlinearCalls = part("nonlinear calls", () => import("./nonlinear_calls.ts"));

/** Particle filters. */
export const particleCalls = part("particle filters", () => import("./particle_run.ts"));

/** The same on a GPU. */
export const particleGpu = part("particle filter GPU code", () => import("./particle_gpu.ts"));

/** Documents of nonlinear models. */
export const nonlinearDocuments = part("nonlinear documents", () => import("./nonlinear_document.ts"));

/** Documents of recurrences. */
export const recurrenceDocuments = part("documents of recurrences", () => import("./recurrence_document.ts"));

/** Recurrences evaluated, and their exponents. */
export const recurrenceCalls = part("recurrences", () => import("./recurrence_calls.ts"));

/** Recursions in float64. */
export const linearGaussianCpu = part("linear Gaussian CPU code", () => import("./backend_cpu.ts"));
export const hiddenMarkovCpu = part("hidden Markov CPU code", () => import("./hmm_backend_cpu.ts"));

/** Planning and recording of GPU runs; their kernels are loaded by the engine. */
export const linearGaussianGpu = part("linear Gaussian GPU code", () => import("./backend_gpu.ts"));
export const hiddenMarkovGpu = part("hidden Markov GPU code", () => import("./hmm_backend_gpu.ts"));

export const recurrenceGpu = part("recurrences on the GPU", () => import("./recurrence_gpu.ts"));

/** The same with results left on the GPU. */
export const momentsLeft = part("linear Gaussian results on the GPU", () => import("./moments_left.ts"));
export const probsLeft = part("hidden Markov results on the GPU", () => import("./probs_left.ts"));

/** Diffuse starts and very wide priors. */
export const diffuseStarts = part("diffuse starts", () => import("./diffuse_run.ts"));

/** Draws of the states of a linear Gaussian model. */
export const posteriorSampler = part("the posterior sampler", () => import("./backend_sampler.ts"));
