/** The bench in a page of headless Chrome, driven like the statescan command drives its own. */

import { withGpuPage } from "../src/cli/chrome/gpu_page.ts";
import type { BenchEvent } from "./cell.ts";
import type { Driver, Started } from "./driver.ts";
import { PAGE_FOLDER } from "./places.ts";

/** Timestamps as the GPU counts them, not rounded to 0.1 ms. */
const EXACT_TIMESTAMPS = "--enable-webgpu-developer-features";

/** A page that computes on the CPU for long gives no sign of life meanwhile. */
const SILENCE_MS = 300_000;

export const chrome: Driver = (options, started, emit) =>
  withGpuPage(
    {
      gpu: options.gpu,
      page: PAGE_FOLDER,
      flags: [EXACT_TIMESTAMPS],
      silenceLimit: SILENCE_MS,
      note: text => emit({ kind: "note", text }),
    },
    async ({ session, kind }) => {
      await session.call(
        "bench",
        { options, gpu: kind },
        {},
        {
          onFrame({ header }) {
            if (header.op === "started")
              started({ ...(header.started as Started), client: browserName(session.userAgent) });
            else if (header.op === "event") emit(header.event as BenchEvent);
          },
        },
      );
    },
  );

/** HeadlessChrome/156.0.0.0 out of a user agent. */
const browserName = (userAgent: string): string => /\w*Chrom\w*\/[\d.]+/.exec(userAgent)?.[0] ?? userAgent;
