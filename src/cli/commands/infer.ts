/** The commands that run on data: read, check, run, write. */

import { DeviceError, NumericalError } from "../../api/index.ts";
import type { Arguments } from "../arguments.ts";
import { chooseBackend, type JobResult, runOnCpu, runOnWebGpu } from "../backends.ts";
import type { GpuChoice } from "../chrome/gpu_page.ts";
import { EXIT } from "../exit_codes.ts";
import type { Call } from "../job.ts";
import { openOutput } from "../output/output.ts";
import { PAGE_FOLDER } from "../places.ts";
import { createReporter, type ProgressMode, type Reporter } from "../progress.ts";
import { checkOptions } from "./check_options.ts";
import { inOurWords } from "./our_words.ts";
import { checkJob, type PreparedJob, readJob } from "./read_job.ts";

/**
 * @returns exit code: done, or some series failed
 * @throws every error of bad input, of the adapter and of the numbers
 */
export async function infer(call: Call, options: Arguments["options"], signal: AbortSignal): Promise<number> {
  const fields = checkOptions(call, options);
  const output = openOutput(call, options.out as string | undefined, fields);
  const reporter = createReporter(call, options.progress as ProgressMode);
  try {
    const prepared = await readJob(call, options, text => reporter.note(text));
    const result = await runJobSomewhere(prepared, options, signal, reporter).catch(error => {
      throw inOurWords(error, call, prepared.columns);
    });
    reporter.end();
    const failed = failures(call, prepared, result);
    await output.write(
      { call, ...result, batched: prepared.job.header.batched, seriesNames: prepared.seriesNames },
      signal,
    );
    if (failed.length === 0) return EXIT.done;
    console.error(
      `${call}: ${failed.length} of ${result.summary.numSeries} series failed: ${failed.join(", ")}.`,
    );
    return EXIT.someFailed;
  } finally {
    reporter.end();
  }
}

async function runJobSomewhere(
  prepared: PreparedJob,
  options: Arguments["options"],
  signal: AbortSignal,
  reporter: Reporter,
): Promise<JobResult> {
  const { job, work } = prepared;
  const asked = options.backend as "auto" | "webgpu" | "cpu";
  const gpu = options.gpu as GpuChoice;
  const watch = { signal, onProgress: reporter.progress };
  const free = asked === "auto" && gpu === "auto";
  if (chooseBackend(asked, gpu, work) === "cpu") return runOnCpu(job, watch);
  await checkJob(prepared);
  const note = (text: string) => reporter.note(text);
  // Left to itself, the command wants a GPU or none: software adapters are slower than the CPU code.
  try {
    return await runOnWebGpu(job, { ...watch, note, page: PAGE_FOLDER, gpu: free ? "hardware" : gpu });
  } catch (error) {
    if (!free || !(error instanceof DeviceError)) throw error;
    note(`${error.message} Running on the CPU instead.`);
    return runOnCpu(job, watch);
  }
}

/** Names of the series that failed; throws when nothing is left. */
function failures(call: Call, { seriesNames }: PreparedJob, { summary }: JobResult): string[] {
  const failed = summary.statuses.flatMap((status, i) => (status === "ok" ? [] : [i]));
  if (failed.length > 0 && failed.length === summary.numSeries) {
    const status = summary.statuses[failed[0]];
    const who = summary.numSeries === 1 ? "" : `, in all ${summary.numSeries} series`;
    const states = summary.unidentifiedStates?.[failed[0]]?.join(", ");
    const impossible = summary.impossibleSteps?.[failed[0]];
    const fix =
      impossible !== undefined
        ? `No state can give the observation of step ${impossible}: correct it, leave its cells empty, or allow it.`
        : status === "illConditioned"
          ? "The covariance form would lose too many digits. Use --form squareRoot."
          : status === "unidentified"
            ? `The data never tell about the diffuse state${states ? ` ${states}` : "s"}: observe it, or give it a proper prior in initial.`
            : `Check the scale of the data and the covariances of the model${summary.run?.backend === "cpu" ? "" : ", or try --backend cpu"}.`;
    throw new NumericalError(`${call}: result expected status ok, got ${status}${who}. ${fix}`, status);
  }
  return failed.map(i => `${seriesNames[i]} (${summary.statuses[i]})`);
}
