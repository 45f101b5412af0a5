/** One size of a model: data and reference, then a cell for every method that fits the budget. */

import type { Engine } from "../src/engine/index.ts";
import { type Budget, startupOf } from "./budget.ts";
import { type BenchEvent, type Cell, isOnGpu, type Method, WITHOUT_GPU } from "./cell.ts";
import type { BenchOptions } from "./options.ts";
import { isLost } from "./phases.ts";

export type Emit = (event: BenchEvent) => void;

/** What all sizes share. */
export interface Bench {
  /** Without one, methods of the GPU are skipped. */
  readonly engine: Engine | undefined;
  readonly options: BenchOptions;
  readonly budget: Budget;
  readonly emit: Emit;
  /** Says that no new size may begin, and reports it. */
  readonly late: () => boolean;
}

export interface Choice {
  readonly chunk?: number;
  readonly leaves?: number;
}

/** A cell without what is known before it runs. */
export type Outcome = Pick<Cell, "outcome"> & Partial<Omit<Cell, "task" | "method" | "T" | "series">>;

export interface SizeRun<M extends Method, Stage> {
  /** In words. */
  readonly title: string;
  /** What all cells of the size have. */
  readonly common: Omit<Cell, "method" | "outcome">;
  readonly methods: readonly M[];
  /** Of what the budget knows, without T and series. */
  key(method: Method): string;
  /** Data and reference. */
  stage(): Promise<Stage>;
  measure(stage: Stage, method: M, choice: Choice): Promise<Outcome>;
}

export async function runSize<M extends Method, Stage>(
  { engine, options, budget, emit }: Bench,
  { title, common, methods, key, stage, measure }: SizeRun<M, Stage>,
): Promise<void> {
  const { task, T, series } = common;
  const steps = T * series;
  const skip = (method: M, note: string) =>
    emit({ kind: "cell", cell: { ...common, method, outcome: "skipped", note } });
  const unchecked = budget.refusal(`reference ${key("cpu")}`, steps, 1);
  if (unchecked) {
    for (const method of methods) skip(method, `no float64 reference: ${unchecked}`);
    return;
  }
  emit({ kind: "note", text: title });
  const shared = await stage();
  const runCell = async (method: M, choice: Choice): Promise<Cell> => {
    const asked = choice.chunk || choice.leaves ? { asked: choice } : {};
    try {
      return { ...common, method, ...(await measure(shared, method, choice)), ...asked };
    } catch (error) {
      if (await isLost(engine)) throw error;
      const note = error instanceof Error ? error.message : String(error);
      return { ...common, method, outcome: "error", note, ...asked };
    }
  };
  for (const method of methods) {
    const refusal = engine || !isOnGpu(method) ? budget.refusal(key(method), steps) : WITHOUT_GPU;
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

/** The planner's choice alone, or every combination asked for; in a sweep the planner's comes first. */
function choices(method: Method, { chunks, leaves, sweep }: BenchOptions): readonly Choice[] {
  if (method !== "parallel") return [{}];
  const own: readonly Choice[] = sweep || chunks.length + leaves.length === 0 ? [{}] : [];
  if (chunks.length + leaves.length === 0) return own;
  const orPlanned = (list: readonly number[]) => (list.length > 0 ? list : [undefined]);
  return [
    ...own,
    ...orPlanned(leaves).flatMap(leaf => orPlanned(chunks).map(chunk => ({ chunk, leaves: leaf }))),
  ];
}
