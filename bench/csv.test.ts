import { readFileSync } from "node:fs";
import { join } from "node:path";
import Papa from "papaparse";
import { expect, suite, test } from "vitest";
import { csvOf } from "./csv.ts";
import type { BenchResult } from "./report.ts";

const result: BenchResult = JSON.parse(
  readFileSync(
    join(import.meta.dirname, "results/software-adapter-swiftshader-chrome-2026-11-21.json"),
    "utf8",
  ),
);

suite("csvOf()", () => {
  const parse = (value: BenchResult) =>
    Papa.parse<Record<string, string>>(csvOf(value), { header: true, skipEmptyLines: true });

  test("has a line for every cell, with the numbers of the result", () => {
    const { data, errors } = parse(result);
    expect(errors).toEqual([]);
    expect(data).toHaveLength(result.cells.length);
    for (const [i, cell] of result.cells.entries()) {
      expect(data[i]).toMatchObject({ method: cell.method, T: String(cell.T), n: String(cell.n) });
      expect(data[i].total_median_ms).toBe(String(cell.phases?.total?.median ?? ""));
      expect(data[i].adapter).toBe(result.machine.adapter.name);
      expect(data[i].software_adapter).toBe("true");
    }
  });

  test("quotes notes with commas, quotes and line ends", () => {
    const note = 'expected "a", got b\nand more';
    const cells = [{ ...result.cells[0], outcome: "error" as const, note, phases: undefined }];
    const { data } = parse({ ...result, cells });
    expect(data[0]).toMatchObject({ note, outcome: "error", total_median_ms: "", runs_per_sample: "" });
  });
});
