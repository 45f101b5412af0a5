/**
 * The filter or smoother of a hidden Markov problem on the GPU with its probabilities left there, as dense arrays. Where a series
 * ends early or something was lost, everything is read and goes on as for any other call.
 */
import { disposeExcept, execute, type Tensor } from "../engine/index.ts";
import { filterRecords, type HmmGpuRun } from "./hmm_filter.ts";
import { wholeBuffer } from "./hmm_outputs.ts";
import {
  collectLikelihoods,
  type HmmGpuOptions,
  readHmmParts,
  readHmmPass,
  recordHmmPass,
} from "./hmm_pass.ts";
import { describeHmmPlan } from "./hmm_plan.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { HmmFilterRecords, HmmSmootherRecords } from "./hmm_records.ts";
import { type ProbsArray, recordRowsEach } from "./hmm_rows_each.ts";
import { settleHmm } from "./hmm_run.ts";
import { smootherRecords } from "./hmm_smoother.ts";

/** With `left` there are no probabilities but these; the caller disposes of them. */
export type HmmLeftRecords = HmmFilterRecords &
  Partial<HmmSmootherRecords> &
  HmmGpuRun & { readonly left?: ReadonlyMap<ProbsArray, Tensor> };

/** @throws ShaderError with the line of a user's own density; LimitError, DeviceError, AbortedError */
export async function hmmLeftGpu(
  problem: HmmProblem,
  options: HmmGpuOptions,
  smooth: boolean,
): Promise<HmmLeftRecords> {
  const { engine, call } = options;
  const pass = recordHmmPass(problem, options, smooth);
  const each = recordRowsEach(problem, pass);
  const tensors = await execute(engine, pass.recording, options);
  const kept = new Map<ProbsArray, Tensor>();
  try {
    const verdicts = wholeBuffer(each.verdicts);
    const parts = [...pass.blocks.map(({ outputs }) => outputs.likelihoods), verdicts];
    const read = await readHmmParts(engine, call, tensors, parts);
    const { logLikelihoods, ends, lost } = collectLikelihoods(problem, pass.blocks, read);
    const early = ends.some((end, s) => end < problem.lengths[s]!);
    if (early || lost.size > 0 || read(verdicts).some(word => word !== 0)) {
      const first = await readHmmPass(problem, pass, tensors, options);
      const run = await settleHmm(problem, options, smooth, first);
      return smooth ? smootherRecords(problem, run) : filterRecords(problem, run);
    }
    const { parallel, form } = pass.plan;
    const records = {
      logLikelihoods,
      ends,
      plan: describeHmmPlan(pass.plan, pass.recording.dispatches.length),
      parallel,
      forms: Array.from(problem.lengths, () => form),
      left: kept,
    };
    for (const [name, spec] of each.arrays) kept.set(name, tensors.get(spec)!);
    return records;
  } finally {
    disposeExcept(tensors.values(), kept.values());
  }
}
