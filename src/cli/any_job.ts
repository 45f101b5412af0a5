/** Every job that the command and its page can run. */
import { type Emit, type Job, type JobOptions, type JobSummary, runJob } from "./job.ts";
import { type RecurrenceJob, runRecurrenceJob } from "./recurrence_job.ts";

export type AnyJob = Job | RecurrenceJob;

const isRecurrence = (job: AnyJob): job is RecurrenceJob => job.header.kind === "recurrence";

/**
 * Run a job.
 * @param emit called once per wanted field, in order
 * @throws every error of the library
 */
export const runAnyJob = (job: AnyJob, options: JobOptions, emit: Emit): Promise<JobSummary> =>
  isRecurrence(job) ? runRecurrenceJob(job, options, emit) : runJob(job, options, emit);
