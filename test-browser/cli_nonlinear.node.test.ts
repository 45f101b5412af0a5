/** The examples of docs/nonlinear.md by the built command with --backend webgpu: real Chrome, against the CPU backend. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { docText } from "../src/api/testing/doc_examples.ts";
import { type BuiltCommand, builtCommand } from "../src/cli/testing/built_command.ts";

let command: BuiltCommand;
const LIMIT = 120_000;
beforeAll(async () => {
  command = await builtCommand(true);
}, LIMIT);
afterAll(() => command.remove());

/** Those that run on a GPU: all but particles. */
const lines = [...docText("nonlinear.md").matchAll(/^statescan (.*)\n# marginalLogLikelihood/gm)]
  .map(match => match[1])
  .filter(line => !line.includes("--particles"));

test("there are examples of counts, volatility and bearings", () => {
  for (const folder of ["counts", "volatility", "bearings"])
    expect(lines.some(line => line.includes(`examples/${folder}/`))).toBe(true);
});

test.each(lines)(
  "%s: the CPU's moments on WebGPU",
  async line => {
    const run = async (...args: string[]) => {
      const { code, out, err } = await command.run([...line.split(" "), ...args], {
        env: { TMPDIR: command.folder },
      });
      expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
      return JSON.parse(out);
    };
    // Float32 cannot see moves of less than some 1e-6 standard deviations, so both stop at larger ones.
    const settle = line.includes("--iterations") ? ["--tolerance", "1e-4"] : [];
    const gpu = await run(...settle, "--backend", "webgpu");
    const cpu = await run(...settle, "--backend", "cpu");
    expect(gpu.run.backend).toBe("webgpu");
    expect(gpu.converged).toEqual(cpu.converged);
    const which = line.startsWith("smooth") ? "smoothed" : "filtered";
    cpu[`${which}Means`].forEach((mean: number[], t: number) => {
      mean.forEach((value, i) => {
        const sd = Math.sqrt(cpu[`${which}Covariances`][t][i][i]);
        // The bound of the design.
        expect(Math.abs(gpu[`${which}Means`][t][i] - value) / sd, `step ${t}, state ${i}`).toBeLessThan(1e-3);
      });
    });
    expect(Math.abs(gpu.marginalLogLikelihood / cpu.marginalLogLikelihood - 1)).toBeLessThan(1e-6);
  },
  LIMIT,
);
