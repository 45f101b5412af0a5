/**
 * Start headless Chrome on a page and end it without leaving anything behind: own process group, fresh profile
 * folder, no debugging protocol. Plain JavaScript with node builtins only, like find_chrome.mjs.
 */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BASE_FLAGS = [
  "--headless=new",
  "--no-first-run",
  "--no-default-browser-check",
  "--mute-audio",
  "--disable-background-networking",
  "--disable-breakpad",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-extensions",
  "--disable-sync",
  "--disable-quic",
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
  "--disable-dev-shm-usage",
  // A slow software shader is not a hung GPU.
  "--disable-gpu-watchdog",
  "--password-store=basic",
  "--use-mock-keychain",
  "--enable-unsafe-webgpu",
];

const LINUX_HARDWARE_FLAGS = ["--use-angle=vulkan", "--enable-features=Vulkan", "--disable-vulkan-surface"];

/**
 * Flags for one launch. On Linux the hardware set hangs requestAdapter() where there is no GPU, so it is only
 * for machines with a device node; elsewhere the browser's own choice is the hardware.
 * @param {"hardware" | "software"} kind
 * @returns {string[]}
 */
export function chromeFlags(kind) {
  const flags = [...BASE_FLAGS];
  if (kind === "software") flags.push("--use-webgpu-adapter=swiftshader");
  else if (process.platform === "linux") flags.push(...LINUX_HARDWARE_FLAGS);
  if (process.getuid?.() === 0) flags.push("--no-sandbox");
  return flags;
}

/**
 * Does this machine look as if it had a GPU that Chrome can use?
 * @returns {boolean}
 */
export function mayHaveGpu() {
  if (process.platform !== "linux") return true;
  if (existsSync("/dev/nvidia0")) return true;
  return existsSync("/dev/dri") && readdirSync("/dev/dri").some(name => name.startsWith("renderD"));
}

/**
 * @param {string} path the browser
 * @param {string[]} flags
 * @param {string} url
 * @returns {{ pid: number | undefined, exited: Promise<string>, close: () => void }} `exited` resolves with words
 *   on how it ended; `close` kills the whole process group and removes the profile
 */
export function launchChrome(path, flags, url) {
  const profile = mkdtempSync(join(tmpdir(), "statescan-"));
  const child = spawn(path, [...flags, `--user-data-dir=${profile}`, url], {
    detached: process.platform !== "win32",
    stdio: ["ignore", "ignore", "pipe"],
  });
  let lastWords = "";
  child.stderr.on("data", chunk => {
    lastWords = (lastWords + chunk).slice(-2000);
  });
  const exited = new Promise(resolve => {
    child.once("error", error => resolve(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) =>
      resolve(`ended with ${signal ?? `code ${code}`}${lastLine(lastWords)}`),
    );
  });
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    process.off("exit", close);
    killGroup(child.pid);
    child.stderr.destroy();
    child.unref();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  process.once("exit", close);
  return { pid: child.pid, exited, close };
}

function killGroup(pid) {
  if (pid === undefined) return;
  try {
    if (process.platform === "win32") spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"]);
    else process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}

function lastLine(text) {
  const line = text.trim().split("\n").pop();
  return line ? `: ${line.slice(0, 300)}` : "";
}
