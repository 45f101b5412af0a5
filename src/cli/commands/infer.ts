/** The commands that run on data: read, check, run, write. */

import { NumericalError } from "../../api/index.ts";
import type { Arguments } from "../arguments.ts";
import type { JobResult } from "../backends.ts";
import { EXIT } from "../exit_codes.ts";
import type { Call } from "../job.ts";
import { openOutput } from "../output/output.ts";
import { createReporter, type ProgressMode } from "../progress.ts";
import { checkOptions } from "./check_options.ts";
import { inOurWords } from "./our_words.ts";
import { type PreparedJob, readJob } from "./read_job.ts";
import { runSomewhere } from "./run_somewhere.ts";

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
    const result = await runSomewhere(prepared, options, signal, reporter).catch(error => {
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
