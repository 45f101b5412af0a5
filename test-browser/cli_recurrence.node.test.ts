/** statescan evaluate and lyapunov with --backend webgpu, in real Chrome, against a loop of the test and the CPU backend. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { cells } from "../src/cli/testing/array_files.ts";
import { type BuiltCommand, builtCommand } from "../src/cli/testing/built_command.ts";
import {
  networkDocument,
  networkExponentSum,
  networkInputs,
  networkStates,
  table,
} from "../src/cli/testing/small_network.ts";

const LIMIT = 120_000;
let command: BuiltCommand;

beforeAll(async () => {
  command = await builtCommand(true);
}, LIMIT);
afterAll(() => command.remove());

const run = async (args: readonly string[], exit = 0) => {
  const { code, out, err } = await command.run([...args, "--backend", "webgpu"]);
  expect({ code, err: code === exit ? "" : err }).toEqual({ code: exit, err: "" });
  return { result: out === "" ? undefined : JSON.parse(out), err };
};
const far = (got: number[], wanted: number[]) => {
  expect(got).toHaveLength(wanted.length);
  return Math.max(...got.map((value, i) => Math.abs(value - wanted[i])));
};
const inputs = [networkInputs(700), networkInputs(150, 1)];
const states = inputs.map(u => networkStates(u));
const batch = () => [
  ...["--model", command.file("network.json", JSON.stringify(networkDocument))],
  ...inputs.flatMap((u, i) => ["--data", command.file(`u${i}.csv`, table(u))]),
];

/**
 * A merit per step of 1e-14 leaves residuals below sqrt(2 · 700 · 1e-14) = 3.8e-6, and the largest singular value of W, 0.723, errors of
 * 1 / (1 − 0.723) as much: 1.4e-5. What float32 rounds is about 1e-6.
 */
const BOUND = 1.5e-5;

suite("statescan evaluate --backend webgpu", () => {
  test.each(["newton", "quasi", "block-quasi", "jacobi", "elk", "quasi-elk", "sequential", "auto"])(
    "%s gives the states of one step after the other",
    async method => {
      const given = ["evaluate", ...batch(), "--method", method, "--tolerance", "1e-14"];
      const { result, err } = await run(given);
      expect(result.run).toMatchObject({ backend: "webgpu", dtype: "float32" });
      if (result.run.software) expect(err).toMatch(/is software, not a GPU/);
      const reference = await command.run([...given, "--backend", "cpu"]);
      const cpu = JSON.parse(reference.out);
      expect(Object.keys(result)).toEqual(Object.keys(cpu));
      expect(result.converged).toEqual([true, true]);
      result.states.forEach((own: number[][], i: number) => {
        expect(far(own.flat(), states[i].flat())).toBeLessThan(BOUND);
        expect(Math.abs(result.lyapunov[i] - cpu.lyapunov[i])).toBeLessThan(1e-4);
        if (method !== "auto") {
          expect(Math.abs(result.iterations[i] - cpu.iterations[i])).toBeLessThanOrEqual(1);
        }
      });
    },
    LIMIT,
  );

  test(
    "a guess from a file, windows and tables",
    async () => {
      const first = join(command.folder, "first.npz");
      const given = ["evaluate", ...batch(), "--method", "newton", "--tolerance", "1e-14"];
      await run([...given, "--out", first]);
      const again = await run([...given, "--guess", first]);
      expect(again.result.iterations).toEqual([0, 0]);
      const slid = await run([...given, "--window", "100"]);
      expect(slid.result.converged).toEqual([true, true]);
      expect(slid.result.run.plan).toMatch(/window/);
      expect(far(slid.result.states.flat(2), states.flat(2))).toBeLessThan(BOUND);
      const out = join(command.folder, "states.csv");
      await run([...given, "--out", out]);
      const rows = cells(out).slice(1);
      expect(
        far(
          rows.flatMap(row => row.slice(2).map(Number)),
          states.flat(2),
        ),
      ).toBeLessThan(BOUND);
    },
    LIMIT,
  );

  test(
    "not to converge, infinite merits, and steps without a value",
    async () => {
      const lorenz = ["evaluate", "--system", "lorenz", "--steps", "300", "--method", "jacobi"];
      const { result, err } = await run([...lorenz, "--max-iterations", "3"]);
      expect(result).toMatchObject({ status: "maxIterations", converged: false, iterations: 3 });
      expect(err).toMatch(/evaluate: not converged after 3 updates, merit per step [\d.e+]+;/);
      const square = { expressions: "x0^2 + u0", inputDim: 1, initialState: [0] };
      const head = { format: "statescan/model@1", type: "recurrence" };
      const model = join(command.folder, "square.json");
      writeFileSync(model, JSON.stringify({ ...head, ...square }));
      const data = [
        ...["--data", command.file("fine.csv", `u\n${"0.1\n".repeat(20)}`)],
        ...["--data", command.file("bad.csv", `u\n${"9\n".repeat(20)}`)],
      ];
      const given = ["evaluate", "--model", model, ...data, "--method", "newton"];
      const both = await run(given, 5);
      const cpu = await command.run([...given, "--backend", "cpu"]);
      expect(cpu.code).toBe(5);
      expect(cpu.err).toMatch(/1 of 2 series failed: bad \(nonFinite at step \d+\)\.\n$/);
      expect(both.err.trim().split("\n").at(-1)).toBe(cpu.err.trim());
      expect(both.result.statuses).toEqual(["ok", "nonFinite"]);
      expect(far(both.result.states[0].flat(), JSON.parse(cpu.out).states[0].flat())).toBeLessThan(1e-6);
    },
    LIMIT,
  );

  test(
    "bad input ends with 2 before a browser is started",
    async () => {
      const { code, out, err } = await command.run(
        [...["evaluate", ...batch(), "--tolerance", "0"], "--backend", "webgpu"],
        { env: { CHROME_PATH: "/nowhere" } },
      );
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toMatch(/^evaluate: --tolerance expected a finite number above 0, got 0\./);
    },
    LIMIT,
  );
});

suite("statescan lyapunov --backend webgpu", () => {
  test(
    "gives the exponents of the CPU",
    async () => {
      const args = ["lyapunov", ...batch(), "--discard", "20"];
      const { result } = await run(args);
      const cpu = JSON.parse((await command.run([...args, "--backend", "cpu"])).out);
      expect(Object.keys(result)).toEqual(Object.keys(cpu));
      expect(result.run.backend).toBe("webgpu");
      expect(far(result.exponents.flat(), cpu.exponents.flat())).toBeLessThan(1e-4);
      const spectrum = (await run([...args, "--spectrum"])).result.exponents;
      inputs.forEach((u, i) => {
        expect(Math.abs(spectrum[i][0] + spectrum[i][1] - networkExponentSum(u, 20))).toBeLessThan(1e-5);
      });
    },
    LIMIT,
  );
});
