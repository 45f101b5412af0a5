/** Run programs as named stages and say how long each took. Node builtins only. */

import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Path of a file of the checkout. */
export const inRoot = (...parts) => join(ROOT, ...parts);

/** Print a line of the script itself, apart from the output of the programs it runs. */
export const say = text => console.log(`[statescan] ${text}`);

/**
 * Run a program with its output shown.
 * @returns {Promise<number>} exit code
 */
export function run(program, args, options = {}) {
  return new Promise(resolve => {
    const child = spawn(program, args, {
      cwd: ROOT,
      stdio: "inherit",
      shell: process.platform === "win32",
      ...options,
    });
    child.once("error", error => {
      say(`${program}: ${error.message}`);
      resolve(127);
    });
    child.once("exit", (code, signal) => resolve(signal ? 128 : code));
  });
}

/** Seconds since `start`, as text. */
export const since = start => `${((performance.now() - start) / 1000).toFixed(1)} s`;
