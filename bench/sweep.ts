/** The best chunk length and leaves per size out of a sweep, against what the planner chose. */

import type { Cell } from "./cell.ts";
import { type Column, short, sizeText, textTable } from "./table.ts";

export interface Best {
  readonly best: Cell;
  /** The cell with the planner's own choice, if it was timed. */
  readonly planned?: Cell;
}

/** What a sweep compares: compute where it is measured, else execute; ms. */
export const sweepTime = (cell: Cell): number | undefined =>
  (cell.phases?.compute ?? cell.phases?.execute)?.median;

export function bestChoices(cells: readonly Cell[]): Best[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    if (cell.method !== "parallel" || sweepTime(cell) === undefined) continue;
    const key = [cell.task, cell.n, cell.T, cell.series].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()].map(group => ({
    best: group.reduce((a, b) => (sweepTime(b)! < sweepTime(a)! ? b : a)),
    planned: group.find(cell => !cell.asked),
  }));
}

export function sweepTable(cells: readonly Cell[]): string {
  const choice = (cell: Cell | undefined) => (cell?.work ? `${cell.work.chunk}/${cell.work.leaves}` : "-");
  const all: readonly Column<Cell>[] = [
    ...sizes<Cell>(c => c),
    { title: "chunk/leaves", value: choice },
    { title: "planner's", value: c => (c.asked ? "" : "yes"), left: true },
    { title: "execute", value: c => short(c.phases?.execute?.median) },
    { title: "compute", value: c => short(c.phases?.compute?.median) },
    { title: "GB/s", value: c => short(c.gigabytesPerSecond) },
    { title: "GFLOP/s", value: c => short(c.gigaflopsPerSecond) },
    {
      title: "outcome",
      value: c => (c.outcome === "timed" ? "" : `${c.outcome} ${c.note ?? ""}`),
      left: true,
    },
  ];
  const best: readonly Column<Best>[] = [
    ...sizes<Best>(b => b.best),
    { title: "best", value: b => choice(b.best) },
    { title: "ms", value: b => short(sweepTime(b.best)) },
    { title: "planner's", value: b => choice(b.planned) },
    { title: "ms", value: b => short(b.planned && sweepTime(b.planned)) },
    {
      title: "gain",
      value: b => (b.planned ? `${short(sweepTime(b.planned)! / sweepTime(b.best)!)}x` : "-"),
    },
  ];
  return [
    `Milliseconds, medians, of the kernels alone\n${textTable(all, cells)}`,
    `Best chunk length / leaves per workgroup\n${textTable(best, bestChoices(cells))}`,
  ].join("\n\n");
}

const sizes = <Row>(cell: (row: Row) => Cell): readonly Column<Row>[] => [
  { title: "task", value: r => cell(r).task, left: true },
  { title: "n", value: r => String(cell(r).n) },
  { title: "T", value: r => sizeText(cell(r).T) },
  { title: "series", value: r => sizeText(cell(r).series) },
];
