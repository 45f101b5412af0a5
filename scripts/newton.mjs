/**
 * The tables of docs/parallel-newton.md: `npm run newton`, about 20 minutes on a software adapter.
 *   --json FILE   default out/newton/newton.json
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { setup } from "./setup.mjs";
import { inRoot, run, say, since } from "./stage.mjs";

const { values } = parseArgs({ options: { json: { type: "string", default: "out/newton/newton.json" } } });
const file = "out/newton/rows.json";
mkdirSync(inRoot("out", "newton"), { recursive: true });
rmSync(inRoot(file), { force: true });
const start = performance.now();
process.env.CHROME_PATH = (await setup()).browser;
process.env.NEWTON = JSON.stringify({ file });
const code = await run("npx", ["--no-install", "vitest", "run", "--project", "newton"]);
const { browser, adapter, software, rows } = JSON.parse(readFileSync(inRoot(file), "utf8"));
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
say(`${rows.length} rows, ${values.json}, ${since(start)}`);
process.exitCode = code;
