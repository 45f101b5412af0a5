/** The built library served to plain pages: no bundler, no dev server. */
import { createReadStream, existsSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import { build } from "vite";
import { findChrome } from "../src/cli/chrome/find_chrome.mjs";

const root = join(import.meta.dirname, "..");
/** Built apart, so that the tests leave dist/ alone, and files that run side by side each other's; served as /dist/. */
const BUILT = join(root, `out/test/dist-${process.pid}`);
/** Where dist/core is for the tests that read its files. */
export const CORE = join(BUILT, "core");
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".map": "application/json",
};
/** Pages under /strict/ may run scripts of this server only, and no text as code. */
const STRICT = { "content-security-policy": "default-src 'none'; script-src 'self'; connect-src 'self'" };

export type LibraryFile = "statescan.js" | "core/index.js";

export interface Pages {
  readonly address: string;
  readonly browser: Browser;
  /** Opens a page and collects everything it complains about. */
  open(path: string): Promise<{ page: Page; complaints: string[] }>;
  /** Loads the library in the page and runs code with its exports as `library`; a string, so that no bundler rewrites it. */
  run<Answer>(page: Page, file: LibraryFile, code: string): Promise<Answer>;
  close(): Promise<void>;
}

/** @param texts served as they are, by their paths */
export async function servePages(
  files: readonly LibraryFile[],
  texts: Readonly<Record<string, string>> = {},
): Promise<Pages> {
  const quiet = { root, logLevel: "error" } as const;
  if (files.includes("statescan.js")) await build({ ...quiet, build: { outDir: BUILT, emptyOutDir: false } });
  if (files.includes("core/index.js"))
    await build({ ...quiet, configFile: join(root, "vite.core.config.ts"), build: { outDir: CORE } });
  const server = serve(texts);
  await new Promise<void>(listening => server.listen(0, "127.0.0.1", listening));
  const address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const browser = await chromium.launch({
    executablePath: findChrome()?.path,
    args: [
      "--no-sandbox",
      "--enable-unsafe-webgpu",
      "--disable-background-networking",
      "--disable-component-update",
    ],
  });
  return {
    address,
    browser,
    async open(path) {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("console", message => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", error => complaints.push(error.message));
      await page.goto(`${address}${path}`);
      return { page, complaints };
    },
    run: (page, file, code) =>
      page.evaluate(`import("${address}/dist/${file}").then(async library => { ${code} })`),
    async close() {
      await browser.close();
      server.close();
      rmSync(BUILT, { recursive: true, force: true });
    },
  };
}

function serve(texts: Readonly<Record<string, string>>): Server {
  return createServer((request, response) => {
    const asked = normalize(decodeURIComponent(new URL(request.url!, "http://x").pathname));
    const type = { "content-type": TYPES[extname(asked)] ?? "text/plain" };
    const headers = asked.startsWith("/strict/") ? { ...type, ...STRICT } : type;
    if (Object.hasOwn(texts, asked)) return response.writeHead(200, headers).end(texts[asked]);
    const path = asked.startsWith("/dist/") ? join(BUILT, asked.slice(6)) : join(root, asked);
    if (path.endsWith("favicon.ico")) return response.writeHead(204).end();
    if (!path.startsWith(root) || !existsSync(path)) return response.writeHead(404).end();
    response.writeHead(200, headers);
    return createReadStream(path).pipe(response);
  });
}

/** A random walk with noise, as page code. */
export const MODEL = `library.linearGaussianSSM({
  initial: { mean: [0], covariance: [[1]] },
  dynamics: { weights: [[1]], covariance: [[0.1]] },
  emissions: { weights: [[1]], covariance: [[1]] },
})`;

/** Two kinds of days, as page code. */
export const HMM = `library.hiddenMarkovModel({
  initialProbs: [0.5, 0.5],
  transitionMatrix: [[0.9, 0.1], [0.2, 0.8]],
  emissions: { family: "poisson", rates: [2, 9] },
})`;
