/** The benchmark of recurrences: every system, size and method in turn. */

import type { Method, RecurrenceMethod } from "./cell.ts";
import { measureRecurrence, trajectoryOf } from "./measure_recurrence.ts";
import {
  OBSERVED,
  type RecurrenceBenchProblem,
  type RecurrenceSize,
  recurrenceBenchProblem,
} from "./recurrence_problems.ts";
import { type Bench, runSize } from "./size_run.ts";

interface Stage {
  readonly bench: RecurrenceBenchProblem;
  /** States [N, T, D] in float64, one step after the other. */
  readonly reference: Float64Array;
}

export async function runRecurrenceBench(shared: Bench): Promise<void> {
  const { grids, systems, gain } = shared.options.recurrence;
  for (const grid of grids)
    for (const system of systems)
      for (const n of system === "observer" ? [OBSERVED] : grid.n)
        for (const series of grid.series)
          for (const T of grid.T) {
            if (shared.late()) return;
            await runRecurrence(shared, { system, n, gain, T, series });
          }
}

function runRecurrence(shared: Bench, size: RecurrenceSize): Promise<void> {
  const { engine, options, budget } = shared;
  const { system, n, T, series } = size;
  const gain = system === "mean-field" ? { gain: size.gain } : {};
  const key = (method: Method) => `recurrence ${system} ${method} n=${n} g=${size.gain}`;
  return runSize<RecurrenceMethod, Stage>(shared, {
    title: `${system} n=${n} T=${T} series=${series}`,
    common: { model: "recurrence", task: "evaluate", n, m: n, T, series, system, ...gain },
    methods: options.recurrence.methods,
    key,
    stage: async () => {
      const bench = await recurrenceBenchProblem(size, options.seed);
      const start = performance.now();
      const reference = await trajectoryOf(bench);
      budget.note(`reference ${key("cpu")}`, T * series, performance.now() - start);
      return { bench, reference };
    },
    measure: ({ bench, reference }, method) =>
      measureRecurrence(engine, bench, reference, {
        method,
        repeat: options.repeat,
        budget: options.budget * 1000,
      }),
  });
}
