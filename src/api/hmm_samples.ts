/** samplePosterior() of a hidden Markov model. */

import type { HiddenMarkovModel, SeriesInput } from "../models/index.ts";
import { runHmmSampler } from "./hmm_backend.ts";
import { callHmm } from "./hmm_infer.ts";
import { checkHmmOptions } from "./hmm_options.ts";
import { HmmBatchResult, type HmmBatchSource } from "./hmm_result.ts";
import type { HmmPosteriorSamples, HmmSampleOptions, StateArray } from "./hmm_types.ts";
import { checkWhole } from "./options.ts";
import { stateRows } from "./state_rows.ts";

const CALL = "samplePosterior";

/** Draws of whole paths: the filter, then backward sampling. */
export async function sampleHmm(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: HmmSampleOptions,
): Promise<HmmPosteriorSamples> {
  checkHmmOptions(CALL, options, { add: ["numSamples", "seed"] });
  const { numSamples = 1, seed = 0, ...inference } = options;
  checkWhole(CALL, "numSamples", numSamples, 1);
  checkWhole(CALL, "seed", seed, 0);
  const { base, records } = await callHmm(
    {
      call: CALL,
      kept: { rows: 1, integers: numSamples },
      run: (problem, backend) => runHmmSampler(problem, backend, { ...inference, numSamples, seed }),
    },
    model,
    observations,
    options,
  );
  return new HmmSamplesResult({ ...base, numSamples, paths: records.states });
}

interface SamplesSource extends HmmBatchSource {
  readonly numSamples: number;
  /** [N, S, T] */
  readonly paths: Int32Array;
}

class HmmSamplesResult extends HmmBatchResult<SamplesSource> implements HmmPosteriorSamples {
  get numSamples(): number {
    return this.source.numSamples;
  }

  get states(): StateArray {
    const { paths, numSamples: S, batch } = this.source;
    return this.once("states", () => {
      const rows = { first: this.first * S, count: this.numSeries * S, steps: this.steps };
      const data = stateRows(paths, rows, this.source);
      return { data, shape: batch ? [this.numSeries, S, this.steps] : [S, this.steps] };
    });
  }

  protected like(source: SamplesSource, view: number | undefined): this {
    return new HmmSamplesResult(source, view) as this;
  }
}
