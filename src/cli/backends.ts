/** Where a job runs: in this process, or in the page of a headless Chrome. */

import type { Progress } from "../api/index.ts";
import { type AnyJob, runAnyJob } from "./any_job.ts";
import { addPart, type PartHeader } from "./array_parts.ts";
import { type GpuPageOptions, withGpuPage } from "./chrome/gpu_page.ts";
import { mayHaveGpu } from "./chrome/launch_chrome.mjs";
import type { FrameArray } from "./frames.ts";
import type { JobSummary } from "./job.ts";
import { adapterName } from "./probe.ts";
import { unpackNumbers } from "./wire_numbers.ts";

export interface JobResult {
  readonly summary: JobSummary;
  readonly fields: ReadonlyMap<string, FrameArray>;
}

/** The float64 code in this process. */
export async function runOnCpu(
  job: AnyJob,
  options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void },
): Promise<JobResult> {
  const fields = new Map<string, FrameArray>();
  const summary = await runAnyJob(
    job,
    { ...options, backend: "cpu" },
    (name, array) => void fields.set(name, array),
  );
  return { summary, fields };
}

/** The WGSL kernels in headless Chrome. */
export async function runOnWebGpu(
  job: AnyJob,
  options: GpuPageOptions & { onProgress?: (progress: Progress) => void },
): Promise<JobResult> {
  return withGpuPage(options, async ({ session, adapter, kind }) => {
    const fields = new Map<string, FrameArray>();
    const answer = await session.call("run", { job: job.header, gpu: kind }, job.arrays, {
      onFrame({ header, arrays }) {
        if (header.op === "progress") options.onProgress?.(header.progress as Progress);
        if (header.op === "field") addPart(fields, header.part as PartHeader, arrays.part.data);
      },
    });
    if (adapter.software) options.note?.(`adapter ${adapterName(adapter)} is software, not a GPU`);
    return { summary: unpackNumbers(answer.header.summary) as JobSummary, fields };
  });
}

/** Steps times squared state dimension from which starting a browser pays on a hardware GPU. */
const WORTH_A_BROWSER = 2e7;

/** What `--backend auto` means here. Asking for an adapter by --gpu asks for WebGPU. */
export function chooseBackend(
  backend: "auto" | "webgpu" | "cpu",
  gpu: "auto" | "hardware" | "software",
  work: number,
  hasGpu = mayHaveGpu(),
): "webgpu" | "cpu" {
  if (backend !== "auto") return backend;
  if (gpu !== "auto") return "webgpu";
  return hasGpu && work >= WORTH_A_BROWSER ? "webgpu" : "cpu";
}
