/**
 * Everything that must hold, from a fresh clone: set-up, lint, types, build, tests in Node and in a real browser.
 * The last line is `N passed, N failed`: tests, and stages that failed otherwise; the exit code is 0 only if none did.
 */

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { setup } from "./setup.mjs";
import { inRoot, run, say, since } from "./stage.mjs";

const counts = { passed: 0, failed: 0 };
const times = [];
const failures = [];

async function stage(name, work) {
  say(`${name} ...`);
  const start = performance.now();
  const failedBefore = counts.failed;
  let ok = false;
  try {
    ok = (await work()) !== false;
  } catch (error) {
    console.error(`${name}: ${error.message}`);
  }
  times.push([name, since(start), ok ? "ok" : "FAILED"]);
  if (!ok) failures.push(name);
  // A stage that fails without a failed test of its own is one failure: the last line must not look clean.
  if (!ok && counts.failed === failedBefore) counts.failed++;
  return ok;
}

const npm = script => async () => (await run("npm", ["run", "--silent", script])) === 0;

/** Run one Vitest project and add what its JSON report counts. */
const vitest = project => async () => {
  const report = inRoot("out", "test", `${project}.json`);
  mkdirSync(inRoot("out", "test"), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await run("npx", ["--no-install", "vitest", "run", "--project", project, ...reporters]);
  if (!existsSync(report)) return false;
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  // A file that cannot be loaded fails without a test of its own.
  const broken = testResults.filter(file => file.status === "failed" && file.assertionResults.length === 0);
  counts.passed += numPassedTests;
  counts.failed += numFailedTests + broken.length;
  return code === 0 && numPassedTests > 0;
};

const start = performance.now();
const ready = await stage("set-up", async () => {
  // The browser tests take the browser that was verified.
  process.env.CHROME_PATH = (await setup()).browser;
});
if (ready) {
  await stage("lint", npm("lint"));
  // Neither needs all cores.
  const [, built] = await Promise.all([stage("types", npm("types")), stage("build", npm("build"))]);
  if (built) {
    await stage("tests in Node", vitest("unit"));
    await stage("tests in the browser", vitest("browser"));
    await stage("tests of the command's browser", vitest("cli"));
    await stage("tests of the site", vitest("site"));
  }
}
say(`stages, ${since(start)} in all`);
for (const [name, seconds, result] of times) say(`  ${name.padEnd(32)} ${seconds.padStart(8)}  ${result}`);
if (failures.length > 0) say(`failed: ${failures.join(", ")}`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = failures.length > 0 || counts.failed > 0 ? 1 : 0;
