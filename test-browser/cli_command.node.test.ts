/** The built command with --backend webgpu: real Chrome, real kernels, against the CPU backend. */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { mayHaveGpu } from "../src/cli/chrome/launch_chrome.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "cli-command-test-"));
const outFolder = join(folder, "out");
const LIMIT = 120_000;

beforeAll(async () => {
  for (const config of ["vite.cli.config.ts", "vite.browser.config.ts"]) {
    await build({ configFile: join(root, config), logLevel: "error" });
  }
  mkdirSync(outFolder);
}, LIMIT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Processes whose command line names this test's temporary folder, where the browser's profile is. */
function browsers(): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter(name => /^\d+$/.test(name))
    .filter(name => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(`--user-data-dir=${folder}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function untilNoBrowser(): Promise<number[]> {
  for (let i = 0; i < 50 && browsers().length > 0; i++)
    await new Promise(resolve => setTimeout(resolve, 100));
  return browsers();
}

function statescan(
  args: readonly string[],
  onError?: (text: string, pid: number) => void,
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [join(root, "bin/statescan.js"), ...args], {
      cwd: root,
      env: { ...process.env, TMPDIR: folder },
    });
    let out = "";
    let err = "";
    child.stdout.on("data", chunk => {
      out += chunk;
    });
    child.stderr.on("data", chunk => {
      err += chunk;
      onError?.(String(chunk), child.pid as number);
    });
    child.on("close", code => resolve({ code, out, err }));
  });
}

const MODEL = ["--model", "examples/nile/model.json"];

suite("statescan smooth --backend webgpu", () => {
  test.each(["nile.csv", "nile_missing.csv"])(
    "agrees with the CPU on %s, parallel and sequential",
    async name => {
      const args = ["smooth", ...MODEL, "--data", `examples/nile/${name}`];
      const reference = JSON.parse((await statescan([...args, "--backend", "cpu"])).out);
      for (const method of ["parallel", "sequential"]) {
        const { code, out, err } = await statescan([...args, "--backend", "webgpu", "--method", method]);
        expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
        const result = JSON.parse(out);
        expect(result.run).toMatchObject({ backend: "webgpu", method });
        if (result.run.software) expect(err).toMatch(/is software, not a GPU/);
        expect(Object.keys(result)).toEqual(Object.keys(reference));
        // The bounds of the design: means to 1e-3 posterior sd, covariances to 1e-4, log-likelihood to 1e-6.
        for (let t = 0; t < 100; t++) {
          const variance = reference.smoothedCovariances[t][0][0];
          const off = Math.abs(result.smoothedMeans[t][0] - reference.smoothedMeans[t][0]);
          expect(off / Math.sqrt(variance)).toBeLessThan(1e-3);
          expect(Math.abs(result.smoothedCovariances[t][0][0] / variance - 1)).toBeLessThan(1e-4);
        }
        const relative = Math.abs(result.marginalLogLikelihood / reference.marginalLogLikelihood - 1);
        expect(relative).toBeLessThan(1e-6);
      }
      expect(await untilNoBrowser()).toEqual([]);
    },
    LIMIT,
  );

  test.skipIf(mayHaveGpu())(
    "ends with 3 on --gpu hardware where there is none, and writes nothing",
    async () => {
      const args = ["smooth", ...MODEL, "--data", "examples/nile/nile.csv", "--gpu", "hardware"];
      const { code, err } = await statescan([...args, "--out", join(outFolder, "x.json")]);
      expect(code).toBe(3);
      expect(err).toMatch(/^statescan: --gpu expected a hardware adapter, got .+\. .+\n$/);
      expect(readdirSync(outFolder)).toEqual([]);
      expect(await untilNoBrowser()).toEqual([]);
      expect((await statescan(["info", "--gpu", "hardware"])).code).toBe(3);
    },
    LIMIT,
  );

  test.skipIf(process.platform !== "linux")(
    "leaves no file and no browser when interrupted, and ends with 130",
    async () => {
      const data = join(folder, "long.csv");
      writeFileSync(data, `flow\n${"1000\n1100\n".repeat(250_000)}`);
      const args = ["smooth", ...MODEL, "--data", data, "--backend", "webgpu", "--progress", "json"];
      let started = false;
      const running = statescan([...args, "--out", join(outFolder, "x.json")], () => {});
      const watch = setInterval(() => {
        // The command's own process is the parent of the browser's group.
        const [first] = browsers();
        if (first === undefined || started) return;
        started = true;
        const stat = readFileSync(`/proc/${first}/stat`, "utf8")
          .replace(/^.*\) /, "")
          .split(" ");
        setTimeout(() => process.kill(Number(stat[1]), "SIGINT"), 1500);
      }, 50);
      const { code, err } = await running;
      clearInterval(watch);
      expect(started).toBe(true);
      expect(code).toBe(130);
      expect(err).toMatch(/statescan: interrupted\.\n$/);
      expect(readdirSync(outFolder)).toEqual([]);
      expect(await untilNoBrowser()).toEqual([]);
      expect(readdirSync(folder).filter(name => name.startsWith("statescan-"))).toEqual([]);
    },
    LIMIT,
  );
});

suite("statescan info", () => {
  test(
    "names the browser, the adapter and whether it is software",
    async () => {
      const { code, out } = await statescan(["info", "--json", "--gpu", "software"]);
      expect(code).toBe(0);
      const info = JSON.parse(out);
      expect(info.adapter).toMatchObject({ software: true });
      expect(info.adapter.limits.maxBufferSize).toBeGreaterThan(0);
      expect(info.browser.version).not.toBe("unknown");
    },
    LIMIT,
  );
});
