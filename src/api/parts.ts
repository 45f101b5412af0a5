/**
 * The parts of the library that calls load when they need them. In the build with several files each is one of them, so that a
 * page gets what its models and backend take; in the build with one file they are there at once.
 */
import { loadPart } from "../engine/index.ts";

/** What every call on a linear Gaussian model is made of, but for its recursions. */
export const linearGaussianCalls = (call: string) =>
  loadPart(call, "linear Gaussian calls", () => import("./linear_gaussian_calls.ts"));

/** The same of hidden Markov models. */
export const hiddenMarkovCalls = (call: string) =>
  loadPart(call, "hidden Markov calls", () => import("./hidden_markov_calls.ts"));

/** Recursions in float64. */
export const linearGaussianCpu = (call: string) =>
  loadPart(call, "linear Gaussian CPU code", () => import("./backend_cpu.ts"));

export const hiddenMarkovCpu = (call: string) =>
  loadPart(call, "hidden Markov CPU code", () => import("./hmm_backend_cpu.ts"));

/** Planning and recording of GPU runs; their kernels are loaded by the engine. */
export const linearGaussianGpu = (call: string) =>
  loadPart(call, "linear Gaussian GPU code", () => import("./backend_gpu.ts"));

export const hiddenMarkovGpu = (call: string) =>
  loadPart(call, "hidden Markov GPU code", () => import("./hmm_backend_gpu.ts"));

/** Diffuse starts and very wide priors. */
export const diffuseStarts = (call: string) =>
  loadPart(call, "diffuse starts", () => import("./diffuse_run.ts"));

/** Draws of the states of a linear Gaussian model. */
export const posteriorSampler = (call: string) =>
  loadPart(call, "the posterior sampler", () => import("./backend_sampler.ts"));
