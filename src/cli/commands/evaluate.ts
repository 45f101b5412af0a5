/** The commands on recurrences, evaluate and lyapunov: read, check, run, write. */
import { NumericalError } from "../../api/index.ts";
import type { Arguments } from "../arguments.ts";
import type { JobResult } from "../backends.ts";
import { EXIT, UsageError } from "../exit_codes.ts";
import { openOutput } from "../output/output.ts";
import { createReporter, type ProgressMode } from "../progress.ts";
import type { RecurrenceCall } from "../recurrence_job.ts";
import { fieldLabels, keepOutput } from "./check_options.ts";
import { inOurWords } from "./our_words.ts";
import { type ReadRecurrence, readRecurrence, readRecurrenceJob } from "./read_recurrence.ts";
import { checkRecurrenceOptions, guessFile } from "./recurrence_options.ts";
import { runSomewhere } from "./run_somewhere.ts";

type Options = Arguments["options"];

/**
 * @returns exit code: done, or some series failed. Not to converge is no failure
 * @throws every error of bad input, of the adapter and of the numbers
 */
export async function evaluateCommand(
  call: RecurrenceCall,
  options: Options,
  signal: AbortSignal,
): Promise<number> {
  checkRecurrenceOptions(call, options);
  const { model, wgsl, data } = options as { model?: string; wgsl?: string; data?: string[] };
  const read = [model, wgsl, guessFile(options), ...(data ?? [])].filter(path => path !== undefined);
  keepOutput(call, options, read);
  const given = fieldLabels(call, options, "recurrence");
  const recurrence = await readRecurrence(call, options);
  const fields = fieldsOf(call, options, given, recurrence);
  const output = openOutput(call, options.out as string | undefined, fields);
  const reporter = createReporter(call, options.progress as ProgressMode);
  try {
    const note = (text: string) => reporter.note(text);
    const prepared = await readRecurrenceJob(call, options, recurrence, fields, note);
    const result = await runSomewhere(prepared, options, signal, reporter).catch(error => {
      throw inOurWords(error, call, prepared.columns);
    });
    reporter.end();
    const { seriesNames, job } = prepared;
    const failed = failures(call, seriesNames, result);
    const { batched } = job.header;
    for (const text of unconverged(seriesNames, batched, result)) note(text);
    await output.write({ call, ...result, batched, seriesNames }, signal);
    if (failed.length === 0) return EXIT.done;
    console.error(`${call}: ${failed.length} of ${seriesNames.length} series failed: ${failed.join(", ")}.`);
    return EXIT.someFailed;
  } finally {
    reporter.end();
  }
}

/** There are exponents per unit of time where a step stands for some. */
function fieldsOf(
  call: RecurrenceCall,
  options: Options,
  labels: string[],
  { model }: ReadRecurrence,
): string[] {
  if (model.timeStep !== undefined || !labels.includes("exponentsPerTime")) return labels;
  if (options.fields === undefined) return labels.filter(label => label !== "exponentsPerTime");
  throw new UsageError(
    `${call}: --fields expected no exponentsPerTime for a model whose steps have no length, got it. Add "dt" to the document.`,
  );
}

/** Names of the series that failed; throws when nothing is left. */
function failures(call: RecurrenceCall, names: readonly string[], { summary }: JobResult): string[] {
  const failed = summary.statuses.flatMap((status, i) =>
    status === "ok" || status === "maxIterations" ? [] : [i],
  );
  if (failed.length === 0) return [];
  const [first] = failed;
  const step = (i: number) =>
    (summary.failedSteps?.[i] ?? -1) < 0 ? "" : ` at step ${summary.failedSteps?.[i]}`;
  if (failed.length < names.length) return failed.map(i => `${names[i]} (${summary.statuses[i]}${step(i)})`);
  const status = summary.statuses[first];
  const who = names.length === 1 ? "" : `, in all ${names.length} series, the first ${names[first]}`;
  const text =
    status === "nonFinite"
      ? `model expected a function with finite values along its trajectory, got none${step(first)}${who}. Check its domain there, or the initial state.`
      : `result expected a finite merit, got status ${status}${who}. Try --damping 0.5, --clip, --method elk, or sequential.`;
  throw new NumericalError(`${call}: ${text}`, status);
}

/** What a person should know of series that did not reach the tolerance. */
function unconverged(names: readonly string[], batched: boolean, { summary }: JobResult): string[] {
  const { iterations = [], merit = [] } = summary;
  const all = summary.statuses.flatMap((status, i) => (status === "maxIterations" ? [i] : []));
  if (all.length === 0) return [];
  const [i] = all;
  const who = batched ? `${all.length} of ${names.length} series, the first ${names[i]}, ` : "";
  return [
    `${who}not converged after ${iterations[i]} updates, merit per step ${merit[i].toPrecision(2)}; give more by --max-iterations, or another --method`,
  ];
}
