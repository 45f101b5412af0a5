/**
 * The long table of docs/accuracy.md, on whatever adapter the browser has: `npm run accuracy`. Nothing is asserted about
 * the errors; they are written down. One file of rows, rewritten after every row, so that an interrupted run keeps what it has.
 */
import { expect, inject, test } from "vitest";
import { commands } from "vitest/browser";
import { type HmmAccuracyJob, measureHmmJob } from "./accuracy_hmm.ts";
import { type AccuracyJob, measureJob } from "./accuracy_job.ts";
import { useEngine } from "./shared_engine.ts";

declare module "vitest" {
  interface ProvidedContext {
    accuracy: {
      readonly file: string;
      readonly jobs: readonly AccuracyJob[];
      readonly hmmJobs: readonly HmmAccuracyJob[];
    };
  }
}

const engine = useEngine();
const { file, jobs, hmmJobs } = inject("accuracy");
const rows: unknown[] = [];
const hmmRows: unknown[] = [];
const save = (): Promise<void> =>
  commands.writeFile(file, JSON.stringify({ browser: navigator.userAgent, rows, hmmRows }));

for (const job of jobs)
  test(`${job.model}, T = ${job.steps}`, { timeout: 1_200_000 }, async () => {
    const row = await measureJob(engine(), job);
    rows.push(row);
    await save();
    expect(row.runs.length).toBe(job.runs.length);
  });

for (const job of hmmJobs)
  test(`hidden Markov, ${job.model}${job.givenLogLikelihoods ? ", log-likelihoods given" : ""}, T = ${job.steps}`, {
    timeout: 1_200_000,
  }, async () => {
    hmmRows.push(await measureHmmJob(engine(), job));
    await save();
  });
