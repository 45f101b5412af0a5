/** Stored runs to compare with: where each was measured, and which of its cells belong to what is shown. */

import type { Cell } from "../cell.ts";
import type { RecurrenceName } from "../recurrence_problems.ts";
import { type Choices, KINDS, METHODS_OF, MODEL_NAMES, type ModelName } from "./choices.ts";

export interface StoredRun {
  readonly id: string;
  readonly date: string;
  readonly adapter: string;
  readonly software: boolean;
  /** Browser, or Dawn's package. */
  readonly client: string;
  readonly host: string;
  load(): Promise<readonly Cell[]>;
}

/** Runs that held CPU methods alone name the machine, others the adapter. */
export const storedName = ({ date, adapter, software, client, host }: StoredRun): string =>
  `${date}: ${adapter}${software ? " (software adapter, no GPU)" : ""}, ${client}, ${host}`;

const modelOf = (cell: Cell): ModelName =>
  cell.model === "recurrence"
    ? (cell.system as RecurrenceName)
    : cell.model === "hmm"
      ? "hmm"
      : cell.method.includes("time-invariant")
        ? "time-invariant"
        : "square-root";

/** Cells with the model, task and sizes that are shown. */
export function matching(cells: readonly Cell[], { model, task, size, gain, series }: Choices): Cell[] {
  const methods = KINDS.flatMap(kind => METHODS_OF[model][kind]);
  return cells.filter(
    cell =>
      modelOf(cell) === model &&
      methods.includes(cell.method) &&
      cell.task === task &&
      cell.n === size &&
      cell.gain === gain &&
      cell.series === series,
  );
}

/** What a run has, for when nothing matches. */
export function contents(cells: readonly Cell[]): string {
  const groups = new Map<string, Set<number>>();
  for (const cell of cells) {
    const model = modelOf(cell);
    const key = `${MODEL_NAMES[model]}, ${cell.series} series, ${model === "hmm" ? "K" : "n"} =`;
    groups.set(key, (groups.get(key) ?? new Set()).add(cell.n));
  }
  return [...groups].map(([key, sizes]) => `${key} ${[...sizes].join(", ")}`).join("; ");
}
