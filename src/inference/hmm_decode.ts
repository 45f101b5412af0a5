/**
 * hmm_decode: the most probable path on the GPU. A max-plus scan with back-pointers forwards, then the composition of the pointers
 * from the end: one path, the lowest of equal states at every choice, the same however time is cut into chunks.
 */
import { execute, readTensors } from "../engine/index.ts";
import { planHmmDecode, recordHmmDecode } from "./hmm_decode_recording.ts";
import { checkDensity } from "./hmm_emissions.ts";
import { type HmmGpuOptions, hmmPass } from "./hmm_pass.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { HmmDecodeRecords } from "./hmm_records.ts";
import { subsetOf } from "./hmm_subset.ts";

/**
 * argmax over z_0:T−1 of p(z_0:T−1, y_0:T−1) for every series.
 * @returns mostLikelyStates [N, T]; logJoints [N], nats, added up in float64 along the path from emissions.logLikelihoods
 * @throws ShaderError with the line of a user's own density; LimitError, DeviceError, AbortedError
 */
export async function hmmDecodeGpu(
  problem: HmmProblem,
  options: HmmGpuOptions,
): Promise<HmmDecodeRecords & { readonly plan: string; readonly parallel: boolean }> {
  const { numSeries: N, numSteps: T, lengths } = problem;
  const run = await viterbiPass(problem, options);
  const { states } = run;
  let { plan } = run;
  const ends = lengths.slice();
  const failed = Array.from({ length: N }, (_, s) => s).filter(s => states[s * T] === -1);
  if (failed.length > 0) {
    // No path is possible: the filter says from which step on.
    const request = { ...options.request, filtered: false, form: "extended" } as const;
    const found = await hmmPass(subsetOf(problem, failed, lengths), { ...options, request }, false);
    failed.forEach((s, i) => {
      ends[s] = found.ends[i]! < lengths[s]! ? found.ends[i]! : 0;
    });
    plan += `; ${found.words} to find where ${failed.length} of ${N} series end`;
    const started = failed.filter(s => ends[s]! > 0);
    if (started.length > 0) {
      const again = await viterbiPass(subsetOf(problem, started, ends), options);
      const row = again.states.length / started.length;
      started.forEach((s, i) => {
        states.set(again.states.subarray(i * row, (i + 1) * row), s * T);
      });
    }
  }
  return {
    mostLikelyStates: states,
    logJoints: Float64Array.from(lengths, (length, s) =>
      ends[s]! < length ? Number.NEGATIVE_INFINITY : logJoint(problem, states, s),
    ),
    ends,
    plan,
    parallel: run.parallel,
  };
}

/** log p(z, y) of the path of a series in float64. */
function logJoint(problem: HmmProblem, states: Int32Array, s: number): number {
  const { numStates: K, numSteps: T, lengths, initialProbs, transitionMatrix: A, emissions } = problem;
  const row = new Float64Array(emissions.numEmissions);
  let total = Math.log(initialProbs.data[s * initialProbs.seriesStride + states[s * T]!]!);
  for (let t = 0; t < lengths[s]!; t++) {
    const k = states[s * T + t]!;
    emissions.logLikelihoods(s, t, row, 0);
    total += row[emissions.emissionOf?.[k] ?? k]!;
    if (t > 0)
      total += Math.log(A.data[s * A.seriesStride + t * A.stepStride + states[s * T + t - 1]! * K + k]!);
  }
  return total;
}

/** @returns states [N, T], −1 past the end of a series and all through one without a possible path */
async function viterbiPass(
  problem: HmmProblem,
  options: HmmGpuOptions,
): Promise<{ states: Int32Array; plan: string; parallel: boolean }> {
  const { engine, call, request } = options;
  const { numSeries: N, numSteps: T, lengths } = problem;
  checkDensity(call, problem.emissions.gpu);
  const plan = planHmmDecode(engine, problem, request);
  const { parallel, maxPlus, sizes, blocks } = plan;
  const { recording, paths } = recordHmmDecode(problem, plan);
  const tensors = await execute(engine, recording, options);
  try {
    const data = await readTensors(
      engine,
      call,
      paths.map(({ path }) => tensors.get(path)!),
    );
    const states = new Int32Array(N * T).fill(-1);
    paths.forEach(({ start, steps }, i) => {
      const words = new Int32Array(data[i]!.buffer, data[i]!.byteOffset, data[i]!.length);
      for (let s = 0; s < N; s++) {
        const count = Math.max(0, Math.min(steps, lengths[s]! - start));
        states.set(words.subarray(s * steps, s * steps + count), s * T + start);
      }
    });
    const how = parallel ? `chunks of ${sizes.chunkLength}` : "step by step";
    const { variant, team } = maxPlus.shape;
    return {
      states,
      parallel,
      plan: `exact scores, ${variant} kernels (${team} per ${parallel ? "chunk" : "series"}), ${how}, ${blocks.length} block${blocks.length > 1 ? "s" : ""}, ${recording.dispatches.length} dispatches`,
    };
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}
