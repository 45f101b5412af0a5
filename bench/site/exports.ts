/** Results leave the page: to the clipboard or as a file. */

import { copyText } from "../../examples/site/shell.ts";
import { csvOf } from "../csv.ts";
import type { BenchResult } from "../report.ts";

export type Format = "json" | "csv";

const TYPES: Readonly<Record<Format, string>> = { json: "application/json", csv: "text/csv" };

export const textOf = (result: BenchResult, format: Format): string =>
  format === "csv" ? csvOf(result) : `${JSON.stringify(result, undefined, 1)}\n`;

/** @returns what happened, in a sentence */
export async function copyResult(result: BenchResult, format: Format): Promise<string> {
  const rows = `${result.cells.length} ${result.cells.length === 1 ? "row" : "rows"}`;
  return (await copyText(textOf(result, format)))
    ? `Copied ${rows} as ${format.toUpperCase()}.`
    : "The clipboard is not open to this page here. Download the file instead.";
}

export function downloadResult(result: BenchResult, format: Format): string {
  const name = `statescan-bench-${result.date.slice(0, 10)}.${format}`;
  const url = URL.createObjectURL(new Blob([textOf(result, format)], { type: TYPES[format] }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  return `Saved as ${name}.`;
}
