/**
 * What the kernels of hidden Markov inference read and write, counted as in traffic.ts, and the least that any method must:
 * y in float32, and the outputs asked for.
 */

import { bufferBytes, type Dispatch, type Recording } from "../src/engine/index.ts";
import type { ScanElement } from "../src/scan/index.ts";
import type { HmmTask } from "./cell.ts";
import { scanBytes, type Traffic } from "./traffic.ts";

/** Data of each scan by the names of its buffers. `kept`: the matrices of the chunks, folded once for both passes. */
const DATA: Readonly<Record<string, { readonly fold: readonly string[]; readonly run: readonly string[] }>> =
  {
    hmm_filter: { fold: ["emission_records", "kept"], run: ["emission_records", "outputs"] },
    hmm_smoother: { fold: ["kept"], run: ["filtered", "outputs", "sums_out"] },
    hmm_max_plus: { fold: ["emission_records"], run: ["emission_records", "pointers"] },
    index_map: { fold: ["maps"], run: ["maps", "path"] },
  };

/** @param idle what the planner multiplies the cost of a sequential dispatch by, for lanes that do nothing */
export function hmmTraffic(recording: Recording, elements: readonly ScanElement[], idle: number): Traffic {
  let touchedBytes = 0;
  let flops = 0;
  for (const dispatch of recording.dispatches) {
    const element = elements.find(({ stem }) => dispatch.kernel.name.startsWith(`${stem}_`))!;
    touchedBytes += dispatchBytes(dispatch, element);
    flops += dispatch.cost / idle;
  }
  return { touchedBytes, flops };
}

function dispatchBytes(dispatch: Dispatch, element: ScanElement): number {
  const { uniforms, buffers } = dispatch;
  const extended = element.stem.endsWith("_extended");
  const data = DATA[extended ? element.stem.slice(0, -"_extended".length) : element.stem];
  const bytes = (name: string): number => {
    // The likelihoods and predictions behind the filtered rows are not read again.
    if (name === "filtered") {
      const row = element.constants.NUM_STATES * (extended ? 2 : 1);
      return 4 * uniforms.num_series * (uniforms.block_steps + 1) * row;
    }
    return bufferBytes(buffers[name]);
  };
  const sum = (names: readonly string[]): number => names.reduce((total, name) => total + bytes(name), 0);
  return scanBytes(dispatch, element, { fold: sum(data.fold), run: sum(data.run) });
}

/**
 * Bytes in and out of every step that no method can do without: y, and filtered probabilities and log-likelihood, the smoothed ones
 * too, or the state of the path in a word.
 * @param all predicted probabilities and the sums of expected transitions as well
 */
export function leastBytes(
  task: HmmTask,
  {
    K,
    T,
    series,
    m,
  }: { readonly K: number; readonly T: number; readonly series: number; readonly m: number },
  all: boolean,
): number {
  if (task === "decode") return 4 * series * T * (m + 1);
  const rows = 1 + (task === "smoother" ? 1 : 0) + (all ? 1 : 0);
  const sums = all && task === "smoother" ? K * K : 0;
  return 4 * series * (T * (m + 1 + rows * K) + sums);
}
