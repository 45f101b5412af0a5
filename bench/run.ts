/** The benchmark itself: every size, task and method in turn. Runs in a page or in Node, wherever there is an engine. */

import type { Engine } from "../src/engine/index.ts";
import type { LinearGaussianProblem } from "../src/inference/index.ts";
import { prepare } from "../src/models/index.ts";
import { Budget, startupOf } from "./budget.ts";
import {
  type BenchEvent,
  type Cell,
  isOnGpu,
  type Method,
  type Size,
  type Task,
  WITHOUT_GPU,
} from "./cell.ts";
import type { Records } from "./check.ts";
import { runHmmBench } from "./hmm_run.ts";
import { type CpuMethod, measureCpu, runCpu } from "./measure_cpu.ts";
import { type GpuMethod, measureGpu } from "./measure_gpu.ts";
import type { BenchOptions } from "./options.ts";
import { isLost } from "./phases.ts";
import { type BenchProblem, benchProblem, emissionDim } from "./problems.ts";

export type Emit = (event: BenchEvent) => void;

/** Everything the cells of one size and task share. */
interface Stage {
  readonly size: Size;
  readonly task: Task;
  readonly bench: BenchProblem;
  readonly problem: LinearGaussianProblem;
  readonly reference: Records;
  readonly referenceFrom: CpuMethod;
}

/** @param engine without one, methods of the GPU are skipped */
export async function runBench(engine: Engine | undefined, options: BenchOptions, emit: Emit): Promise<void> {
  const deadline = performance.now() + options.limit * 1000;
  const budget = new Budget(options.budget * 1000);
  const late = (): boolean => {
    if (performance.now() <= deadline) return false;
    emit({ kind: "note", text: `the limit of ${options.limit} s is reached; the rest is left out` });
    return true;
  };
  for (const grid of options.grids)
    for (const task of options.tasks)
      for (const n of grid.n)
        for (const series of grid.series)
          for (const T of grid.T) {
            const size: Size = { n, m: emissionDim(n), T, series };
            if (late()) return;
            await runSize(engine, options, budget, task, size, emit);
          }
  await runHmmBench(engine, options, budget, emit, late);
}

async function runSize(
  engine: Engine | undefined,
  options: BenchOptions,
  budget: Budget,
  task: Task,
  size: Size,
  emit: Emit,
): Promise<void> {
  const key = (method: Method) => `${task} ${method} n=${size.n}`;
  const skip = (method: Method, note: string) =>
    emit({ kind: "cell", cell: { ...size, task, method, outcome: "skipped", note } });
  const steps = size.T * size.series;
  const unchecked = budget.refusal(`reference ${key("cpu")}`, steps, 1);
  if (unchecked) {
    for (const method of options.methods) skip(method, `no float64 reference: ${unchecked}`);
    return;
  }
  emit({ kind: "note", text: `${task} n=${size.n} T=${size.T} series=${size.series}` });
  const stage = await makeStage(options, budget, task, size, key);
  for (const method of options.methods) {
    const refusal = engine || !isOnGpu(method) ? budget.refusal(key(method), steps) : WITHOUT_GPU;
    if (refusal) {
      skip(method, refusal);
      continue;
    }
    emit({ kind: "begin", task, method, T: size.T });
    for (const choice of choices(method, options)) {
      const cell = await runCell(engine, options, stage, method, choice);
      if (cell.msEach) budget.note(key(method), steps, cell.msEach, startupOf(cell));
      emit({ kind: "cell", cell });
    }
  }
}

/** Data and reference. The reference runs every step's covariance unless that is over the budget. */
async function makeStage(
  options: BenchOptions,
  budget: Budget,
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
  return { size, task, bench, problem, reference, referenceFrom };
}

export interface Choice {
  readonly chunk?: number;
  readonly leaves?: number;
}

/** The planner's choice alone, or every combination asked for; in a sweep the planner's comes first. */
export function choices(method: Method, { chunks, leaves, sweep }: BenchOptions): readonly Choice[] {
  if (method !== "parallel") return [{}];
  const own: readonly Choice[] = sweep || chunks.length + leaves.length === 0 ? [{}] : [];
  if (chunks.length + leaves.length === 0) return own;
  const orPlanned = (list: readonly number[]) => (list.length > 0 ? list : [undefined]);
  return [
    ...own,
    ...orPlanned(leaves).flatMap(leaf => orPlanned(chunks).map(chunk => ({ chunk, leaves: leaf }))),
  ];
}

async function runCell(
  engine: Engine | undefined,
  options: BenchOptions,
  stage: Stage,
  method: Method,
  choice: Choice,
): Promise<Cell> {
  const { size, task, bench, problem, reference } = stage;
  const common = { task, outputs: options.outputs, repeat: options.repeat, budget: options.budget * 1000 };
  try {
    const measured = isOnGpu(method)
      ? await measureGpu(engine!, bench, problem, reference, {
          ...common,
          ...choice,
          method: method as GpuMethod,
          computeOnly: options.sweep,
        })
      : await measureCpu(bench, problem, method === stage.referenceFrom ? undefined : reference, {
          ...common,
          method: method as CpuMethod,
        });
    return {
      ...size,
      task,
      method,
      ...measured,
      ...(choice.chunk || choice.leaves ? { asked: choice } : {}),
    };
  } catch (error) {
    if (await isLost(engine)) throw error;
    const note = error instanceof Error ? error.message : String(error);
    return { ...size, task, method, outcome: "error", note, asked: choice };
  }
}
