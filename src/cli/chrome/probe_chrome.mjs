/**
 * Launch the browser once and ask it for a WebGPU adapter, over plain HTTP. For the set-up script; the command
 * itself asks through its WebSocket page.
 */

import { createServer } from "node:http";
import { chromeFlags, launchChrome } from "./launch_chrome.mjs";

const PAGE = `<!doctype html><meta charset="utf-8"><title>probe</title><script type="module">
let report = { error: "navigator.gpu is missing" };
try {
  for (let attempt = 0; navigator.gpu && attempt < 3; attempt++) {
    const adapter = await navigator.gpu.requestAdapter();
    if (adapter) {
      const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
      report = { vendor, architecture, device, description, isFallbackAdapter };
      break;
    }
    report = { error: "requestAdapter() gave null" };
    await new Promise(resolve => setTimeout(resolve, 300));
  }
} catch (error) {
  report = { error: String(error) };
}
report.userAgent = navigator.userAgent;
await fetch("report", { method: "POST", body: JSON.stringify(report) });
</script>`;

/**
 * @param {string} path the browser
 * @param {"hardware" | "software"} kind
 * @param {number} [timeout] milliseconds
 * @returns {Promise<{ vendor?: string, architecture?: string, isFallbackAdapter?: boolean, error?: string }>}
 */
export async function probeChrome(path, kind, timeout = 30000) {
  let report;
  const reported = new Promise(resolve => {
    report = resolve;
  });
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let body = "";
      request.on("data", chunk => {
        body += chunk;
      });
      request.on("end", () => {
        response.end();
        report(JSON.parse(body));
      });
    } else {
      response.setHeader("content-type", "text/html");
      response.end(PAGE);
    }
  });
  await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
  const chrome = launchChrome(path, chromeFlags(kind), `http://127.0.0.1:${server.address().port}/`);
  let timer;
  try {
    return await Promise.race([
      reported,
      chrome.exited.then(how => ({ error: `the browser ${how}` })),
      new Promise(resolve => {
        timer = setTimeout(() => resolve({ error: `no answer within ${timeout / 1000} s` }), timeout);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    chrome.close();
    server.closeAllConnections();
    server.close();
  }
}
