/** One small case by `npm run bench` and on the page: one schema, and one answer in everything but time. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, suite, test } from "vitest";
import type { BenchResult } from "../../bench/report.ts";
import { resultFaults } from "../../bench/schema.ts";
import { untilRuns, useSite } from "./harness.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "out/test/bench");
const site = useSite();

/** A result without what differs from run to run. */
function timeless({ cells }: BenchResult): unknown[] {
  return cells.map(
    ({
      phases,
      first,
      msEach,
      perKernel,
      gigabytesPerSecond,
      gigaflopsPerSecond,
      runsPerSample,
      ...rest
    }) => ({
      ...rest,
      phases: Object.keys(phases ?? {}).sort(),
      kernels: perKernel?.map(({ kernel, dispatches }) => [kernel, dispatches]),
    }),
  );
}

suite("one case on the page and by the command", () => {
  let byCommand: BenchResult;
  beforeAll(() => {
    mkdirSync(FOLDER, { recursive: true });
    const file = join(FOLDER, "command.json");
    const args = `--n 2 --T 60,300 --task smoother --method time-invariant,time-invariant-sequential,cpu-time-invariant --repeat 1 --budget 30 --json ${file}`;
    execFileSync(process.execPath, [join(ROOT, "scripts/bench.mjs"), ...args.split(" ")], { stdio: "pipe" });
    byCommand = JSON.parse(readFileSync(file, "utf8"));
  }, 240_000);

  test("has the same schema and agrees in sizes, plan, bytes and errors", { timeout: 60_000 }, async () => {
    const { page, complaints } = await site.visit("benchmark/index.html", {
      link: "#v=1&task=smoother&n=2&T=60,300&repeat=1&budget=30",
      context: { permissions: ["clipboard-read", "clipboard-write"] },
    });
    await untilRuns(page);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await untilRuns(page, 2, 30_000);
    await page.click('[data-copy-as="json"]');
    await expect.poll(() => page.textContent("#taken")).toMatch(/^Copied/);
    const onPage: BenchResult = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(resultFaults(byCommand)).toEqual([]);
    expect(resultFaults(onPage)).toEqual([]);
    expect(onPage.format).toBe(byCommand.format);
    expect(onPage.machine.adapter.architecture).toBe(byCommand.machine.adapter.architecture);
    expect(onPage.options.grids).toEqual(byCommand.options.grids);
    expect(timeless(onPage)).toEqual(timeless(byCommand));
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
