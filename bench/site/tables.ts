/** The numbers of the charts, and what was done for them, as tables. */

import type { Cell } from "../cell.ts";
import { bytesText, short, sizeText } from "../table.ts";
import { methodName } from "./lines.ts";

interface Column {
  readonly title: string;
  readonly value: (cell: Cell) => string;
  /** Words: to the left. */
  readonly words?: boolean;
}

const ms = (phase: string, part: "median" | "min" | "q1" | "q3" = "median"): Column["value"] => {
  return ({ phases }) => {
    const time = phases?.[phase]?.[part];
    // Shorter than a step of the clock.
    return time === 0 ? "≈ 0" : short(time);
  };
};
const sizes: readonly Column[] = [
  { title: "T", value: cell => sizeText(cell.T) },
  { title: "Method", value: methodName, words: true },
];

const TIMES: readonly Column[] = [
  ...sizes,
  { title: "Median", value: ms("total") },
  { title: "Quartiles", value: cell => spread(cell) },
  { title: "Least", value: ms("total", "min") },
  { title: "Runs", value: runs },
  { title: "Prepare", value: ms("prepare") },
  { title: "Upload", value: ms("upload") },
  { title: "Kernels", value: ms("compute") },
  { title: "Readback", value: ms("readback") },
  { title: "Remark", value: remark, words: true },
];

const WORK: readonly Column[] = [
  ...sizes,
  { title: "Check", value: checkWords, words: true },
  { title: "Plan", value: cell => cell.work?.plan ?? cell.plan ?? "-", words: true },
  { title: "Updates", value: cell => String(cell.updates ?? "-") },
  { title: "Chunk", value: cell => String(cell.work?.chunk ?? "-") },
  { title: "Blocks", value: cell => String(cell.work?.blocks ?? "-") },
  { title: "Dispatches", value: cell => String(cell.work?.dispatches ?? "-") },
  { title: "Up", value: cell => bytesText(cell.work?.uploadBytes) },
  { title: "Back", value: cell => bytesText(cell.work?.readbackBytes) },
  { title: "Touched", value: cell => bytesText(cell.work?.touchedBytes) },
  { title: "Least", value: cell => bytesText(cell.work?.leastBytes) },
  { title: "GB/s", value: cell => short(cell.gigabytesPerSecond) },
];

function spread({ phases }: Cell): string {
  return phases?.total ? `${short(phases.total.q1)} – ${short(phases.total.q3)}` : "-";
}

function runs({ phases, runsPerSample = 1 }: Cell): string {
  if (!phases?.total) return "-";
  return runsPerSample > 1 ? `${phases.total.count} × ${runsPerSample}` : String(phases.total.count);
}

function remark({ outcome, note, hidden }: Cell): string {
  if (hidden) return "page was hidden: not to be trusted, not drawn";
  if (outcome === "timed") return "";
  if (outcome === "check failed") return `check failed: ${note ? `${note}, ` : ""}not timed`;
  return `${outcome}: ${note}`;
}

/** Largest differences from float64, and whether they keep the limits. */
function checkWords({ check, outcome }: Cell): string {
  if (check === "reference") return "is the reference";
  if (!check) return outcome === "timed" ? "-" : outcome;
  const { passed, ...errors } = check;
  const names: Readonly<Record<string, string>> = { logLikelihood: "log-likelihood" };
  const parts = Object.entries(errors)
    .filter(([, error]) => error !== undefined)
    .map(
      ([name, error]) => `${names[name] ?? name} ${error === 0 ? "0" : (error as number).toExponential(0)}`,
    );
  return `${passed ? "passed" : "FAILED"}: ${parts.join(", ")}`;
}

/** @param stored cells of a stored run, below the own ones */
export function fillTimes(table: HTMLTableElement, cells: readonly Cell[], stored: readonly Cell[]): void {
  const theirs = new Set(stored);
  const method = (cell: Cell) => `${methodName(cell)}${theirs.has(cell) ? ", stored" : ""}`;
  const columns = TIMES.map(column => (column.value === methodName ? { ...column, value: method } : column));
  fill(table, columns, [...cells, ...stored]);
}

export const fillWork = (table: HTMLTableElement, cells: readonly Cell[]): void => fill(table, WORK, cells);

/** Keeps the caption. */
function fill(table: HTMLTableElement, columns: readonly Column[], cells: readonly Cell[]): void {
  const head = document.createElement("thead");
  const titles = head.insertRow();
  for (const { title, words } of columns) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = title;
    cell.classList.toggle("number", !words);
    titles.append(cell);
  }
  const body = document.createElement("tbody");
  for (const row of cells) {
    const line = body.insertRow();
    for (const { value, words } of columns) {
      const cell = line.insertCell();
      cell.textContent = value(row);
      cell.classList.toggle("number", !words);
    }
  }
  table.tHead?.remove();
  for (const old of [...table.tBodies]) old.remove();
  table.append(head, body);
}
