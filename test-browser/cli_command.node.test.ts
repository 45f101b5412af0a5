/** The built command with --backend webgpu: real Chrome, real kernels, against the CPU backend. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { mayHaveGpu } from "../src/cli/chrome/launch_chrome.mjs";
import { type BuiltCommand, builtCommand, type RunOptions } from "../src/cli/testing/built_command.ts";

let command: BuiltCommand;
const outFolder = () => join(command.folder, "out");
const LIMIT = 120_000;

beforeAll(async () => {
  command = await builtCommand(true);
  mkdirSync(outFolder());
}, LIMIT);
afterAll(() => command.remove());

/** Run the command with the browser's profile where only this test looks. */
const statescan = (args: readonly string[], options: RunOptions = {}) =>
  command.run(args, { ...options, env: { TMPDIR: command.folder } });

/** Processes whose command line names this test's temporary folder, where the browser's profile is. */
function browsers(): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter(name => /^\d+$/.test(name))
    .filter(name => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(`--user-data-dir=${command.folder}`);
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
      const { code, err } = await statescan([...args, "--out", join(outFolder(), "x.json")]);
      expect(code).toBe(3);
      expect(err).toMatch(/^statescan: --gpu expected a hardware adapter, got .+\. .+\n$/);
      expect(readdirSync(outFolder())).toEqual([]);
      expect(await untilNoBrowser()).toEqual([]);
      expect((await statescan(["info", "--gpu", "hardware"])).code).toBe(3);
    },
    LIMIT,
  );

  test.skipIf(process.platform !== "linux")(
    "leaves no file and no browser when interrupted, and ends with 130",
    async () => {
      const data = join(command.folder, "long.csv");
      writeFileSync(data, `flow\n${"1000\n1100\n".repeat(250_000)}`);
      const args = ["smooth", ...MODEL, "--data", data, "--backend", "webgpu", "--progress", "json"];
      let started = false;
      let watch: NodeJS.Timeout | undefined;
      const { code, err } = await statescan([...args, "--out", join(outFolder(), "x.json")], {
        onStart(pid) {
          watch = setInterval(() => {
            if (started || browsers().length === 0) return;
            started = true;
            setTimeout(() => process.kill(pid, "SIGINT"), 1500);
          }, 50);
        },
      });
      clearInterval(watch);
      expect(started).toBe(true);
      expect(code).toBe(130);
      expect(err).toMatch(/statescan: interrupted\.\n$/);
      expect(readdirSync(outFolder())).toEqual([]);
      expect(await untilNoBrowser()).toEqual([]);
      expect(readdirSync(command.folder).filter(name => name.startsWith("statescan-"))).toEqual([]);
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
