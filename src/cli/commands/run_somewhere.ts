/** Where a prepared job runs: as asked for, or where it pays. */
import { AbortedError, DeviceError } from "../../api/index.ts";
import { type AnyJob, runAnyJob } from "../any_job.ts";
import type { Arguments } from "../arguments.ts";
import { chooseBackend, type JobResult, runOnCpu, runOnWebGpu } from "../backends.ts";
import type { GpuChoice } from "../chrome/gpu_page.ts";
import { PAGE_FOLDER } from "../places.ts";
import type { Reporter } from "../progress.ts";

interface Work {
  readonly job: AnyJob;
  /** Sum of steps times squared state dimension, of particles times their number. */
  readonly work: number;
}

/** @throws every error of the library, of the browser and of its adapter */
export async function runSomewhere(
  { job, work }: Work,
  options: Arguments["options"],
  signal: AbortSignal,
  reporter: Reporter,
): Promise<JobResult> {
  const asked = options.backend as "auto" | "webgpu" | "cpu";
  const gpu = options.gpu as GpuChoice;
  const watch = { signal, onProgress: reporter.progress };
  const free = asked === "auto" && gpu === "auto";
  if (chooseBackend(asked, gpu, work) === "cpu") return runOnCpu(job, watch);
  await checkJob(job);
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

/**
 * Let the library check a job, before a browser is started for it: it begins on the CPU with a signal that has stopped it
 * already, and looks at the signal after all checks.
 */
async function checkJob(job: AnyJob): Promise<void> {
  try {
    await runAnyJob(job, { backend: "cpu", signal: AbortSignal.abort() }, () => {});
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error;
  }
}
