/** Opens pages of the built site in real Chromium and collects everything they complain about. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import { afterAll, beforeAll, expect } from "vitest";
import { findChrome } from "../../src/cli/chrome/find_chrome.mjs";
import { FASTER_COMPILER } from "../faster_compiler.ts";
import { type Site, serveSite } from "./server.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Chromium's own remarks on the software adapter, which no page can prevent. */
const OF_THE_BROWSER = [
  /WebGPU is experimental on this platform/,
  /powerPreference option is currently ignored/,
];

export interface Visit {
  /** Hide WebGPU from the page. Default false. */
  readonly withoutWebGpu?: boolean;
  readonly theme?: "light" | "dark";
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Runs in the page before anything else. */
  readonly before?: string;
  /** What comes after the page's path: ?… or #… */
  readonly link?: string;
  readonly context?: BrowserContextOptions;
}

export interface Visited {
  readonly page: Page;
  /** Console errors and warnings, uncaught errors, failed requests. */
  readonly complaints: string[];
}

/** Serves the site and starts a browser for the suites of a file. */
export function useSite(): {
  visit(path: string, options?: Visit): Promise<Visited>;
  readonly browser: Browser;
  /** Of the site, without a slash at the end. */
  readonly address: string;
} {
  let site: Site;
  let browser: Browser;
  beforeAll(async () => {
    site = await serveSite();
    browser = await chromium.launch({
      executablePath: findChrome()?.path,
      args: [
        "--no-sandbox",
        "--enable-unsafe-webgpu",
        "--disable-background-networking",
        "--disable-component-update",
        ...FASTER_COMPILER,
      ],
    });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });
  return {
    get browser() {
      return browser;
    },
    get address() {
      return site.address;
    },
    async visit(path, options = {}) {
      const context = await browser.newContext({
        colorScheme: options.theme ?? "light",
        viewport: options.viewport ?? { width: 1280, height: 900 },
        reducedMotion: "reduce",
        acceptDownloads: true,
        ...options.context,
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", message => {
        if (!["error", "warning"].includes(message.type())) return;
        if (!OF_THE_BROWSER.some(pattern => pattern.test(message.text()))) complaints.push(message.text());
      });
      page.on("pageerror", error => complaints.push(`uncaught: ${error.message}`));
      page.on("requestfailed", request => complaints.push(`failed: ${request.url()}`));
      page.on("response", response => {
        if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
      });
      if (options.withoutWebGpu)
        await page.addInitScript(`Object.defineProperty(Navigator.prototype, "gpu", { value: undefined })`);
      if (options.before) await page.addInitScript(options.before);
      await page.goto(`${site.address}/${path}${options.link ?? ""}`);
      return { page, complaints };
    },
  };
}

/** Waits until the page has shown that many results in all. */
export async function untilRuns(page: Page, count = 1, timeout = 20_000): Promise<void> {
  await page.waitForFunction(n => Number(document.querySelector("main")?.dataset.runs ?? 0) >= n, count, {
    timeout,
  });
}

export const runsOf = (page: Page): Promise<number> =>
  page.evaluate(() => Number(document.querySelector("main")?.dataset.runs ?? 0));

/** The first result came within 3 s, here or in one of two more visits: other work on the machine may slow one down. */
export async function expectFirstResultSoon(page: Page): Promise<void> {
  const first = (visited: Page) =>
    visited.evaluate(() => performance.getEntriesByName("statescan:first-result")[0]!.startTime);
  let least = await first(page);
  for (let visits = 0; visits < 2 && least >= 3000; visits++) {
    const context = await page.context().browser()!.newContext();
    const again = await context.newPage();
    await again.goto(page.url());
    await untilRuns(again);
    least = Math.min(least, await first(again));
    await context.close();
  }
  expect(least).toBeLessThan(3000);
}

/** Accessibility: every violation of WCAG 2 A and AA and of axe's best practices, one line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  return (await page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.flatMap(({ id, help, nodes }) => nodes.map(node => id + ": " + help + ": " + node.target.join(" "))))`)) as string[];
}

/** Nothing of the page is wider than the window: a phone, or 400 % zoom, scrolls in one direction only. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content).toBeLessThanOrEqual(window!);
}

/** For `before`: keeps every GPUDevice that the page makes in `devices`, so that a test can destroy one. */
export const CAPTURE_DEVICES = `globalThis.devices = [];
if (globalThis.GPUAdapter) {
  const make = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await make.apply(this, given);
    globalThis.devices.push(device);
    return device;
  };
}`;
