/**
 * The long table of docs/accuracy.md, on whatever adapter the browser has: `npm run accuracy`. Nothing is asserted about
 * the errors; they are written down. One file of rows, rewritten after every row, so that an interrupted run keeps what it has.
 */
import { expect, inject, test } from "vitest";
import { commands } from "vitest/browser";
import { type AccuracyJob, measureJob } from "./accuracy_job.ts";
import { useEngine } from "./shared_engine.ts";

declare module "vitest" {
  interface ProvidedContext {
    accuracy: { readonly file: string; readonly jobs: readonly AccuracyJob[] };
  }
}

const engine = useEngine();
const { file, jobs } = inject("accuracy");
const rows: unknown[] = [];

for (const job of jobs)
  test(`${job.model}, T = ${job.steps}`, { timeout: 1_200_000 }, async () => {
    const row = await measureJob(engine(), job);
    rows.push(row);
    await commands.writeFile(file, JSON.stringify({ browser: navigator.userAgent, rows }));
    expect(row.runs.length).toBe(job.runs.length);
  });
