/** decode() of a hidden Markov model. */

import type { HmmDecodeRecords } from "../inference/index.ts";
import type { HiddenMarkovModel, SeriesInput } from "../models/index.ts";
import { runHmmDecode } from "./hmm_backend.ts";
import { callHmm } from "./hmm_infer.ts";
import { checkHmmOptions } from "./hmm_options.ts";
import { HmmBatchResult, type HmmBatchSource } from "./hmm_result.ts";
import type { DecodeResult, HmmCallOptions, StateArray } from "./hmm_types.ts";
import { stateRows } from "./state_rows.ts";

const CALL = "decode";

/** The most probable path of the states. */
export async function decodeHmm(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: HmmCallOptions,
): Promise<DecodeResult> {
  checkHmmOptions(CALL, options);
  const { base, records } = await callHmm(
    {
      call: CALL,
      kept: { rows: 0, integers: 1, pointerBytes: (model?.numStates ?? 0) <= 256 ? 1 : 2 },
      run: (problem, backend) => runHmmDecode(problem, backend, options),
    },
    model,
    observations,
    options,
  );
  return new DecodedResult({ ...base, records });
}

interface DecodeSource extends HmmBatchSource {
  readonly records: HmmDecodeRecords;
}

class DecodedResult extends HmmBatchResult<DecodeSource> implements DecodeResult {
  protected like(source: DecodeSource, view: number | undefined): this {
    return new DecodedResult(source, view) as this;
  }

  get mostLikelyStates(): StateArray {
    const { records, batch } = this.source;
    return this.once("mostLikelyStates", () => {
      const rows = { first: this.first, count: this.numSeries, steps: this.steps };
      const data = stateRows(records.mostLikelyStates, rows, this.source);
      return { data, shape: batch ? [this.numSeries, this.steps] : [this.steps] };
    });
  }

  get logJoints(): Float64Array {
    return this.once("logJoints", () =>
      this.source.records.logJoints.slice(this.first, this.first + this.numSeries),
    );
  }

  get logJoint(): number {
    return this.logJoints.reduce((a, b) => a + b, 0);
  }
}
