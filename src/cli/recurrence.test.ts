/** The built command on recurrences, on the CPU backend. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { loadModelDocument } from "../api/index.ts";
import { docText } from "../api/testing/doc_examples.ts";
import { cells, npyFile, npzBytes, npzMember } from "./testing/array_files.ts";
import { type BuiltCommand, builtCommand } from "./testing/built_command.ts";
import {
  networkDocument,
  networkExponentSum,
  networkInputs,
  networkStates,
  table,
} from "./testing/small_network.ts";

let command: BuiltCommand;
const out = (name: string) => join(command.folder, "out", name);

beforeAll(async () => {
  command = await builtCommand();
  mkdirSync(out(""));
}, 120_000);
afterAll(() => command.remove());

const T = 60;
const u = networkInputs(T);
const expected = networkStates(u);
const file = (name: string, content: object | string) =>
  command.file(
    name,
    typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content),
  );
const document = (change: object) => ({ format: "statescan/model@1", type: "recurrence", ...change });
const NETWORK = () => ["--model", file("network.json", networkDocument), "--data", file("u.csv", table(u))];
const run = async (args: readonly string[], exit = 0) => {
  const { code, out: text, err } = await command.run(args);
  expect({ code, err: code === exit ? "" : err }).toEqual({ code: exit, err: "" });
  return { result: text === "" ? undefined : JSON.parse(text), err };
};
const close = (got: number[], wanted: number[], within: number) => {
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, i) => {
    expect(Math.abs(value - wanted[i])).toBeLessThan(within);
  });
};

suite("statescan evaluate", () => {
  test.each([
    ["newton", 6],
    ["quasi", 20],
    ["block-quasi", 6],
    ["picard", T],
    ["jacobi", 30],
    ["elk", 10],
    ["quasi-elk", 20],
    ["gradient", 400],
  ])("%s finds the states of one step after the other", async (method, most) => {
    const given = ["evaluate", ...NETWORK(), "--method", method];
    const { result } = await run([...given, "--tolerance", "1e-20", "--max-iterations", "2000"]);
    expect(result).toMatchObject({ call: "evaluate", status: "ok", converged: true });
    expect(result.run.plan).toContain("as asked for");
    expect(result.iterations).toBeGreaterThan(0);
    expect(result.iterations).toBeLessThanOrEqual(most);
    expect(result.merit).toBeLessThanOrEqual(1e-20);
    expect(result.merits.length).toBeGreaterThan(result.iterations);
    expect(result.stateError).toBeLessThan(1e-8);
    expect(result.lyapunov).toBeLessThan(0);
    close(result.states.flat(), expected.flat(), 1e-8);
  });

  test("sequential, auto and steps without inputs give them exactly", async () => {
    for (const method of ["auto", "sequential"]) {
      const { result } = await run(["evaluate", ...NETWORK(), "--method", method]);
      close(result.states.flat(), expected.flat(), 1e-14);
      expect(result.iterations).toBe(0);
    }
    const grows = file("grows.json", document({ expressions: ["2*x0", "x0 + x1"], initialState: [1, 0] }));
    const own = await run(["evaluate", "--model", grows, "--steps", "3"]);
    expect(own.result.states).toEqual([
      [2, 1],
      [4, 3],
      [8, 7],
    ]);
    const other = await run(["evaluate", "--model", grows, "--steps", "1", "--initial-state=-1,5"]);
    expect(other.result.states).toEqual([[-2, 4]]);
  });

  test("options reach the library", async () => {
    const given = ["evaluate", ...NETWORK(), "--method", "newton"];
    const iterations = async (...more: string[]) => (await run([...given, ...more])).result.iterations;
    const from = await run(given);
    expect(from.result.merits).toHaveLength(from.result.iterations + 2);
    const unpolished = (await run([...given, "--polish", "0"])).result;
    expect(unpolished.merits).toHaveLength(from.result.iterations + 1);
    expect((await run([...given, "--seed", "7"])).result.merits[0]).not.toBe(from.result.merits[0]);
    // The residuals of a trajectory of zeros are f(0), but for step 0.
    const first = networkStates(u.slice(0, 1))[0];
    const residuals = [first, ...u.slice(1).map(row => row.map(Math.tanh))].flat();
    const merit = residuals.reduce((sum, r) => sum + (r * r) / 2, 0) / T;
    expect((await run([...given, "--guess", "zeros"])).result.merits[0]).toBeCloseTo(merit, 12);
    expect(await iterations("--damping", "0.5")).toBeGreaterThan(from.result.iterations);
    expect(await iterations("--tolerance", "1e-2")).toBeLessThan(from.result.iterations);
    const clipped = await run([...given, "--clip", "1,0.3", "--max-iterations", "5", "--progress", "none"]);
    expect(clipped.result.status).toBe("maxIterations");
    expect(Math.max(...clipped.result.states.flat())).toBe(0.3);
    const windows = await run([...given, "--window", "20"]);
    expect(windows.result.run.plan).toMatch(/^newton as asked for; windows of 20 steps/);
    close(windows.result.states.flat(), expected.flat(), 1e-8);
  });

  test("updates of every prefix, and the trajectory after every update", async () => {
    const given = ["evaluate", ...NETWORK(), "--method", "newton"];
    const { result } = await run([...given, "--prefixes", "1,20,60"]);
    expect(result.prefixIterations).toHaveLength(3);
    expect(result.prefixIterations[0]).toBe(1);
    expect(result.prefixIterations[2]).toBe(result.iterations);
    await run([...given, "--fields", "states,iterates", "--out", out("trace.npz")]);
    const { data, shape } = npzMember(out("trace.npz"), "iterates");
    expect(shape).toEqual([result.iterations + 2, T, 2]);
    close([...data.slice(-2 * T)], expected.flat(), 1e-8);
    const nested = await run([...given, "--fields", "iterates", "--guess", "zeros"]);
    expect(nested.result.iterates[0]).toEqual(Array(T).fill([0, 0]));
    for (const [more, message] of [
      [["newton", "--out", out("trace.csv")], "--fields expected no iterates for a table, got them"],
      [["auto"], "--fields expected no iterates with --method auto, got them"],
      [["newton", "--data", file("w.csv", table(u))], "--fields iterates expected one series, got 2"],
    ] as const) {
      const asked = ["evaluate", ...NETWORK(), "--fields", "iterates", "--method"];
      const refused = await command.run([...asked, ...more]);
      expect(refused.code).toBe(2);
      expect(refused.err).toContain(message);
    }
  });

  test("states beyond the kernels are evaluated on the CPU", async () => {
    const initialState = Array.from({ length: 130 }, (_, i) => i);
    const model = file("wide.json", document({ stateDim: 130, expressions: "0.5*x", initialState }));
    const { result } = await run(["evaluate", "--model", model, "--steps", "3", "--method", "newton"]);
    close(
      result.states[2],
      initialState.map(x => x / 8),
      1e-6,
    );
  });

  test("WGSL in a file of its own, and a system by its name, are those of documents", async () => {
    const code =
      "fn dynamics(x: vec2f, u: vec2f) -> vec2f { return tanh(mat2x2f(0.5, 0.3, -0.4, 0.6) * x + u); }";
    const bare = file("bare.json", document({ stateDim: 2, inputDim: 2, initialState: [0.1, -0.2] }));
    const data = ["--data", file("u.csv", table(u))];
    const wgsl = ["--wgsl", file("f.wgsl", code)];
    const { result } = await run(["evaluate", "--model", bare, ...wgsl, ...data, "--method", "newton"]);
    close(result.states.flat(), expected.flat(), 1e-8);
    const named = await run(["evaluate", "--system", "lorenz", "--steps", "4", "--initial-state", "1,2,3"]);
    let s = [1, 2, 3];
    const byHand = Array.from({ length: 4 }, () => {
      const [x, y, z] = s;
      s = [x + 0.1 * (y - x), y + 0.01 * (x * (28 - z) - y), z + 0.01 * (x * y - (8 / 3) * z)];
      return s;
    });
    close(named.result.states.flat(), byHand.flat(), 1e-12);
  });

  test("not to converge is told, and no failure", async () => {
    const lorenz = ["evaluate", "--system", "lorenz", "--steps", "300", "--method", "jacobi"];
    const { result, err } = await run([...lorenz, "--max-iterations", "3", "--progress", "none"]);
    expect(err).toBe("");
    expect(result).toMatchObject({ status: "maxIterations", converged: false, iterations: 3 });
    expect(result.merit).toBeGreaterThan(1e-10);
    const noted = await command.run([...lorenz, "--max-iterations", "3"]);
    expect(noted.code).toBe(0);
    expect(noted.err).toMatch(
      /^evaluate: not converged after 3 updates, merit per step [\d.e+]+; give more by --max-iterations, or another --method\n$/,
    );
  });

  test("a function without finite values ends with 4 and names the step, in a batch with 5 and the series", async () => {
    const square = { expressions: "x0^2 + u0", inputDim: 1, initialState: [0] };
    const model = file("square.json", document(square));
    const rows = (value: number) => [value, 0, 0].flatMap(v => Array(5).fill(v));
    const fine = file("fine.csv", `u\n${rows(0.1).join("\n")}\n`);
    const bad = file("bad.csv", `u\n${rows(9).join("\n")}\n`);
    let value = 0;
    const step = rows(9).findIndex(v => {
      value = value ** 2 + v;
      return !Number.isFinite(value);
    });
    expect(step).toBeGreaterThan(0);
    for (const method of ["newton", "sequential"]) {
      const alone = await command.run(["evaluate", "--model", model, "--data", bad, "--method", method]);
      expect(alone).toMatchObject({ code: 4, out: "" });
      expect(alone.err).toBe(
        `evaluate: model expected a function with finite values along its trajectory, got none at step ${step}. ` +
          "Check its domain there, or the initial state.\n",
      );
      const data = ["--data", fine, "--data", bad];
      const both = await command.run(["evaluate", "--model", model, ...data, "--method", method]);
      expect(both.code).toBe(5);
      expect(both.err).toBe(`evaluate: 1 of 2 series failed: bad (nonFinite at step ${step}).\n`);
      expect(JSON.parse(both.out).statuses).toEqual(["ok", "nonFinite"]);
    }
    const lyapunov = await command.run(["lyapunov", "--model", model, "--data", bad]);
    expect(lyapunov).toMatchObject({ code: 4, out: "" });
    expect(lyapunov.err).toContain(`got none at step ${step}.`);
    const both = await command.run(["lyapunov", "--model", model, "--data", fine, "--data", bad]);
    expect(both.code).toBe(5);
    expect(both.err).toBe(`lyapunov: 1 of 2 series failed: bad (nonFinite at step ${step}).\n`);
    const { exponents, statuses } = JSON.parse(both.out);
    expect(statuses).toEqual(["ok", "nonFinite"]);
    expect(exponents[0][0]).toBeLessThan(0);
    expect(exponents[1]).toEqual([null]);
  });
});

suite("batches and files of evaluate", () => {
  const other = networkInputs(25, 1);
  const batch = () => [...NETWORK(), "--data", file("v.csv", table(other)), "--method", "newton"];
  const series = [expected, networkStates(other)];

  test("several files, a column of series and a batch in json are the same", async () => {
    const model = NETWORK().slice(0, 2);
    const named = [u, other].map((rows, i) => rows.map(row => ["uv"[i], ...row].join(",")).join("\n"));
    const long = file("long.csv", `site,a,b\n${named.join("\n")}\n`);
    const nested = file("nested.json", { inputs: [u, other] });
    const results = await Promise.all([
      run(["evaluate", ...batch()]),
      run(["evaluate", ...model, "--data", long, "--series", "site", "--method", "newton"]),
      run(["evaluate", ...model, "--data", nested, "--method", "newton"]),
    ]);
    for (const { result } of results) {
      expect(result.lengths).toEqual([T, 25]);
      expect(result.statuses).toEqual(["ok", "ok"]);
      expect(result.converged).toEqual([true, true]);
      for (const name of ["iterations", "merit", "lyapunov", "stateError"])
        expect(result[name]).toHaveLength(2);
      result.states.forEach((states: number[][], i: number) => {
        close(states.flat(), series[i].flat(), 1e-8);
      });
    }
    expect(results.map(({ result }) => result.series)).toEqual([
      ["u", "v"],
      ["u", "v"],
      ["0", "1"],
    ]);
  });

  test("every format holds the states, and is a guess for the next", async () => {
    for (const name of ["s.csv", "s.tsv", "s.json", "s.npz", "s.npy"]) {
      await run(["evaluate", ...batch(), "--out", out(name)]);
      const again = await run(["evaluate", ...batch(), "--guess", out(name)]);
      expect(again.result.iterations).toEqual([0, 0]);
      close(again.result.states[1].flat(), series[1].flat(), 1e-10);
    }
    const rows = cells(out("s.csv"));
    expect(rows[0]).toEqual(["series", "t", "state_0", "state_1"]);
    expect(rows).toHaveLength(1 + T + 25);
    close(
      rows.slice(1).flatMap(row => row.slice(2).map(Number)),
      series.flat(2),
      1e-8,
    );
    expect(npyFile(out("s.npy")).shape).toEqual([2, T, 2]);
    const member = npzMember(out("s.npz"), "states");
    expect(member.shape).toEqual([2, T, 2]);
    expect(Number.isNaN(member.data[T * 2 + 50])).toBe(true);
    // One trajectory for all series; and the names of the series are looked at, not their order.
    const alone = file("alone.npz", npzBytes({ states: [expected.flat(), [T, 2]] }));
    const shared = await run(["evaluate", ...batch(), "--guess", alone]);
    expect(shared.result.iterations[0]).toBe(0);
    expect(shared.result.iterations[1]).toBeGreaterThan(0);
    const text = readFileSync(out("s.csv"), "utf8").trim().split("\n");
    const turned = [text[0], ...text.slice(1 + T), ...text.slice(1, 1 + T)].join("\n");
    const swapped = await run(["evaluate", ...batch(), "--guess", file("turned.csv", turned)]);
    expect(swapped.result.iterations).toEqual([0, 0]);
  });
});

suite("statescan lyapunov", () => {
  test("exponents per step, and per unit of time where a step has a length", async () => {
    const decay = { expressions: ["-x0", "-3*x1"], initialState: [1, 1], integrator: "euler", dt: 0.1 };
    const model = file("decay.json", document(decay));
    const { result } = await run(["lyapunov", "--model", model, "--steps", "200", "--spectrum"]);
    expect(result).toMatchObject({ call: "lyapunov", status: "ok" });
    close(result.exponents, [Math.log(0.9), Math.log(0.7)], 1e-2);
    close(
      result.exponentsPerTime,
      result.exponents.map((e: number) => e / 0.1),
      1e-12,
    );
    const settled = ["lyapunov", "--model", model, "--steps", "400", "--discard", "200"];
    close((await run(settled)).result.exponents, [Math.log(0.9)], 1e-12);
    await run([...settled, "--spectrum", "--out", out("l.csv")]);
    const rows = cells(out("l.csv"));
    expect(rows[0]).toEqual(["index", "exponent", "exponent_per_time"]);
    close(
      rows.slice(1).map(row => Number(row[1])),
      [Math.log(0.9), Math.log(0.7)],
      1e-12,
    );
    await run([...settled, "--spectrum", "--fields", "exponents", "--out", out("l.npy")]);
    expect(npyFile(out("l.npy")).shape).toEqual([2]);
  });

  test("along inputs, of several series", async () => {
    const other = networkInputs(40, 1);
    const data = [...NETWORK(), "--data", file("w.csv", table(other))];
    const { result } = await run(["lyapunov", ...data, "--spectrum", "--discard", "5"]);
    expect(result).toMatchObject({ series: ["u", "w"], lengths: [T, 40], statuses: ["ok", "ok"] });
    expect(result).not.toHaveProperty("exponentsPerTime");
    [u, other].forEach((inputs, i) => {
      const [a, b] = result.exponents[i];
      expect(a).toBeGreaterThan(b);
      expect(a + b).toBeCloseTo(networkExponentSum(inputs, 5), 10);
    });
    await run(["lyapunov", ...data, "--out", out("m.csv")]);
    expect(cells(out("m.csv")).map(row => row.slice(0, 2))).toEqual([
      ["series", "index"],
      ["u", "0"],
      ["w", "0"],
    ]);
  });
});

test("the documents of the manual are recurrences", async () => {
  const manual = [...docText("command.md").matchAll(/```json\n([\s\S]*?)```/g)].map(match => match[1]);
  const texts = manual.filter(text => text.includes('"recurrence"'));
  expect(texts).toHaveLength(2);
  for (const text of texts) expect((await loadModelDocument(text)).type).toBe("recurrence");
});
