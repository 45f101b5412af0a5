/** For tests: the command as its users have it, built afresh in a folder of its own. */

import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Root of the checkout. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Sees standard error as it comes. */
  readonly onError?: (text: string, pid: number) => void;
  /** Told the process id once it runs. */
  readonly onStart?: (pid: number) => void;
}

export interface BuiltCommand {
  /** A folder for the test's files, removed at the end. */
  readonly folder: string;
  /** Write a file there. */
  file(name: string, content: string | Uint8Array): string;
  /** Run the command in the root of the checkout. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  remove(): void;
}

/**
 * Build the command, inside the checkout so that it finds its packages.
 * @param withPage also the page for --backend webgpu
 */
export async function builtCommand(withPage = false): Promise<BuiltCommand> {
  mkdirSync(join(ROOT, "out"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "out", "command-"));
  for (const name of withPage ? ["cli", "browser"] : ["cli"]) {
    await build({
      root: name === "cli" ? ROOT : undefined,
      configFile: join(ROOT, `vite.${name}.config.ts`),
      logLevel: "error",
      build: { outDir: join(folder, "dist", name) },
    });
  }
  for (const name of ["package.json", "bin/statescan.js"]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    copyFileSync(join(ROOT, name), join(folder, name));
  }
  return {
    folder,
    file(name, content) {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
    run: (args, options = {}) => runProgram(join(folder, "bin/statescan.js"), args, options),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function runProgram(program: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...options.env },
    });
    let out = "";
    let err = "";
    child.stdout.on("data", chunk => {
      out += chunk;
    });
    child.stderr.on("data", chunk => {
      err += chunk;
      options.onError?.(String(chunk), child.pid as number);
    });
    options.onStart?.(child.pid as number);
    child.stdin.end(options.input ?? "");
    child.on("close", code => resolve({ code, out, err }));
  });
}
