/** One cell of the float64 code on the host: the baseline that a GPU has to beat. */

import { filter, smooth } from "../src/api/index.ts";
import {
  chooseSchedule,
  type KalmanCpuOptions,
  kalmanFilterCpu,
  kalmanSmootherCpu,
  type LinearGaussianProblem,
  steadyFilterCpu,
  steadySmootherCpu,
} from "../src/inference/index.ts";
import { prepare } from "../src/models/index.ts";
import type { Cell, Task } from "./cell.ts";
import { checkRecords, type Records } from "./check.ts";
import { runsForClock } from "./clock.ts";
import { clock } from "./phases.ts";
import type { BenchProblem } from "./problems.ts";
import { collect, type Sample, summarisePhases, warmUp } from "./statistics.ts";

export type CpuMethod = "cpu" | "cpu-time-invariant" | "cpu-every-step";

export interface CpuCellOptions {
  readonly task: Task;
  readonly method: CpuMethod;
  readonly outputs: "least" | "all";
  readonly repeat: number;
  /** ms */
  readonly budget: number;
}

/** The recursion alone, on a prepared problem. */
export function runCpu(
  problem: LinearGaussianProblem,
  { task, method, outputs }: Pick<CpuCellOptions, "task" | "method" | "outputs">,
): Promise<Records> {
  const extra = outputs === "all";
  const options: KalmanCpuOptions = {
    settle: method !== "cpu-every-step",
    outputs: { predicted: extra, crossCovariances: extra && task === "smoother" },
  };
  if (method !== "cpu-time-invariant")
    return (task === "smoother" ? kalmanSmootherCpu : kalmanFilterCpu)(problem, options);
  const schedule = chooseSchedule("bench", problem, "timeInvariant")!;
  return (task === "smoother" ? steadySmootherCpu : steadyFilterCpu)(problem, schedule, options);
}

/** @param reference undefined when this method made the reference itself */
export async function measureCpu(
  bench: BenchProblem,
  problem: LinearGaussianProblem,
  reference: Records | undefined,
  options: CpuCellOptions,
): Promise<Pick<Cell, "outcome" | "check" | "phases" | "msEach" | "computeFrom" | "runsPerSample">> {
  const { task, method, repeat, budget } = options;
  const start = performance.now();
  const check = reference ? checkRecords(problem, await runCpu(problem, options), reference) : "reference";
  if (check !== "reference" && !check.passed) return { outcome: "check failed", check };
  const call = () =>
    (task === "smoother" ? smooth : filter)(bench.model, bench.observations, {
      backend: "cpu",
      form: method === "cpu" ? "squareRoot" : "timeInvariant",
      outputs: options.outputs === "all" ? undefined : [],
    });
  const once = async (runs: number): Promise<Sample> => {
    const prepared = await clock(async () => prepare(bench.model, bench.observations), runs);
    const compute = await clock(() => runCpu(problem, options), runs);
    // The call has no option against settling: only the other variants have a call to time.
    const total = method === "cpu-every-step" ? prepared + compute : await clock(call, runs);
    return { prepare: prepared, compute, total };
  };
  await warmUp(() => once(1), { budget, spent: reference ? performance.now() - start : 0 });
  const runs = await runsForClock(() => runCpu(problem, options));
  const { samples, msEach } = await collect(() => once(runs), { repeat, budget });
  return {
    outcome: "timed",
    check,
    phases: summarisePhases(samples),
    msEach: msEach / runs,
    computeFrom: "host clock",
    ...(runs > 1 ? { runsPerSample: runs } : {}),
  };
}
