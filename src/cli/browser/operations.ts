/** What the page can do, by name. */

import { createEngine, type EngineOptions, type Progress } from "../../api/index.ts";
import { type AnyJob, runAnyJob } from "../any_job.ts";
import { splitArray } from "../array_parts.ts";
import type { Frame, FrameArray } from "../frames.ts";
import { probeAdapter } from "../probe.ts";
import { packNumbers } from "../wire_numbers.ts";

/** Send a frame that belongs to the current call; resolves when there is room for the next. */
export type Reply = (
  op: string,
  fields?: Readonly<Record<string, unknown>>,
  arrays?: Readonly<Record<string, FrameArray>>,
) => Promise<void>;

interface Done {
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly arrays?: Readonly<Record<string, FrameArray>>;
}

export type Operation = (frame: Frame, reply: Reply) => Promise<Done>;

/** Progress frames are not sent more often than this. */
const PROGRESS_MS = 100;

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  /** Answers with the arrays it was sent: the proof of the transport. */
  async echo({ header, arrays }) {
    return { fields: { note: header.note }, arrays };
  },

  /** The adapter and its limits, straight from navigator.gpu. */
  async probe({ header }) {
    return { fields: { report: await probeAdapter(navigator.gpu, Number(header.timeout)) } };
  },

  /** A job of the library on the GPU; every result field is a frame of its own. */
  async run({ header, arrays }, reply) {
    const engine = await createEngine({ gpu: header.gpu as EngineOptions["gpu"] });
    try {
      let last = Number.NEGATIVE_INFINITY;
      const onProgress = (progress: Progress) => {
        const now = performance.now();
        if (now - last < PROGRESS_MS && progress.done < progress.total) return;
        last = now;
        void reply("progress", { progress });
      };
      const summary = await runAnyJob(
        { header: header.job, arrays } as AnyJob,
        { backend: "webgpu", engine, onProgress },
        async (name, array) => {
          for (const { header: part, part: data } of splitArray(name, array)) {
            await reply("field", { part }, { part: data });
          }
        },
      );
      return { fields: { summary: packNumbers(summary) } };
    } finally {
      engine.dispose();
    }
  },
};
