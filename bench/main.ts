/** The bench command: reads its arguments, runs a driver, prints tables, writes JSON after every cell. */

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { HELP, parseArguments } from "./arguments.ts";
import type { BenchEvent, Cell } from "./cell.ts";
import type { Driver } from "./driver.ts";
import type { BenchOptions } from "./options.ts";
import { packageVersion } from "./places.ts";
import { type BenchResult, checkText, headline, type Machine, methodText, tables } from "./report.ts";
import { sweepTime } from "./sweep.ts";
import { short } from "./table.ts";

// The browser is ended by an exit handler; a signal alone would not run it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  let options: BenchOptions;
  try {
    options = parseArguments(args);
  } catch (error) {
    console.error((error as Error).message);
    return 2;
  }
  try {
    return await bench(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

async function bench(options: BenchOptions): Promise<number> {
  const date = new Date().toISOString();
  const cells: Cell[] = [];
  let machine: Machine | undefined;
  const result = (): BenchResult => ({
    format: "statescan/bench@1",
    date,
    machine: machine!,
    options,
    cells,
  });
  const save = () => {
    if (options.json) writeFileSync(options.json, `${JSON.stringify(result(), undefined, 1)}\n`);
  };
  const emit = (event: BenchEvent) => {
    if (event.kind === "note") return console.error(event.text);
    if (event.kind === "begin") return;
    cells.push(event.cell);
    console.error(progressLine(event.cell));
    save();
  };
  const driver: Driver =
    options.driver === "dawn"
      ? (await import("./driver_dawn.ts")).dawn
      : (await import("./driver_chrome.ts")).chrome;
  await driver(
    options,
    ({ adapter, timestamps, client }) => {
      // A restarted browser begins anew.
      cells.length = 0;
      machine = { adapter, timestamps, driver: options.driver, versions: versions(client), host: host() };
      console.log(`${headline({ machine, date })}\n`);
    },
    emit,
  );
  const text = tables(cells, options.sweep);
  console.log(text);
  save();
  if (options.table) writeFileSync(options.table, `${headline(result())}\n\n${text}\n`);
  const bad = cells.filter(({ outcome }) => outcome === "check failed" || outcome === "error");
  if (bad.length > 0) console.log(`\n${bad.length} cells failed their check or ended with an error`);
  return bad.length > 0 ? 1 : 0;
}

function progressLine(cell: Cell): string {
  const ms = cell.phases?.total?.median ?? sweepTime(cell);
  const time = ms === undefined ? "" : `${short(ms)} ms  `;
  return `  ${methodText(cell).padEnd(20)}  ${time}${checkText(cell)}`;
}

const versions = (client: string): Record<string, string> => ({
  statescan: packageVersion(),
  node: process.versions.node,
  webgpu: client,
});

const host = (): Machine["host"] => ({
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model ?? "unknown processor",
  cores: cpus().length,
});

process.exitCode = await main(process.argv.slice(2));
