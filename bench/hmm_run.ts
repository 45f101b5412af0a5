/** The benchmark of hidden Markov models: every size, task and method in turn. */

import type { Engine } from "../src/engine/index.ts";
import { prepareHmm } from "../src/models/index.ts";
import { type Budget, startupOf } from "./budget.ts";
import { type Cell, type HmmMethod, type HmmTask, WITHOUT_GPU } from "./cell.ts";
import { hmmBenchProblem } from "./hmm_problems.ts";
import { measureHmmCpu, measureHmmGpu, runHmmCpu } from "./measure_hmm.ts";
import type { BenchOptions } from "./options.ts";
import { isLost } from "./phases.ts";
import { type Choice, choices, type Emit } from "./run.ts";

interface HmmSize {
  readonly K: number;
  readonly T: number;
  readonly series: number;
}

/** @param late says that no new size may begin, and reports it */
export async function runHmmBench(
  engine: Engine | undefined,
  options: BenchOptions,
  budget: Budget,
  emit: Emit,
  late: () => boolean,
): Promise<void> {
  const { grids, tasks } = options.hmm;
  for (const grid of grids)
    for (const task of tasks)
      for (const K of grid.K)
        for (const series of grid.series)
          for (const T of grid.T) {
            if (late()) return;
            await runSize(engine, options, budget, task, { K, T, series }, emit);
          }
}

async function runSize(
  engine: Engine | undefined,
  options: BenchOptions,
  budget: Budget,
  task: HmmTask,
  size: HmmSize,
  emit: Emit,
): Promise<void> {
  const { K, T, series } = size;
  const sizes = { ...size, m: 1 };
  const common = { model: "hmm", ...sizes, n: K, task } as const;
  const key = (method: HmmMethod) => `hmm ${task} ${method} K=${K}`;
  const steps = T * series;
  const skip = (method: HmmMethod, note: string) =>
    emit({ kind: "cell", cell: { ...common, method, outcome: "skipped", note } });
  const unchecked = budget.refusal(`reference ${key("cpu")}`, steps, 1);
  if (unchecked) {
    for (const method of options.hmm.methods) skip(method, `no float64 reference: ${unchecked}`);
    return;
  }
  emit({ kind: "note", text: `hidden Markov ${task} K=${K} T=${T} series=${series}` });
  const bench = hmmBenchProblem(size, options.seed);
  const problem = prepareHmm(bench.model, bench.observations);
  const { outputs, repeat } = options;
  const start = performance.now();
  const reference = await runHmmCpu(problem, { task, outputs });
  budget.note(`reference ${key("cpu")}`, steps, performance.now() - start);
  const runCell = async (method: HmmMethod, choice: Choice): Promise<Cell> => {
    const asked = choice.chunk || choice.leaves ? { asked: choice } : {};
    const cell = { task, method, outputs, repeat, budget: options.budget * 1000, ...choice };
    try {
      const measured =
        method === "cpu"
          ? await measureHmmCpu(bench, cell)
          : await measureHmmGpu(engine!, bench, problem, reference, { ...cell, sizes });
      return { ...common, method, ...measured, ...asked };
    } catch (error) {
      if (await isLost(engine)) throw error;
      const note = error instanceof Error ? error.message : String(error);
      return { ...common, method, outcome: "error", note, ...asked };
    }
  };
  for (const method of options.hmm.methods) {
    const refusal = engine || method === "cpu" ? budget.refusal(key(method), steps) : WITHOUT_GPU;
    if (refusal) {
      skip(method, refusal);
      continue;
    }
    emit({ kind: "begin", task, method, T });
    for (const choice of choices(method, options)) {
      const cell = await runCell(method, choice);
      if (cell.msEach) budget.note(key(method), steps, cell.msEach, startupOf(cell));
      emit({ kind: "cell", cell });
    }
  }
}
