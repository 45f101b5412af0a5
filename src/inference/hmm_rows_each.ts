/** hmm_rows_each: the probabilities of a recorded pass as dense float32 arrays, made on the GPU and left there. */
import type { BufferSpec } from "../engine/index.ts";
import { EACH_WORKGROUP, eachGrid } from "./each_grid.ts";
import type { RecordedHmmPass } from "./hmm_pass.ts";
import type { HmmProblem } from "./hmm_problem.ts";

const EXTENDED = 1;
const JUDGE = 2;

export type ProbsArray = "filteredProbs" | "predictedProbs" | "smoothedProbs";

export interface HmmRowsEach {
  /** [N, T, K], NaN past the end of short series. */
  readonly arrays: ReadonlyMap<ProbsArray, BufferSpec>;
  /** [N] not 0 where a smoothed probability was lost. */
  readonly verdicts: BufferSpec;
}

/** Appends the making of the arrays to the recording of a pass. */
export function recordRowsEach(
  { numStates: K, numSeries: N, numSteps: T }: HmmProblem,
  { recording, blocks, plan, smooth }: RecordedHmmPass,
): HmmRowsEach {
  const verdicts = recording.buffer("verdicts", [N], "output");
  const names = [
    "filtered" as const,
    ...(blocks[0]!.outputs.predicted ? ["predicted" as const] : []),
    ...(smooth ? ["smoothed" as const] : []),
  ];
  const arrays = new Map<ProbsArray, BufferSpec>();
  let total = 0;
  for (const name of names) {
    const probs_out = recording.buffer(`${name}Probs`, [N, T, K], "output");
    arrays.set(`${name}Probs`, probs_out);
    for (const { inputs, outputs } of blocks) {
      const { start, steps } = inputs;
      const { buffer: rows, from } = outputs[name]!;
      // The first row of a filter's block is of the step before.
      const before = name === "filtered" ? 1 : 0;
      const extended = name === "filtered" && plan.form === "extended";
      recording.dispatch({
        kernel: { name: "hmm_rows_each", constants: { WORKGROUP: EACH_WORKGROUP }, unroll: false },
        uniforms: {
          num_states: K,
          num_series: N,
          num_steps: T,
          block_start: start,
          block_steps: steps,
          rows_from: from,
          rows_series: steps + before,
          rows_before: before,
          flags: (extended ? EXTENDED : 0) | (name === "smoothed" ? JUDGE : 0),
        },
        buffers: { rows, indices: inputs.buffers.indices, probs_out, verdicts },
        workgroups: eachGrid(N * steps * K),
        cost: N * steps * K * 8,
      });
      total += steps;
      recording.mark("arrays", total, T * names.length);
    }
  }
  return { arrays, verdicts };
}
