/** Where a hidden Markov problem is run. The only file that knows there is more than one place. */

import type {
  HmmDecodeRecords,
  HmmFilterRecords,
  HmmProblem,
  HmmSampleRecords,
  HmmSmootherRecords,
  TransitionsForm,
} from "../inference/index.ts";
import { choosePlace } from "./backend.ts";
import type { HmmCallOptions } from "./hmm_types.ts";
import { hiddenMarkovCpu, hiddenMarkovGpu } from "./parts.ts";
import type { RunInfo } from "./types.ts";

/** What a backend hands back. */
export interface HmmRun<Records> {
  readonly records: Records;
  readonly run: Omit<RunInfo, "seconds">;
}

/** What a call wants of the states' probabilities. */
export interface HmmRequest {
  /** likelihood: only log-likelihoods are read. */
  readonly kind: "filter" | "smooth" | "likelihood";
  readonly predicted: boolean;
  readonly transitions?: TransitionsForm;
  readonly smoother: "rts" | "twoFilter";
  readonly lag?: number;
}

/** States beyond which there are no kernels. */
const MOST_STATES = 1024;

/** The backend a call will use, chosen as for other models. */
export const chooseHmmBackend = (
  { numStates }: { readonly numStates: number },
  steps: number,
  options: HmmCallOptions,
): Promise<"webgpu" | "cpu"> => choosePlace(numStates <= MOST_STATES, steps, options);

/** Probabilities of the states. */
export async function runHmm(
  problem: HmmProblem,
  backend: "webgpu" | "cpu",
  call: string,
  request: HmmRequest,
  options: HmmCallOptions,
): Promise<HmmRun<HmmFilterRecords & Partial<HmmSmootherRecords>>> {
  return backend === "webgpu"
    ? (await hiddenMarkovGpu(call)).runGpu(problem, call, request, options)
    : (await hiddenMarkovCpu(call)).runCpu(problem, call, request, options);
}

/** The most probable path. */
export async function runHmmDecode(
  problem: HmmProblem,
  backend: "webgpu" | "cpu",
  options: HmmCallOptions,
): Promise<HmmRun<HmmDecodeRecords>> {
  return backend === "webgpu"
    ? (await hiddenMarkovGpu("decode")).decodeGpu(problem, options)
    : (await hiddenMarkovCpu("decode")).decodeCpu(problem, options);
}

/** Draws of paths. */
export async function runHmmSampler(
  problem: HmmProblem,
  backend: "webgpu" | "cpu",
  options: HmmCallOptions & { numSamples: number; seed: number },
): Promise<HmmRun<HmmSampleRecords>> {
  return backend === "webgpu"
    ? (await hiddenMarkovGpu("samplePosterior")).sampleGpu(problem, options)
    : (await hiddenMarkovCpu("samplePosterior")).sampleCpu(problem, options);
}
