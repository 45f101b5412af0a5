/** Cells and where they were measured, as text for people and JSON for programs. */

import type { AdapterInfo } from "../src/engine/index.ts";
import { type Cell, HMM_LIMITS, LIMITS, METHOD_NAMES, STATES_LIMIT } from "./cell.ts";
import type { BenchOptions } from "./options.ts";
import { sweepTable } from "./sweep.ts";
import { bytesText, type Column, short, sizeText, textTable } from "./table.ts";

/** Where and with what a bench ran. */
export interface Machine {
  readonly adapter: AdapterInfo;
  readonly timestamps: boolean;
  readonly driver: BenchOptions["driver"];
  /** ms, smallest step of the clock, where it was measured. */
  readonly clockStep?: number;
  /** statescan, the browser or Dawn's package, and node where it drives. */
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

/** Hidden Markov models: bytes of a step that the kernels touch, and those that y and the outputs have. */
const perStep = ({ T, series }: Cell, bytes: number | undefined): string =>
  short(bytes === undefined ? undefined : bytes / T / series);
const HMM_COLUMNS: readonly Column<Cell>[] = [
  ...COLUMNS.slice(0, -1),
  { title: "B/step", value: c => perStep(c, c.work?.touchedBytes) },
  { title: "least", value: c => perStep(c, c.work?.leastBytes) },
  ...COLUMNS.slice(-1),
];

const RECURRENCE_TITLES = ["T", "series", "method", "reps", "total", "min", "IQR", "us/step", "prepare"];
const RECURRENCE_COLUMNS: readonly Column<Cell>[] = [
  ...COLUMNS.filter(({ title }) => RECURRENCE_TITLES.includes(title)),
  { title: "updates", value: c => String(c.updates ?? "-") },
  ...COLUMNS.slice(-1),
];
const COLUMNS_OF = { hmm: HMM_COLUMNS, recurrence: RECURRENCE_COLUMNS } as const;

/** Method, with the chunk length and leaves where they were asked for. */
export function methodText({ method, asked, model }: Cell): string {
  const extra = [asked?.chunk && `chunk ${asked.chunk}`, asked?.leaves && `leaves ${asked.leaves}`];
  const name = model && method === "cpu" ? "CPU f64" : METHOD_NAMES[method];
  return [name, ...extra.filter(Boolean)].join(", ");
}

export function checkText({ check, outcome, note }: Cell): string {
  if (outcome === "skipped" || outcome === "error") return `${outcome}: ${note}`;
  if (check === "reference") return check;
  const { passed, ...errors } = check ?? { passed: outcome === "timed" };
  const numbers = Object.values(errors as Record<string, number | undefined>)
    .filter(x => x !== undefined)
    .map(x => (x === 0 ? "0" : x.toExponential(0)));
  return passed ? numbers.join(" ") : `FAILED, not timed: ${[note, ...numbers].filter(Boolean).join(", ")}`;
}

/** One table per task and state dimension, then what parallel gains; of a sweep, the best choices. */
export function tables(cells: readonly Cell[], sweep: boolean): string {
  if (sweep) return sweepTable(cells);
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) groups.set(groupName(cell), [...(groups.get(groupName(cell)) ?? []), cell]);
  const parts = [...groups].map(
    ([name, own]) => `${name}\n${textTable(own[0].model ? COLUMNS_OF[own[0].model] : COLUMNS, own)}`,
  );
  const hmm = cells.some(cell => cell.model === "hmm");
  const recurrence = cells.some(cell => cell.model === "recurrence");
  const linearGaussian = cells.some(cell => !cell.model);
  const limits = `Milliseconds, medians. Checked before timing, columns of check: means within ${LIMITS.means} sd, covariances ${LIMITS.covariances}, log-likelihood ${LIMITS.logLikelihood.toExponential()} relative.`;
  const hmmLimits = `Milliseconds, medians; B/step: bytes of a step that the kernels touch, least: of y and of the outputs asked for. Checked before timing, columns of check: probabilities within ${HMM_LIMITS.probs.toExponential()}, log-likelihood ${HMM_LIMITS.logLikelihood.toExponential()} relative; decode: log-probability of the path ${HMM_LIMITS.path.toExponential()} relative.`;
  const recurrenceLimits = `Milliseconds, medians of the call. Checked before timing: states within ${STATES_LIMIT} of the largest, converged.`;
  return [
    linearGaussian || !(hmm || recurrence) ? limits : "",
    hmm ? hmmLimits : "",
    recurrence ? recurrenceLimits : "",
    ...parts,
    gains(cells.filter(cell => !cell.model)),
    gains(cells.filter(cell => cell.model === "hmm")),
    recurrenceGains(cells),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function groupName({ task, n, m, model, system, gain }: Cell): string {
  if (model === "hmm") return `hidden Markov ${task}, K = ${n}`;
  if (model === "recurrence") return `${system}, n = ${n}${gain === undefined ? "" : `, gain ${gain}`}`;
  return `${task}, n = ${n}, m = ${m}`;
}

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
  const hmm = rows[0].model === "hmm";
  const sizes: readonly Column<Cell>[] = [
    { title: "task", value: c => c.task, left: true },
    { title: hmm ? "K" : "n", value: c => String(c.n) },
    { title: "T", value: c => sizeText(c.T) },
    { title: "series", value: c => sizeText(c.series) },
    { title: "GPU sequential", value: c => gain(c, "sequential") },
  ];
  const hosts: readonly Column<Cell>[] = [
    { title: "CPU every step", value: c => gain(c, "cpu-every-step") },
    { title: "CPU settled", value: c => gain(c, "cpu") },
    { title: "CPU time-invariant", value: c => gain(c, "cpu-time-invariant") },
    { title: "GPU time-invariant", value: c => gain(c, "time-invariant") },
    { title: "GPU refined", value: c => gain(c, "refined") },
  ];
  const columns = [...sizes, ...(hmm ? [{ title: "CPU", value: (c: Cell) => gain(c, "cpu") }] : hosts)];
  return `GPU parallel is so many times faster${hmm ? ", hidden Markov" : ""} (total time, below 1x: slower) than\n${textTable(columns, rows)}`;
}

/** How many times faster updates of whole trajectories are than going step by step. */
function recurrenceGains(cells: readonly Cell[]): string {
  const rows = cells.filter(
    ({ method, phases }) => (method === "newton" || method === "quasi") && phases?.total,
  );
  if (rows.length === 0) return "";
  const gain = (cell: Cell, method: Cell["method"]): string => {
    const other = cells.find(
      c =>
        c.method === method && groupName(c) === groupName(cell) && c.T === cell.T && c.series === cell.series,
    )?.phases?.total?.median;
    return other === undefined ? "-" : `${short(other / cell.phases!.total.median)}x`;
  };
  const columns: readonly Column<Cell>[] = [
    { title: "recurrence", value: groupName, left: true },
    { title: "T", value: c => sizeText(c.T) },
    { title: "series", value: c => sizeText(c.series) },
    { title: "method", value: methodText, left: true },
    { title: "GPU sequential", value: c => gain(c, "sequential") },
    { title: "CPU", value: c => gain(c, "cpu") },
  ];
  return `Updates of whole trajectories are so many times faster (below 1x: slower) than\n${textTable(columns, rows)}`;
}
