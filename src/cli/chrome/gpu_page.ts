/**
 * A page with a WebGPU adapter: finds the browser, tries hardware, falls back to software where that is allowed,
 * and restarts a browser that died or hung once before giving up.
 */

import { DeviceError } from "../../api/index.ts";
import { type AdapterReport, adapterName } from "../probe.ts";
import { findChrome, HOW_TO_GET_CHROME } from "./find_chrome.mjs";
import { mayHaveGpu } from "./launch_chrome.mjs";
import { BrowserFailure, type BrowserSession, openSession, type SessionOptions } from "./session.ts";

export type GpuChoice = "auto" | "hardware" | "software";

export interface GpuPageOptions
  extends Pick<SessionOptions, "page" | "flags" | "signal" | "startLimit" | "silenceLimit"> {
  readonly gpu: GpuChoice;
  /** Told what a person should know: a fallback, a restart. */
  readonly note?: (text: string) => void;
  /** Program of the browser; by default it is searched. */
  readonly chrome?: string;
  /** Milliseconds for one adapter request. Default 10 000. */
  readonly adapterLimit?: number;
}

/** A page that has an adapter. */
export interface GpuPage {
  readonly session: BrowserSession;
  readonly adapter: AdapterReport;
  readonly kind: SessionOptions["kind"];
}

/** Time of the probe beyond its three adapter requests. */
const PROBE_SLACK_MS = 5000;

/**
 * Run a task on a page with an adapter; the task is repeated from its start if the browser fails once.
 * @throws DeviceError if there is no browser or no fitting adapter, or the browser failed twice
 */
export async function withGpuPage<T>(
  options: GpuPageOptions,
  task: (page: GpuPage) => Promise<T>,
): Promise<T> {
  const chrome = options.chrome ?? findChrome()?.path;
  if (!chrome) {
    const given = process.env.CHROME_PATH;
    throw new DeviceError(
      given
        ? `statescan: CHROME_PATH expected a program, got ${given}. Point it to Chrome or Chromium, or unset it.`
        : `statescan: backend "webgpu" expected Chrome or Chromium, got none. ${HOW_TO_GET_CHROME}`,
    );
  }
  let known: SessionOptions["kind"] | undefined;
  for (let attempt = 0; ; attempt++) {
    try {
      const page = await openGpuPage({ ...options, chrome }, known);
      known = page.kind;
      try {
        return await Promise.race([task(page), page.session.failed]);
      } finally {
        page.session.close();
      }
    } catch (error) {
      if (!(error instanceof BrowserFailure)) throw error;
      if (attempt > 0) {
        throw new DeviceError(
          `statescan: backend "webgpu" expected a working browser, got two failures; ${error.message}. ` +
            `Use --backend cpu, or set CHROME_PATH to another browser.`,
          { cause: error },
        );
      }
      options.note?.(`${error.message}; starting it again`);
    }
  }
}

async function openGpuPage(
  options: GpuPageOptions & { chrome: string },
  known: SessionOptions["kind"] | undefined,
): Promise<GpuPage> {
  const { gpu } = options;
  if (known ? known === "hardware" : gpu === "hardware" || (gpu === "auto" && mayHaveGpu())) {
    const found = await tryKind(options, "hardware");
    if ("session" in found) return found;
    if (gpu === "hardware") {
      throw new DeviceError(
        `statescan: --gpu expected a hardware adapter, got ${found.reason}. ` +
          "Check the graphics driver, or use --gpu auto or --backend cpu.",
      );
    }
    options.note?.(`no hardware adapter (${found.reason}); using a software one`);
  }
  const found = await tryKind(options, "software");
  if ("session" in found) return found;
  if (found.failure) throw found.failure;
  throw new DeviceError(
    `statescan: backend "webgpu" expected an adapter, got none (${found.reason}). ` +
      "Use --backend cpu, or set CHROME_PATH to another browser.",
  );
}

async function tryKind(
  options: GpuPageOptions & { chrome: string },
  kind: SessionOptions["kind"],
): Promise<GpuPage | { reason: string; failure?: BrowserFailure }> {
  const timeout = options.adapterLimit ?? 10_000;
  let session: BrowserSession | undefined;
  try {
    session = await openSession({ ...options, kind });
    const answer = await session.call("probe", { timeout }, {}, { limit: 3 * timeout + PROBE_SLACK_MS });
    const adapter = answer.header.report as AdapterReport;
    if (!adapter.error && !(kind === "hardware" && adapter.software)) return { session, adapter, kind };
    session.close();
    return { reason: adapter.error ?? `${adapterName(adapter)}, a software adapter` };
  } catch (error) {
    session?.close();
    if (error instanceof BrowserFailure) return { reason: error.message, failure: error };
    throw error;
  }
}
