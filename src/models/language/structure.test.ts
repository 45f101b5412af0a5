import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, suite, test } from "vitest";
import { MEANINGS } from "./expressions/functions.ts";
import { FUNCTIONS, OPERATORS } from "./expressions/signatures.ts";
import { type ExpressionOptions, expressionFunction } from "./index.ts";

const structure = async (
  expressions: string | string[],
  stateDim: number,
  more: Partial<ExpressionOptions> = {},
) => (await expressionFunction({ expressions, stateDim, ...more })).structure;

suite("structure of an expressionFunction()", () => {
  test("zero: the state does not occur, or falls out", async () => {
    expect(await structure(["u0", "t + 1"], 2, { inputDim: 1 })).toMatchObject({ kind: "zero" });
    expect(await structure(["x0*x1 - x1*x0", "0*x0", "x0 - x0"], 2)).toMatchObject({ kind: "zero" });
    expect(await structure("floor(x)", 2)).toMatchObject({ kind: "zero" });
  });

  test("constant: linear in the state, with coefficients of u, t and p", async () => {
    const found = await structure(["a*x0 + t*x1", "u0*x1 + sin(u0)"], 2, {
      inputDim: 1,
      parameters: { a: 2 },
    });
    expect(found).toEqual({ kind: "constant", entries: ["constant", "constant", "zero", "constant"] });
    expect(
      await structure("A*x + B*u", 2, {
        inputDim: 1,
        parameters: {
          A: [
            [1, 2],
            [3, 4],
          ],
          B: [[1], [2]],
        },
      }),
    ).toMatchObject({ kind: "constant" });
  });

  test("diagonal and banded", async () => {
    expect(await structure("tanh(x)", 3)).toMatchObject({ kind: "diagonal", bandwidth: 0 });
    const banded = ["x0^2 + x1", "x1*x2", "x2*x3", "x3^2"];
    expect(await structure(banded, 4)).toMatchObject({ kind: "banded", bandwidth: 1 });
  });

  test("dense, with its zeros", async () => {
    expect(await structure(["x0*x2", "x1", "x0"], 3)).toEqual({
      kind: "dense",
      entries: ["varying", "zero", "varying", "zero", "constant", "zero", "constant", "zero", "zero"],
    });
  });
});

suite("parameters of an expressionFunction()", () => {
  test("stand one behind the other, matrices by rows", async () => {
    const parameters = {
      g: 9.8,
      A: [
        [1, 2],
        [3, 4],
      ],
      v: Float64Array.of(5, 6),
    };
    const f = await expressionFunction({ expressions: "A*x + g*v", stateDim: 2, parameters });
    expect([...f.parameters]).toEqual([9.8, 1, 2, 3, 4, 5, 6]);
    expect(f.parameterPlaces).toEqual({
      g: { offset: 0, shape: [] },
      A: { offset: 1, shape: [2, 2] },
      v: { offset: 5, shape: [2] },
    });
    const out = new Float64Array(2);
    f.float64.value(out, [1, -1], [], 0, f.parameters);
    expect([...out]).toEqual([1 - 2 + 49, 3 - 4 + 9.8 * 6]);
    f.float64.value(out, [1, -1], [], 0, [0, 1, 0, 0, 1, 0, 0]);
    expect([...out]).toEqual([1, -1]);
  });

  test("win over constants and over x, u and t", async () => {
    const f = await expressionFunction({
      expressions: ["tau*e*x + pi", "y"],
      stateDim: 2,
      stateNames: ["x", "y"],
      parameters: { tau: 2, e: 3 },
    });
    const out = new Float64Array(2);
    f.float64.value(out, [1, 5], [], 0, f.parameters);
    expect([...out]).toEqual([6 + Math.PI, 5]);
  });
});

suite("WGSL of an expressionFunction()", () => {
  test("declares four functions and helpers of its own name only", async () => {
    const f = await expressionFunction({
      expressions: ["atan2(x1, x0)", "u0*lgamma(x0)"],
      stateDim: 2,
      inputDim: 1,
    });
    const { code } = f.wgsl("drift");
    const names = [...code.matchAll(/^fn (\w+)/gm)].map(match => match[1]);
    expect(names.filter(name => !name.startsWith("drift"))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["drift", "drift_jvp", "drift_jacobian", "drift_second"]));
    expect(code).not.toMatch(/\bvar<|@group|enable /);
    expect(code).toContain(
      "fn drift_jacobian(x: array<f32, 2>, u: array<f32, 1>, t: f32, p: array<f32, 1>) -> array<f32, 4> {",
    );
    expect(() => f.wgsl("f32")).toThrow('wgsl: name expected a name of its own, got the text "f32"');
    expect(() => f.wgsl("2f")).toThrow(
      'wgsl: name expected an identifier of WGSL that begins with a letter, got the text "2f"',
    );
  });

  test("works out a shared expression once", async () => {
    const f = await expressionFunction({ expressions: ["exp(x0*x1)*x0", "exp(x1*x0)*x1"], stateDim: 2 });
    const body = f.wgsl("f").code.split("fn f(")[1].split("\n}")[0];
    expect(body.match(/f_exp_f32/g)).toHaveLength(1);
  });
});

suite("large expressionFunction()s", () => {
  test("have sums of thousands of terms, differentiated and printed without deep nesting", async () => {
    const terms = Array.from({ length: 5000 }, (_, i) => `sin(${i}*x0)`);
    const f = await expressionFunction({ expressions: terms.join(" + "), stateDim: 1 });
    const out = new Float64Array(1);
    f.float64.jacobian(out, [0], [], 0, []);
    expect(out[0]).toBe((5000 * 4999) / 2);
    f.float64.second(out, [0], [], 0, [], [1], [1]);
    expect(out[0]).toBeCloseTo(0, 14);
    const lines = f.wgsl("f").code.split("\n");
    const depth = (line: string): number => {
      let [now, most] = [0, 0];
      for (const c of line) {
        now += c === "(" ? 1 : c === ")" ? -1 : 0;
        most = Math.max(most, now);
      }
      return most;
    };
    expect(Math.max(...lines.map(depth))).toBeLessThan(100);
  });

  test("grow with the text, not with the paths through it", async () => {
    const steps = Array.from({ length: 60 }, (_, i) => `b${i + 1} = b${i}*sin(b${i})`);
    const f = await expressionFunction({
      expressions: ["b0 = x0*x1", ...steps, "b60"].join("; "),
      stateDim: 2,
    });
    expect(f.wgsl("f").code.length).toBeLessThan(60_000);
  });

  test("are refused as WGSL where that has no array so long", async () => {
    const f = await expressionFunction({ expressions: "sin(sum(x))*x", stateDim: 46 });
    expect(() => f.wgsl("f")).toThrow(
      "wgsl: f expected at most 2047 entries of a Jacobian, got 2116 = 46 · 46. Use fewer states, or float64 on the CPU.",
    );
  });
});

suite("signatures", () => {
  test("are of the functions that have a meaning, and of no others", () => {
    const known = [...Object.keys(OPERATORS), ...Object.keys(FUNCTIONS)];
    expect(known.sort()).toEqual(Object.keys(MEANINGS).sort());
  });
});

suite("mathjs", () => {
  test("is not among the modules that the library imports at once", () => {
    const src = join(import.meta.dirname, "../..");
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      // import(…) is not followed: it loads later. `import type` is erased.
      for (const [, type, target] of readFileSync(file, "utf8").matchAll(
        /^(?:import|export)(\s+type)?\b[^;"]*?(?:from\s+)?"([^"]+)";/gm,
      )) {
        if (type) continue;
        if (target.startsWith(".")) {
          if (!target.includes("?")) visit(join(dirname(file), target));
        } else packages.add(target);
      }
    };
    visit(join(src, "api/index.ts"));
    expect(seen.size).toBeGreaterThan(100);
    expect([...packages].filter(name => name.startsWith("mathjs"))).toEqual([]);
    expect([...seen].filter(file => /mathjs_parser/.test(file))).toEqual([]);
    const users = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
      file =>
        /(?<!\.test)\.ts$/.test(file) &&
        !file.includes("testing") &&
        /(?:from|import\()\s*"mathjs/.test(readFileSync(join(src, file), "utf8")),
    );
    expect(users.map(file => file.replaceAll("\\", "/"))).toEqual([
      "models/language/expressions/mathjs_parser.ts",
    ]);
  });
});
