/**
 * Make a fresh clone ready: npm packages, a browser, and proof that the browser has a WebGPU adapter.
 * Usable with nothing but Node: `npm run setup` or `node scripts/setup.mjs`.
 */

import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { findChrome, HOW_TO_GET_CHROME } from "../src/cli/chrome/find_chrome.mjs";
import { mayHaveGpu } from "../src/cli/chrome/launch_chrome.mjs";
import { probeChrome } from "../src/cli/chrome/probe_chrome.mjs";
import { inRoot, run, say } from "./stage.mjs";

const OLDEST_NODE = [20, 19];

/**
 * @returns {Promise<{ browser: string, adapter: string }>}
 * @throws Error with one sentence that says what is missing and what to do
 */
export async function setup() {
  checkNode();
  await installPackages();
  const browser = findChrome()?.path ?? (await installBrowser());
  const adapter = await verifyBrowser(browser);
  say(`browser ${browser}, WebGPU adapter ${adapter}`);
  return { browser, adapter };
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new Error(`Node ${OLDEST_NODE.join(".")} or newer is needed, this is ${process.versions.node}.`);
  }
}

/** npm ci when there are no packages or the lock names other versions than those installed. */
async function installPackages() {
  const installed = inRoot("node_modules", ".package-lock.json");
  if (existsSync(installed) && sameVersions(inRoot("package-lock.json"), installed)) return;
  say("installing npm packages (npm ci)");
  if ((await run("npm", ["ci"])) === 0) return;
  // npm ci wants the packages of every platform in the lock; npm install is content with this one's.
  say("npm ci failed, trying npm install");
  if ((await run("npm", ["install", "--no-save"])) !== 0) {
    throw new Error(
      "npm could not install the packages. See its message above; it needs access to an npm registry.",
    );
  }
}

function sameVersions(lock, installed) {
  const wanted = JSON.parse(readFileSync(lock, "utf8")).packages;
  const present = JSON.parse(readFileSync(installed, "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || present[path]?.version === entry.version,
  );
}

/** From the system's packages where that works without questions, else by Playwright. */
async function installBrowser() {
  if (process.env.CHROME_PATH) {
    throw new Error(`CHROME_PATH expected a program, got ${process.env.CHROME_PATH}. Correct or unset it.`);
  }
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const isRoot = process.getuid?.() === 0;
  const isDebian = /^ID=debian$/m.test(release);
  if (isRoot && isDebian) {
    say("no Chrome or Chromium found: installing Debian's package chromium");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-q"], { env });
    await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium"], { env });
    const found = findChrome();
    if (found) return found.path;
    say("apt-get did not give a browser");
  }
  // Ubuntu's chromium package only points to the snap, so Playwright's build is used there.
  const canInstallLibraries = isRoot && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release);
  say("no Chrome or Chromium found: installing Chromium by Playwright");
  const withDeps = canInstallLibraries ? ["--with-deps"] : [];
  await run("npx", ["--no-install", "playwright", "install", ...withDeps, "chromium"]);
  const found = findChrome();
  if (found) return found.path;
  throw new Error(
    `no browser could be installed. ${HOW_TO_GET_CHROME.replace("Run `npm run setup`, or install", "Install")}`,
  );
}

/** A browser counts only when it hands out an adapter. */
async function verifyBrowser(browser) {
  const kinds = mayHaveGpu() ? ["hardware", "software"] : ["software"];
  const failures = [];
  for (const kind of kinds) {
    const report = await probeChrome(browser, kind, kind === "hardware" ? 15000 : 60000);
    if (!report.error) {
      const software = report.isFallbackAdapter || report.architecture === "swiftshader";
      const name = [report.vendor, report.architecture, report.description].filter(Boolean).join(" ");
      return `${name || "unnamed"} (${software ? "software, not a GPU" : "hardware"})`;
    }
    failures.push(`${kind}: ${report.error}`);
  }
  throw new Error(
    `${browser} gives no WebGPU adapter (${failures.join("; ")}). Set CHROME_PATH to another browser.`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    await setup();
  } catch (error) {
    console.error(`setup: ${error.message}`);
    process.exitCode = 1;
  }
}
