/** Vite plugin: stored results of the bench for the page, an index and one module for each run with what a chart needs. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import type { Cell } from "../../bench/cell.ts";
import type { BenchResult } from "../../bench/report.ts";
import { isBenchResult } from "../../bench/schema.ts";

const INDEX = "virtual:stored-runs";
const ONE = "virtual:stored-run/";

/** Runs with timed cells, newest first. */
function storedRuns(folder: string): (readonly [id: string, result: BenchResult])[] {
  return readdirSync(folder)
    .filter(name => name.endsWith(".json"))
    .map(name => [name.replace(/\.json$/, ""), JSON.parse(readFileSync(join(folder, name), "utf8"))] as const)
    .filter(([, value]) => isBenchResult(value) && value.cells.some(cell => cell.phases?.total))
    .sort(([, a], [, b]) => b.date.localeCompare(a.date));
}

/** A cell without what only its JSON file needs. */
function trimmed({ model, K, n, m, T, series, task, method, outcome, phases }: Cell): Partial<Cell> {
  const total = phases?.total;
  return { model, K, n, m, T, series, task, method, outcome, ...(total ? { phases: { total } } : {}) };
}

export function storedRunModules(root: string): Plugin {
  const folder = join(root, "bench/results");
  const text = (value: unknown): string => JSON.stringify(value);
  return {
    name: "statescan-stored-runs",
    resolveId: id => (id === INDEX || id.startsWith(ONE) ? `\0${id}` : undefined),
    load(id) {
      if (id === `\0${INDEX}`) {
        const entries = storedRuns(folder).map(([name, { date, machine }]) => {
          const { adapter, versions, host, driver } = machine;
          const head = {
            id: name,
            date: date.slice(0, 10),
            adapter: adapter.name,
            software: adapter.software,
          };
          const tail = { client: versions.webgpu ?? driver, host: `${host.cpu}, ${host.cores} cores` };
          return `{ ...${text({ ...head, ...tail })}, load: () => import(${text(ONE + name)}).then(m => m.default) }`;
        });
        return `export default [${entries.join(",\n")}];`;
      }
      if (!id.startsWith(`\0${ONE}`)) return undefined;
      const [, result] = storedRuns(folder).find(([name]) => id === `\0${ONE}${name}`)!;
      const cells = result.cells.filter(cell => cell.phases?.total).map(trimmed);
      return `export default JSON.parse(${text(text(cells))});`;
    },
  };
}
