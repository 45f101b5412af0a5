/** Cells and where they were measured, as text for people and JSON for programs. */

import type { AdapterInfo } from "../src/engine/index.ts";
import type { BenchOptions } from "./arguments.ts";
import { type Cell, LIMITS, METHOD_NAMES } from "./cell.ts";
import { sweepTable } from "./sweep.ts";
import { bytesText, type Column, short, sizeText, textTable } from "./table.ts";

/** Where and with what a bench ran. */
export interface Machine {
  readonly adapter: AdapterInfo;
  readonly timestamps: boolean;
  readonly driver: "chrome" | "dawn";
  /** statescan, node, and the browser or Dawn's package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly host: { readonly platform: string; readonly cpu: string; readonly cores: number };
}

export interface BenchResult {
  readonly format: "statescan/bench@1";
  readonly date: string;
  readonly machine: Machine;
  readonly options: BenchOptions;
  readonly cells: readonly Cell[];
}

export const SOFTWARE_WARNING =
  "This adapter is software, on the CPU: its times say nothing about GPUs. Checks, bytes and dispatches hold.";

export function headline({ machine, date }: Pick<BenchResult, "machine" | "date">): string {
  const { adapter, driver, versions, host, timestamps } = machine;
  const lines = [
    `statescan bench, ${date}`,
    `adapter   ${adapter.name}${adapter.vendor ? ` (${adapter.vendor} ${adapter.architecture})` : ""}`,
    `software  ${adapter.software ? "yes" : "no"}`,
    `driver    ${driver}, ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}`,
    `host      ${host.cpu}, ${host.cores} cores, ${host.platform}`,
    `timing    ${timestamps ? "timestamps of every dispatch" : "no timestamps: compute = execute minus upload"}`,
  ];
  if (adapter.software) lines.push("", SOFTWARE_WARNING);
  return lines.join("\n");
}

const median = (cell: Cell, phase: string): string => short(cell.phases?.[phase]?.median);
const COLUMNS: readonly Column<Cell>[] = [
  { title: "T", value: c => sizeText(c.T) },
  { title: "series", value: c => sizeText(c.series) },
  { title: "method", value: methodText, left: true },
  { title: "reps", value: c => String((c.phases?.total ?? c.phases?.execute)?.count ?? "-") },
  { title: "total", value: c => median(c, "total") },
  { title: "min", value: c => short(c.phases?.total?.min) },
  { title: "IQR", value: c => (c.phases?.total ? short(c.phases.total.q3 - c.phases.total.q1) : "-") },
  {
    title: "us/step",
    value: c => (c.phases?.total ? short((1000 * c.phases.total.median) / c.T / c.series) : "-"),
  },
  { title: "prepare", value: c => median(c, "prepare") },
  { title: "upload", value: c => median(c, "upload") },
  { title: "execute", value: c => median(c, "execute") },
  { title: "compute", value: c => median(c, "compute") },
  { title: "readback", value: c => median(c, "readback") },
  { title: "up", value: c => bytesText(c.work?.uploadBytes) },
  { title: "back", value: c => bytesText(c.work?.readbackBytes) },
  { title: "disp", value: c => String(c.work?.dispatches ?? "-") },
  { title: "GB/s", value: c => short(c.gigabytesPerSecond) },
  { title: "GFLOP/s", value: c => short(c.gigaflopsPerSecond) },
  { title: "check", value: checkText, left: true },
];

/** Method, with the chunk length and leaves where they were asked for. */
export function methodText({ method, asked }: Cell): string {
  const extra = [asked?.chunk && `chunk ${asked.chunk}`, asked?.leaves && `leaves ${asked.leaves}`];
  return [METHOD_NAMES[method], ...extra.filter(Boolean)].join(", ");
}

export function checkText({ check, outcome, note }: Cell): string {
  if (outcome === "skipped" || outcome === "error") return `${outcome}: ${note}`;
  if (check === "reference" || !check) return check ?? "";
  const { means, covariances, logLikelihood } = check;
  const numbers = [means, covariances, logLikelihood]
    .map(x => (x === 0 ? "0" : x.toExponential(0)))
    .join(" ");
  return check.passed ? numbers : `FAILED, not timed: ${numbers}`;
}

/** One table per task and state dimension, then what parallel gains; of a sweep, the best choices. */
export function tables(cells: readonly Cell[], sweep: boolean): string {
  if (sweep) return sweepTable(cells);
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) groups.set(groupName(cell), [...(groups.get(groupName(cell)) ?? []), cell]);
  const parts = [...groups].map(([name, own]) => `${name}\n${textTable(COLUMNS, own)}`);
  const limits = `Milliseconds, medians. Checked before timing, columns of check: means within ${LIMITS.means} sd, covariances ${LIMITS.covariances}, log-likelihood ${LIMITS.logLikelihood.toExponential()} relative.`;
  return [limits, ...parts, gains(cells)].filter(Boolean).join("\n\n");
}

const groupName = ({ task, n, m }: Cell): string => `${task}, n = ${n}, m = ${m}`;

/** How many times faster the parallel GPU call is than the others, by total time. */
function gains(cells: readonly Cell[]): string {
  const time = (cell: Cell, method: Cell["method"]) =>
    cells.find(
      c =>
        c.method === method &&
        !c.asked &&
        c.task === cell.task &&
        c.n === cell.n &&
        c.T === cell.T &&
        c.series === cell.series,
    )?.phases?.total?.median;
  const rows = cells.filter(c => c.method === "parallel" && !c.asked && c.phases?.total);
  if (rows.length === 0) return "";
  const gain = (cell: Cell, method: Cell["method"]) => {
    const other = time(cell, method);
    return other === undefined ? "-" : `${short(other / cell.phases!.total.median)}x`;
  };
  const columns: readonly Column<Cell>[] = [
    { title: "task", value: c => c.task, left: true },
    { title: "n", value: c => String(c.n) },
    { title: "T", value: c => sizeText(c.T) },
    { title: "series", value: c => sizeText(c.series) },
    { title: "GPU sequential", value: c => gain(c, "sequential") },
    { title: "CPU every step", value: c => gain(c, "cpu-every-step") },
    { title: "CPU settled", value: c => gain(c, "cpu") },
    { title: "CPU time-invariant", value: c => gain(c, "cpu-time-invariant") },
    { title: "GPU time-invariant", value: c => gain(c, "time-invariant") },
    { title: "GPU refined", value: c => gain(c, "refined") },
  ];
  return `GPU parallel is so many times faster (total time, below 1x: slower) than\n${textTable(columns, rows)}`;
}
