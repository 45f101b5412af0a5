/** Cells as CSV: one line each, with the sizes, what was done, every phase, and where it ran. */

import type { Cell } from "./cell.ts";
import type { BenchResult } from "./report.ts";

const PHASES = ["total", "prepare", "upload", "execute", "compute", "readback"] as const;
const PARTS = ["median", "min", "q1", "q3", "count"] as const;

type Value = string | number | boolean | undefined;
type Columns = Readonly<Record<string, (cell: Cell, result: BenchResult) => Value>>;

const check = (cell: Cell): Readonly<Record<string, number | boolean | undefined>> =>
  typeof cell.check === "object" ? { ...cell.check } : {};

const COLUMNS: Columns = {
  model: cell => cell.model ?? "linear-gaussian",
  task: cell => cell.task,
  method: cell => cell.method,
  n: cell => cell.n,
  m: cell => cell.m,
  system: cell => cell.system,
  gain: cell => cell.gain,
  updates: cell => cell.updates,
  T: cell => cell.T,
  series: cell => cell.series,
  outcome: cell => cell.outcome,
  hidden: cell => cell.hidden ?? false,
  runs_per_sample: cell => (cell.phases ? (cell.runsPerSample ?? 1) : undefined),
  ...Object.fromEntries(
    PHASES.flatMap(phase =>
      PARTS.map(part => [
        part === "count" ? `${phase}_count` : `${phase}_${part}_ms`,
        (cell: Cell) => cell.phases?.[phase]?.[part],
      ]),
    ),
  ),
  compute_from: cell => cell.computeFrom,
  check: cell => (cell.check === "reference" ? "reference" : (check(cell).passed ?? undefined)),
  check_means: cell => check(cell).means,
  check_covariances: cell => check(cell).covariances,
  check_log_likelihood: cell => check(cell).logLikelihood,
  check_probs: cell => check(cell).probs,
  check_path: cell => check(cell).path,
  check_states: cell => check(cell).states,
  plan: cell => cell.work?.plan ?? cell.plan,
  chunk: cell => cell.work?.chunk,
  leaves: cell => cell.work?.leaves,
  blocks: cell => cell.work?.blocks,
  dispatches: cell => cell.work?.dispatches,
  upload_bytes: cell => cell.work?.uploadBytes,
  readback_bytes: cell => cell.work?.readbackBytes,
  touched_bytes: cell => cell.work?.touchedBytes,
  least_bytes: cell => cell.work?.leastBytes,
  flops: cell => cell.work?.flops,
  gigabytes_per_second: cell => cell.gigabytesPerSecond,
  gigaflops_per_second: cell => cell.gigaflopsPerSecond,
  note: cell => cell.note,
  adapter: (_, { machine }) => machine.adapter.name,
  software_adapter: (_, { machine }) => machine.adapter.software,
  client: (_, { machine }) => machine.versions.webgpu,
  date: (_, { date }) => date,
};

/** Lines end in \r\n, text with commas, quotes or line ends is quoted (RFC 4180); what a cell does not have is empty. */
export function csvOf(result: BenchResult): string {
  const lines = result.cells.map(cell => Object.values(COLUMNS).map(value => quoted(value(cell, result))));
  return [Object.keys(COLUMNS), ...lines].map(line => `${line.join(",")}\r\n`).join("");
}

const quoted = (value: Value): string => {
  const text = value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
