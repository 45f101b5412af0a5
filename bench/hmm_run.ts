/** The benchmark of hidden Markov models: every size, task and method in turn. */

import type { HmmProblem } from "../src/inference/index.ts";
import { prepareHmm } from "../src/models/index.ts";
import type { HmmMethod, HmmTask, Method } from "./cell.ts";
import type { HmmRecords } from "./hmm_check.ts";
import { type HmmBenchProblem, hmmBenchProblem } from "./hmm_problems.ts";
import { measureHmmCpu, measureHmmGpu, runHmmCpu } from "./measure_hmm.ts";
import { type Bench, runSize } from "./size_run.ts";

interface HmmSize {
  readonly K: number;
  readonly T: number;
  readonly series: number;
}

interface Stage {
  readonly bench: HmmBenchProblem;
  readonly problem: HmmProblem;
  readonly reference: HmmRecords;
}

export async function runHmmBench(shared: Bench): Promise<void> {
  const { grids, tasks } = shared.options.hmm;
  for (const grid of grids)
    for (const task of tasks)
      for (const K of grid.K)
        for (const series of grid.series)
          for (const T of grid.T) {
            if (shared.late()) return;
            await runHmm(shared, task, { K, T, series });
          }
}

function runHmm({ engine, options, budget, ...rest }: Bench, task: HmmTask, size: HmmSize): Promise<void> {
  const { K, T, series } = size;
  const sizes = { ...size, m: 1 };
  const { outputs, repeat } = options;
  const key = (method: Method) => `hmm ${task} ${method} K=${K}`;
  return runSize<HmmMethod, Stage>(
    { engine, options, budget, ...rest },
    {
      title: `hidden Markov ${task} K=${K} T=${T} series=${series}`,
      common: { model: "hmm", ...sizes, n: K, task },
      methods: options.hmm.methods,
      key,
      stage: async () => {
        const bench = hmmBenchProblem(size, options.seed);
        const problem = prepareHmm(bench.model, bench.observations);
        const start = performance.now();
        const reference = await runHmmCpu(problem, { task, outputs });
        budget.note(`reference ${key("cpu")}`, T * series, performance.now() - start);
        return { bench, problem, reference };
      },
      measure: ({ bench, problem, reference }, method, choice) => {
        const cell = { task, method, outputs, repeat, budget: options.budget * 1000, ...choice };
        return method === "cpu"
          ? measureHmmCpu(bench, cell)
          : measureHmmGpu(engine!, bench, problem, reference, { ...cell, sizes });
      },
    },
  );
}
