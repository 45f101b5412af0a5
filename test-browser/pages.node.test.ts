/** The built library in plain pages: no bundler, the example of the README, and a page without WebGPU. */
import { createReadStream, existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import { build } from "vite";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { findChrome } from "../src/cli/chrome/find_chrome.mjs";

const root = join(import.meta.dirname, "..");
/** Built apart, so that the tests leave dist/ alone; served as /dist/. */
const BUILT = join(root, "out/test/dist");
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".map": "application/json",
};
let server: Server;
let browser: Browser;
let address = "";

beforeAll(async () => {
  await build({ root, logLevel: "error", build: { outDir: BUILT } });
  server = createServer((request, response) => {
    const asked = normalize(decodeURIComponent(new URL(request.url!, "http://x").pathname));
    const path = asked.startsWith("/dist/") ? join(BUILT, asked.slice(6)) : join(root, asked);
    if (path.endsWith("favicon.ico")) return response.writeHead(204).end();
    if (!path.startsWith(root) || !existsSync(path)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/plain" });
    return createReadStream(path).pipe(response);
  });
  await new Promise<void>(listening => server.listen(0, "127.0.0.1", listening));
  address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  browser = await chromium.launch({
    executablePath: findChrome()?.path,
    args: [
      "--no-sandbox",
      "--enable-unsafe-webgpu",
      "--disable-background-networking",
      "--disable-component-update",
    ],
  });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** Loads the library in the page and runs code with its exports as `library`; a string, so that no bundler rewrites it. */
const run = <Answer>(page: Page, code: string): Promise<Answer> =>
  page.evaluate(
    `import("${address}/dist/statescan.js").then(async library => { ${code} })`,
  ) as Promise<Answer>;

const MODEL = `library.linearGaussianSSM({
  initial: { mean: [0], covariance: [[1]] },
  dynamics: { weights: [[1]], covariance: [[0.1]] },
  emissions: { weights: [[1]], covariance: [[1]] },
})`;

/** Opens a page and collects everything it complains about. */
async function open(path: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", message => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", error => complaints.push(error.message));
  await page.goto(`${address}${path}`);
  return { page, complaints };
}

suite("the built library in a page", () => {
  test("examples/minimal.html, as the README shows it, smooths and names its backend", {
    timeout: 30_000,
  }, async () => {
    const { page, complaints } = await open("/examples/minimal.html");
    await expect.poll(() => page.textContent("body"), { timeout: 20_000 }).toMatch(/webgpu|cpu/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("runs the same call on the GPU and in float64, and keeps error names", {
    timeout: 30_000,
  }, async () => {
    const { page, complaints } = await open("/examples/minimal.html");
    const answer = await run<{ backend: string; gap: number; name: string; shape: boolean }>(
      page,
      `const model = ${MODEL};
      const y = Array.from({ length: 300 }, (_, t) => [Math.sin(t / 9)]);
      const gpu = await library.smooth(model, y, { backend: "webgpu" });
      const cpu = await library.smooth(model, y, { backend: "cpu" });
      const gap = Math.max(...gpu.smoothedMeans.data.map((x, i) => Math.abs(x - cpu.smoothedMeans.data[i])));
      const error = await library.smooth(model, [[1, 2]]).catch(e => e);
      return { backend: gpu.run.backend, gap, name: error.name, shape: error instanceof library.ShapeError };`,
    );
    expect(answer).toMatchObject({ backend: "webgpu", name: "ShapeError", shape: true });
    expect(answer.gap).toBeLessThan(1e-5);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("without WebGPU auto runs in float64 and says so; webgpu is a DeviceError", {
    timeout: 30_000,
  }, async () => {
    const { page } = await open("/LICENSE");
    const answer = await run<{ backend: string; name: string; message: string }>(
      page,
      `Object.defineProperty(navigator, "gpu", { value: undefined });
      const model = ${MODEL};
      const y = Array.from({ length: 9000 }, (_, t) => [t % 3]);
      const auto = await library.filter(model, y);
      const error = await library.filter(model, y, { backend: "webgpu" }).catch(e => e);
      return { backend: auto.run.backend, name: error.name, message: error.message };`,
    );
    expect(answer).toMatchObject({ backend: "cpu", name: "DeviceError" });
    expect(answer.message).toMatch(/WebGPU expected in this browser, got none/);
    await page.close();
  });
});
