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

suite("statescan forecast, sample, decompose --backend webgpu", () => {
  const DATA = ["--data", "examples/nile/nile_missing.csv"];
  const both = async (args: readonly string[]) => {
    const [cpu, gpu] = [
      await statescan([...args, "--backend", "cpu"]),
      await statescan([...args, "--backend", "webgpu"]),
    ];
    expect({ code: gpu.code, err: gpu.code === 0 ? "" : gpu.err }).toEqual({ code: 0, err: "" });
    const [wanted, got] = [JSON.parse(cpu.out), JSON.parse(gpu.out)];
    expect(got.run.backend).toBe("webgpu");
    expect(Object.keys(got).filter(key => key !== "run")).toEqual(
      Object.keys(wanted).filter(key => key !== "run"),
    );
    return { wanted, got };
  };
  /** Largest difference in units of `scale`. */
  const off = (a: unknown, b: unknown, scale: number) => {
    const [x, y] = [a, b].map(value => (value as number[][]).flat(3));
    expect(x.length).toBe(y.length);
    return Math.max(...x.map((value, i) => Math.abs(value - y[i]))) / scale;
  };

  // Means to 1e-3 standard deviations, as the design asks of the filter; the smallest here is 48.
  test(
    "forecasts agree with the CPU",
    async () => {
      const { wanted, got } = await both(["forecast", ...MODEL, ...DATA, "--steps", "7"]);
      expect(off(got.means, wanted.means, 48)).toBeLessThan(1e-3);
      expect(off(got.upper, wanted.upper, 48)).toBeLessThan(1e-3);
      expect(got.run.plan).toMatch(/7 steps ahead in float64 on the host/);
    },
    LIMIT,
  );

  test(
    "the draws are the same numbers as on the CPU",
    async () => {
      const { wanted, got } = await both(["sample", ...MODEL, ...DATA, "--samples", "3", "--seed", "5"]);
      expect(off(got.states, wanted.states, 48)).toBeLessThan(1e-3);
    },
    LIMIT,
  );

  test(
    "the draws are the same numbers after an exact diffuse start",
    async () => {
      const { initial: _, ...rest } = JSON.parse(readFileSync("examples/nile/model.json", "utf8"));
      const model = ["--model", command.file("flat.json", JSON.stringify({ ...rest, initial: "diffuse" }))];
      const { wanted, got } = await both(["sample", ...model, ...DATA, "--samples", "2"]);
      expect(off(got.states, wanted.states, 48)).toBeLessThan(1e-3);
      expect(got.run.plan).toMatch(/^exact diffuse start: 1 of 100 steps/);
    },
    LIMIT,
  );

  test(
    "components agree with the CPU",
    async () => {
      const components = [
        { kind: "level", variance: 1469.1 },
        { kind: "irregular", variance: 15099 },
      ];
      const text = JSON.stringify({ format: "statescan/model@1", type: "structural", components });
      const model = ["--model", command.file("parts.json", text)];
      const { wanted, got } = await both(["decompose", ...model, ...DATA]);
      expect(off([got.components.level.mean], [wanted.components.level.mean], 48)).toBeLessThan(1e-3);
    },
    LIMIT,
  );
});

suite("particles with --backend webgpu", () => {
  test(
    "filter, smooth, loglik and sample are those of the CPU, whose random numbers are the same",
    async () => {
      const model = JSON.parse(readFileSync("examples/pendulum/model.json", "utf8"));
      model.dynamics.covariance = [
        [1e-4, 0],
        [0, 0.0125],
      ];
      const file = join(command.folder, "noisy_pendulum.json");
      writeFileSync(file, JSON.stringify(model));
      const data = join(command.folder, "noisy_pendulum.csv");
      const rows = readFileSync("examples/pendulum/pendulum.csv", "utf8").split("\n").slice(0, 41);
      writeFileSync(data, rows.join("\n"));
      const args = ["--model", file, "--data", data, "--particles", "400", "--seed", "4"];
      for (const [call, ...own] of [["filter"], ["loglik"], ["smooth", "--trajectories", "9"], ["sample"]]) {
        const run = (backend: string) => statescan([call, ...args, ...own, "--backend", backend]);
        const [gpu, cpu] = [await run("webgpu"), await run("cpu")];
        expect({ code: gpu.code, err: gpu.code === 0 ? "" : gpu.err }).toEqual({ code: 0, err: "" });
        const [got, expected] = [JSON.parse(gpu.out), JSON.parse(cpu.out)];
        expect(Object.keys(got)).toEqual(Object.keys(expected));
        expect(got.run).toMatchObject({ backend: "webgpu", dtype: "float32" });
        if (call !== "sample")
          expect(Math.abs(got.marginalLogLikelihood - expected.marginalLogLikelihood)).toBeLessThan(0.05);
        else expect(got.states.flat(2).every(Number.isFinite)).toBe(true);
      }
    },
    LIMIT,
  );
});

suite("hidden Markov models with --backend webgpu", () => {
  const QUAKES = [
    "--model",
    "examples/earthquakes/model.json",
    "--data",
    "examples/earthquakes/earthquakes.csv",
  ];

  test(
    "decode, and smooth by reverse kernels, by two filters and with a fixed lag, agree with the CPU",
    async () => {
      for (const call of [
        ["decode"],
        ["smooth"],
        ["smooth", "--smoother", "twoFilter"],
        ["smooth", "--lag", "2"],
      ]) {
        const reference = JSON.parse((await statescan([...call, ...QUAKES, "--backend", "cpu"])).out);
        const { code, out, err } = await statescan([...call, ...QUAKES, "--backend", "webgpu"]);
        expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
        const result = JSON.parse(out);
        expect(result.run.backend).toBe("webgpu");
        expect(Object.keys(result)).toEqual(Object.keys(reference));
        if (call[0] === "decode") {
          expect(result.mostLikelyStates).toEqual(reference.mostLikelyStates);
          expect(result.logJoint / reference.logJoint).toBeCloseTo(1, 6);
          continue;
        }
        expect(result.marginalLogLikelihood / reference.marginalLogLikelihood).toBeCloseTo(1, 6);
        for (let t = 0; t < 107; t++)
          expect(Math.abs(result.smoothedProbs[t][1] - reference.smoothedProbs[t][1])).toBeLessThan(1e-5);
      }
      expect(await untilNoBrowser()).toEqual([]);
    },
    LIMIT,
  );
});
