/**
 * Everything that must hold, from a fresh clone: set-up, lint, types, build, tests in Node and in a real browser.
 * The last line is `N passed, N failed`, summed over the test runs; the exit code is not 0 if anything failed.
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
  let ok = false;
  try {
    ok = (await work()) !== false;
  } catch (error) {
    console.error(`${name}: ${error.message}`);
  }
  times.push([name, since(start), ok ? "ok" : "FAILED"]);
  if (!ok) failures.push(name);
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
  if (!existsSync(report)) {
    counts.failed++;
    return false;
  }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  // A file that cannot be loaded fails without a test of its own.
  const broken = testResults.filter(file => file.status === "failed" && file.assertionResults.length === 0);
  counts.passed += numPassedTests;
  counts.failed += numFailedTests + broken.length;
  return code === 0 && numPassedTests > 0;
};

const start = performance.now();
if (await stage("set-up", setup)) {
  await stage("lint", npm("lint"));
  await stage("types", npm("types"));
  if (await stage("build", npm("build"))) {
    await stage("tests in Node", vitest("unit"));
    await stage("tests in the browser", vitest("browser"));
    await stage("tests of the command's browser", vitest("cli"));
  }
}
say(`stages, ${since(start)} in all`);
for (const [name, seconds, result] of times) say(`  ${name.padEnd(32)} ${seconds.padStart(8)}  ${result}`);
if (failures.length > 0) say(`failed: ${failures.join(", ")}`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = failures.length > 0 || counts.failed > 0 ? 1 : 0;
