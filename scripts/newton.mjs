/**
 * The tables of docs/parallel-newton.md: `npm run newton`, about half an hour on a software adapter.
 *   --json FILE   default out/newton/newton.json
 *   --only NAMES  a regular expression: those tests alone; their rows take the places of those of the same table, name, method and steps
 *                 in FILE
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { setup } from "./setup.mjs";
import { inRoot, run, say, since } from "./stage.mjs";

const { values } = parseArgs({
  options: { json: { type: "string", default: "out/newton/newton.json" }, only: { type: "string" } },
});
const file = "out/newton/rows.json";
mkdirSync(inRoot("out", "newton"), { recursive: true });
rmSync(inRoot(file), { force: true });
const start = performance.now();
process.env.CHROME_PATH = (await setup()).browser;
process.env.NEWTON = JSON.stringify({ file });
const code = await run("npx", [
  "--no-install",
  "vitest",
  "run",
  "--project",
  "newton",
  ...(values.only ? ["-t", values.only] : []),
]);
const { browser, adapter, software, rows: made } = JSON.parse(readFileSync(inRoot(file), "utf8"));
const key = ({ table, name, method, steps }) => [table, name, method, steps].join();
const before =
  values.only && existsSync(values.json) ? JSON.parse(readFileSync(values.json, "utf8")).rows : [];
const anew = new Map(made.map(row => [key(row), row]));
const kept = before.map(row => anew.get(key(row)) ?? row);
const rows = [...kept, ...made.filter(row => !before.some(old => key(old) === key(row)))];
const { version } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
const report = {
  what: "recurrences evaluated by iteration in float32, beside float64; one row a run",
  date: new Date().toISOString().slice(0, 10),
  adapter: software ? `${adapter} (software)` : adapter,
  statescan: version,
  browser,
  rows,
};
mkdirSync(dirname(values.json), { recursive: true });
writeFileSync(values.json, `${JSON.stringify(report, null, 1)}\n`);
say(`${made.length} rows of ${rows.length}, ${values.json}, ${since(start)}`);
process.exitCode = code;
