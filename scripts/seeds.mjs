/**
 * Many draws of the two hard nonlinear models smoothed in float32: `npm run seeds`, about 10 minutes on a software adapter.
 *   --count 100   seeds of each case
 *   --json FILE   default out/seeds/seeds.json
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { setup } from "./setup.mjs";
import { inRoot, run, say, since } from "./stage.mjs";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100" },
    json: { type: "string", default: "out/seeds/seeds.json" },
  },
});
const count = Number(values.count);
if (!(Number.isInteger(count) && count > 0))
  throw new Error(
    `seeds: --count expected a whole number above 0, got "${values.count}". Write --count 100.`,
  );

const file = "out/seeds/rows.json";
mkdirSync(inRoot("out", "seeds"), { recursive: true });
rmSync(inRoot(file), { force: true });
const start = performance.now();
process.env.CHROME_PATH = (await setup()).browser;
process.env.SEEDS = JSON.stringify({ file, count });
const code = await run("npx", ["--no-install", "vitest", "run", "--project", "seeds"]);
const { browser, adapter, software, rows } = JSON.parse(readFileSync(inRoot(file), "utf8"));
const { version } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
const cases = [...new Set(rows.map(row => `${row.name}, ${row.linearization}`))].map(name => {
  const own = rows.filter(row => `${row.name}, ${row.linearization}` === name);
  return {
    name,
    draws: own.length,
    steps: own[0].steps,
    drawsWithNumbersThatAreNotFinite: own.filter(row => row.notFinite > 0).length,
    failed: own.filter(row => row.status !== "ok").length,
    convergedInFiveIterations: own.filter(row => row.converged).length,
  };
});
const report = {
  what: "iterated smoothers in float32, parallel in time, of draws from the model itself; one row a draw",
  date: new Date().toISOString().slice(0, 10),
  adapter: software ? `${adapter} (software)` : adapter,
  statescan: version,
  browser,
  cases,
  rows,
};
mkdirSync(dirname(values.json), { recursive: true });
writeFileSync(values.json, `${JSON.stringify(report, null, 1)}\n`);
for (const { name, draws, drawsWithNumbersThatAreNotFinite, failed, convergedInFiveIterations } of cases)
  say(
    `${name}: ${draws} draws, ${drawsWithNumbersThatAreNotFinite} with numbers that are not finite, ${failed} failed, ${convergedInFiveIterations} converged in five iterations`,
  );
say(`${values.json}, ${since(start)}`);
process.exitCode = code;
