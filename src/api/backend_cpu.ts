/** Runs a prepared problem in float64, step by step. */
import {
  checkCovarianceForm,
  chooseSchedule,
  chooseSmoother,
  kalmanFilterCpu,
  kalmanSmootherCpu,
  kalmanTwoFilterCpu,
  type LinearGaussianProblem,
  steadyFilterCpu,
  steadySmootherCpu,
} from "../inference/index.ts";
import { type BackendRun, type RunKind, wanted } from "./backend.ts";
import type { InferenceOptions } from "./types.ts";

export async function runCpu(
  given: LinearGaussianProblem,
  call: string,
  kind: RunKind,
  options: InferenceOptions,
): Promise<BackendRun> {
  const { signal, onProgress, smoother = "auto", form } = options;
  const smooth = kind === "smooth";
  const problem = form === "covariance" ? checkCovarianceForm(call, given, smooth && { smoother }) : given;
  const run = { outputs: wanted(kind, options), filtered: kind !== "likelihood", signal, onProgress };
  const schedule = chooseSchedule(
    call,
    problem,
    smooth && smoother === "twoFilter" ? "squareRoot" : options.form,
    smooth,
  );
  const choice =
    smooth && !schedule && form !== "covariance"
      ? chooseSmoother(call, problem, smoother, "float64")
      : undefined;
  const general = choice?.smoother === "twoFilter" ? kalmanTwoFilterCpu : kalmanSmootherCpu;
  const records = await (schedule
    ? (smooth ? steadySmootherCpu : steadyFilterCpu)(problem, schedule, run)
    : (smooth ? general : kalmanFilterCpu)(problem, run));
  return {
    records,
    statuses: records.statuses,
    refusals: records.refusals,
    run: {
      backend: "cpu",
      adapter: "cpu (float64 JavaScript)",
      software: false,
      method: "sequential",
      plan: `${kind}: ${schedule ? `time-invariant, ${schedule.rows} gains` : `${form === "covariance" ? "covariance" : "square-root"} recursion${choice ? `, ${choice.words}` : ""}`}, ${problem.numSeries} series of up to ${problem.numSteps} steps, one after the other`,
      dtype: "float64",
      passes: 1,
    },
  };
}
