/**
 * Where Chrome or Chromium is on this machine. Plain JavaScript with node builtins only: the set-up script
 * runs it before anything is installed or built.
 */

import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/**
 * First usable browser: $CHROME_PATH, then PATH, then the usual places, then Playwright's cache.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ path: string, source: string } | null}
 */
export function findChrome(env = process.env) {
  if (env.CHROME_PATH) {
    return isProgram(env.CHROME_PATH) ? { path: env.CHROME_PATH, source: "CHROME_PATH" } : null;
  }
  for (const [source, paths] of [
    ["PATH", onPath(env)],
    ["usual place", usualPlaces(env)],
    ["Playwright's cache", playwrightBrowsers(env)],
  ]) {
    for (const path of paths) {
      if (isProgram(path) && !isSnapStub(path)) return { path, source };
    }
  }
  return null;
}

/** One sentence that says how to get a browser. */
export const HOW_TO_GET_CHROME =
  "Run `npm run setup`, or install Chrome or Chromium and put it on PATH, or set CHROME_PATH to its program.";

function onPath(env) {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter(Boolean);
  return NAMES.flatMap(name => folders.map(folder => join(folder, name + suffix)));
}

function usualPlaces(env) {
  if (process.platform === "darwin") {
    return ["/Applications", join(homedir(), "Applications")].flatMap(folder => [
      join(folder, "Google Chrome.app/Contents/MacOS/Google Chrome"),
      join(folder, "Chromium.app/Contents/MacOS/Chromium"),
    ]);
  }
  if (process.platform === "win32") {
    return [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA]
      .filter(Boolean)
      .flatMap(folder => [
        join(folder, "Google/Chrome/Application/chrome.exe"),
        join(folder, "Chromium/Application/chrome.exe"),
      ]);
  }
  return ["/opt/google/chrome/chrome", "/usr/lib/chromium/chromium", "/snap/bin/chromium"];
}

/** Full Chromium builds in Playwright's cache, newest first. */
function playwrightBrowsers(env) {
  const root =
    env.PLAYWRIGHT_BROWSERS_PATH && env.PLAYWRIGHT_BROWSERS_PATH !== "0"
      ? env.PLAYWRIGHT_BROWSERS_PATH
      : ({
          darwin: join(homedir(), "Library/Caches/ms-playwright"),
          win32: join(env.LOCALAPPDATA ?? homedir(), "ms-playwright"),
        }[process.platform] ?? join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "ms-playwright"));
  if (!existsSync(root)) return [];
  const revision = name => Number(name.slice("chromium-".length));
  return readdirSync(root)
    .filter(name => /^chromium-\d+$/.test(name))
    .sort((a, b) => revision(b) - revision(a))
    .flatMap(name =>
      readdirSync(join(root, name)).flatMap(folder => [
        join(root, name, folder, "chrome"),
        join(root, name, folder, "chrome.exe"),
        join(root, name, folder, "Chromium.app/Contents/MacOS/Chromium"),
        join(root, name, folder, "Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing"),
      ]),
    );
}

function isProgram(path) {
  try {
    accessSync(path, process.platform === "win32" ? constants.F_OK : constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Ubuntu's chromium packages are scripts that only ask for the snap; without the snap they start nothing. */
function isSnapStub(path) {
  if (statSync(path).size > 16384) return false;
  return readFileSync(path, "latin1").includes("/snap/bin/chromium") && !existsSync("/snap/bin/chromium");
}
