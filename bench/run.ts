/** The benchmark itself: every size, task and method in turn. Runs in a page or in Node, wherever there is an engine. */

import type { Engine } from "../src/engine/index.ts";
import type { LinearGaussianProblem } from "../src/inference/index.ts";
import { prepare } from "../src/models/index.ts";
import { Budget } from "./budget.ts";
import { isOnGpu, type Method, type Size, type Task } from "./cell.ts";
import type { Records } from "./check.ts";
import { runHmmBench } from "./hmm_run.ts";
import { type CpuMethod, measureCpu, runCpu } from "./measure_cpu.ts";
import { type GpuMethod, measureGpu } from "./measure_gpu.ts";
import type { BenchOptions } from "./options.ts";
import { type BenchProblem, benchProblem, emissionDim } from "./problems.ts";
import { runRecurrenceBench } from "./recurrence_run.ts";
import { type Bench, type Emit, runSize } from "./size_run.ts";

/** Everything the cells of one size and task share. */
interface Stage {
  readonly bench: BenchProblem;
  readonly problem: LinearGaussianProblem;
  readonly reference: Records;
  readonly referenceFrom: CpuMethod;
}

/** @param engine without one, methods of the GPU are skipped */
export async function runBench(engine: Engine | undefined, options: BenchOptions, emit: Emit): Promise<void> {
  const deadline = performance.now() + options.limit * 1000;
  const late = (): boolean => {
    if (performance.now() <= deadline) return false;
    emit({ kind: "note", text: `the limit of ${options.limit} s is reached; the rest is left out` });
    return true;
  };
  const bench: Bench = { engine, options, budget: new Budget(options.budget * 1000), emit, late };
  for (const grid of options.grids)
    for (const task of options.tasks)
      for (const n of grid.n)
        for (const series of grid.series)
          for (const T of grid.T) {
            if (late()) return;
            await runLinearGaussian(bench, task, { n, m: emissionDim(n), T, series });
          }
  await runHmmBench(bench);
  await runRecurrenceBench(bench);
}

function runLinearGaussian(shared: Bench, task: Task, size: Size): Promise<void> {
  const { engine, options } = shared;
  const common = { outputs: options.outputs, repeat: options.repeat, budget: options.budget * 1000 };
  const key = (method: Method) => `${task} ${method} n=${size.n}`;
  return runSize<Method, Stage>(shared, {
    title: `${task} n=${size.n} T=${size.T} series=${size.series}`,
    common: { ...size, task },
    methods: options.methods,
    key,
    stage: () => makeStage(shared, task, size, key),
    measure: ({ bench, problem, reference, referenceFrom }, method, choice) =>
      isOnGpu(method)
        ? measureGpu(engine!, bench, problem, reference, {
            ...common,
            ...choice,
            task,
            method: method as GpuMethod,
            computeOnly: options.sweep,
          })
        : measureCpu(bench, problem, method === referenceFrom ? undefined : reference, {
            ...common,
            task,
            method: method as CpuMethod,
          }),
  });
}

/** Data and reference. The reference runs every step's covariance unless that is over the budget. */
async function makeStage(
  { options, budget }: Bench,
  task: Task,
  size: Size,
  key: (method: Method) => string,
): Promise<Stage> {
  const steps = size.T * size.series;
  const bench = benchProblem(size, options.seed);
  const problem = prepare(bench.model, bench.observations);
  const slow = budget.refusal(`reference ${key("cpu-every-step")}`, steps, 1);
  const referenceFrom: CpuMethod = slow ? "cpu" : "cpu-every-step";
  const start = performance.now();
  const reference = await runCpu(problem, { task, method: referenceFrom, outputs: options.outputs });
  budget.note(`reference ${key(referenceFrom)}`, steps, performance.now() - start);
  return { bench, problem, reference, referenceFrom };
}
