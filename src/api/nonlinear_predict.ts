/** predict() of a nonlinear model: each emission made affine around the predicted state. */
import { ParameterError } from "../engine/index.ts";
import {
  type NonlinearSSM,
  NonlinearSteps,
  nonlinearLayout,
  prepareNonlinear,
  QuantileResiduals,
  readObservations,
  type SeriesInput,
  say,
} from "../models/index.ts";
import { checkNonlinear } from "./check_nonlinear.ts";
import { DEFAULT_LEVEL } from "./intervals.ts";
import { infer } from "./nonlinear_infer.ts";
import { checkNonlinearOptions, linearisationOf } from "./nonlinear_options.ts";
import type { NonlinearPrediction, NonlinearPredictOptions } from "./nonlinear_types.ts";
import { checkLevel, checkWhole } from "./options.ts";
import { PredictionResult, type PredictionSource } from "./prediction_result.ts";
import type { ResultArray } from "./types.ts";

const CALL = "predict";

/** p(y_t | y_0:t−1) for every t, nearly. */
export async function predictNonlinear(
  model: NonlinearSSM,
  observations: SeriesInput,
  options: NonlinearPredictOptions,
): Promise<NonlinearPrediction> {
  checkNonlinear(CALL, model);
  const { form } = model.emissions;
  if (form.kind === "density") {
    const fix = "Give emissions by a family, or by mean and covariance.";
    throw new ParameterError(say(CALL, "model", "emissions with moments", "a log density", fix));
  }
  const { level = DEFAULT_LEVEL, seed, ...inference } = options;
  const add = form.kind === "gaussian" ? ["level"] : ["level", "seed"];
  checkNonlinearOptions(CALL, options, { smooths: false, add, drop: ["outputs"] });
  checkLevel(CALL, level);
  checkWhole(CALL, "seed", seed, 0);
  const source = await infer(CALL, "filter", model, observations, { ...inference, outputs: ["predicted"] });
  const { inputs, mask } = options;
  const problem = prepareNonlinear(model, observations, { inputs, mask, call: CALL });
  const steps = new NonlinearSteps(CALL, model, linearisationOf(CALL, model.stateDim, options));
  return new NonlinearPredictionResult({
    ...source,
    level,
    emissionDim: steps.emissionDim,
    inputDim: model.inputDim,
    observed: problem.observations,
    inputs: problem.inputs,
    steps,
    dataDim: model.emissionDim,
    data: readObservations(CALL, nonlinearLayout(CALL, model, observations), mask),
    quantiles: QuantileResiduals.of(CALL, model, seed ?? 0),
  });
}

interface NonlinearPredictionSource extends PredictionSource {
  /** y [N, T, dataDim] as they are, where `observed` are statistics of them */
  readonly data: Float64Array;
  readonly dataDim: number;
  readonly quantiles: QuantileResiduals | undefined;
}

class NonlinearPredictionResult
  extends PredictionResult<NonlinearPredictionSource>
  implements NonlinearPrediction
{
  readonly likelihood = "linearised";

  get quantileResiduals(): ResultArray {
    const { quantiles, data: y, dataDim: m, stateDim: n, numSteps, inputs, inputDim: d } = this.source;
    if (!quantiles) return this.standardizedInnovations;
    const read = this.predictedState();
    const [mean, covariance] = [new Float64Array(n), new Float64Array(n * n)];
    return this.expand("quantileResiduals", { entry: [m] }, (data, to, s, t) => {
      read(s, t, mean, covariance);
      const from = inputs ? s * inputs.seriesStride + t * d : 0;
      const u = inputs ? inputs.data.subarray(from, from + d) : new Float64Array(0);
      const row = (s * numSteps + t) * m;
      quantiles.row(data, to, s, t, u, mean, covariance, y.subarray(row, row + m));
    });
  }

  protected override view(series: number): this {
    return new NonlinearPredictionResult({ ...this.source, batch: false }, series) as this;
  }
}
