/** What is known of a Jacobian without running the function, and derivatives where there is none. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, suite, test } from "vitest";
import { wgslFunction } from "./index.ts";
import { BUILTIN_CASES } from "./testing/wgsl_builtin_cases.ts";
import { FLOWS } from "./testing/wgsl_flows.ts";
import { FORMS } from "./testing/wgsl_forms.ts";
import { make, sizesOf } from "./testing/wgsl_make.ts";
import { SINGULAR_CASES } from "./testing/wgsl_singular_cases.ts";
import { VALUES } from "./testing/wgsl_values.ts";

const LETTERS = { zero: "0", constant: "c", varying: "v" } as const;

/** The structure row by row, a letter an entry. */
async function structure(code: string, n: number, m = n, d = 0) {
  const f = await wgslFunction({
    source: "t",
    code,
    entry: "f",
    stateDim: n,
    inputDim: d,
    numParameters: 0,
    outputDim: m,
  });
  const letters = f.structure.entries.map(e => LETTERS[e]).join("");
  const rows = Array.from({ length: m }, (_, i) => letters.slice(i * n, (i + 1) * n)).join(" ");
  return `${f.structure.kind}${f.structure.bandwidth ?? ""}: ${rows}`;
}

suite("wgslFunction().structure", () => {
  test("is exact for loops over arrays with computed indices", async () => {
    const lorenz96 = FLOWS.find(c => c.name === "Lorenz-96")!;
    const f = await make(lorenz96);
    expect(
      f.structure.entries
        .map(e => LETTERS[e])
        .join("")
        .slice(0, 24),
    ).toBe("cv0000vvvcv0000vvvcv0000");
  });

  test.each([
    ["return x * x;", "diagonal0: v00 0v0 00v"],
    ["return 2.0 * x.zxy + vec3f(t);", "constant: 00c c00 0c0"],
    ["return vec3f(t);", "zero: 000 000 000"],
    ["return floor(x);", "zero: 000 000 000"],
    ["return floor(x.y) * x;", "banded1: v00 0v0 00v"],
    ["return x * sin(t);", "constant: c00 0c0 00c"],
    ["return vec3f(x.x, x.x * x.y, sin(x.z) + x.y);", "banded1: c00 vv0 0cv"],
    // Which way is taken depends on x, so that coefficients do, though each way is linear.
    ["if x.z > 0.0 { return 2.0 * x; } return x;", "diagonal0: v00 0v0 00v"],
    ["var y = x; if x.z > 0.0 { y.x = 3.0 * x.y; } return y;", "banded1: vv0 0c0 00c"],
    ["var y = x; if t > 0.0 { y.x = 3.0 * x.y; } return y;", "constant: cc0 0c0 00c"],
    ["return select(1.0, 2.0, x.z > 0.0) * x;", "diagonal0: v00 0v0 00v"],
    ["var k = 1.0; if x.z > 0.0 { k = -k; } return k * x;", "diagonal0: v00 0v0 00v"],
    ["var y = x; if x.z > 0.0 { y = -y; } return y;", "diagonal0: v00 0v0 00v"],
    ["return select(x, 2.0 * x, x > vec3f());", "diagonal0: v00 0v0 00v"],
    ["var y = x; y[i32(t)] = x.x; return y;", "constant: c00 cc0 c0c"],
    ["var y = x; y[i32(x.y)] = x.x; return y;", "banded2: c00 vv0 v0v"],
    ["var y = x; for (var s = 0.0; s < t; s += 1.0) { y = y.zxy; } return y;", "constant: ccc ccc ccc"],
    ["var y = x; for (var s = 0.0; s < x.x; s += 1.0) { y.x += 1.0; } return y;", "diagonal0: v00 0c0 00c"],
    ["var y = x; loop { if y.x > 3.0 { break; } y.x += y.x + 1.0; } return y;", "diagonal0: v00 0c0 00c"],
  ])("of %s", async (body, wanted) => {
    const got = await structure(`fn f(x: vec3f, t: f32) -> vec3f { ${body} }`, 3);
    // Bandwidth of the letters, whatever the word before them.
    expect(got.split(": ")[1]).toBe(wanted.split(": ")[1]);
    if (!wanted.startsWith("banded")) expect(got).toBe(wanted);
  });

  test("never calls an entry zero or constant that is not", async () => {
    for (const given of [...FLOWS, ...FORMS, ...VALUES, ...BUILTIN_CASES]) {
      const f = await make(given);
      const { n, m } = sizesOf(given);
      const { x, u = [0], t = 0, p = [0] } = given;
      const jacobians = [0, 0.013, -0.021].map(s => {
        const out = new Float64Array(m * n);
        const jvp = new Float64Array(m);
        // By columns, not by the jacobian that uses the structure.
        for (let j = 0; j < n; j++) {
          const moved = x.map((v, k) => v + s * Math.cos(3 * k + 1));
          f.float64.jvp(
            jvp,
            moved,
            u,
            t,
            p,
            x.map((_, k) => Number(k === j)),
          );
          jvp.forEach((v, i) => {
            out[i * n + j] = v;
          });
        }
        return out;
      });
      f.structure.entries.forEach((entry, at) => {
        const seen = jacobians.map(J => J[at]!);
        if (entry === "zero") expect(seen.map(Math.abs), given.name).toEqual([0, 0, 0]);
        if (entry === "constant")
          expect(Math.max(...seen) - Math.min(...seen), given.name).toBeLessThan(1e-13);
      });
    }
  });
});

suite("wgslFunction() at singular points", () => {
  for (const given of SINGULAR_CASES) {
    test(given.name, async () => {
      const f = await make(given);
      const [value, slope] = [new Float64Array(1), new Float64Array(given.x.length)];
      f.float64.value(value, given.x, [0], 0, [0]);
      f.float64.jacobian(slope, given.x, [0], 0, [0]);
      expect(value[0]).toBeCloseTo(given.js(given.x, [], 0, [])[0]!, 12);
      expect([...slope].map(v => v + 0)).toEqual(given.slope);
      const one = given.x.map(() => 1);
      f.float64.second(value, given.x, [0], 0, [0], one, one);
      expect(Number.isFinite(value[0]), `second ${value[0]}`).toBe(true);
    });
  }

  test("keeps the second derivative of x² as a power", async () => {
    const f = await make(SINGULAR_CASES.find(c => c.name === "pow(x[0], 2.0) at 0")!);
    const out = new Float64Array(1);
    f.float64.second(out, [0], [0], 0, [0], [1], [1]);
    expect(out[0]).toBe(2);
  });
});

suite("wgsl_reflect", () => {
  test("is loaded by a dynamic import only: nothing imports it from the start", () => {
    const src = join(import.meta.dirname, "../..");
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = (file: string) => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(file, "utf8").replace(/import type[^;]*;|export type \{[^;]*;/g, "");
      for (const [, target] of text.matchAll(
        /^\s*(?:import|export)\b[^;]*?from\s*"([^"]+)"|^import\s*"([^"]+)"/gm,
      )) {
        if (target?.startsWith(".")) visit(join(dirname(file), target));
        else if (target) packages.add(target);
      }
    };
    visit(join(src, "api/index.ts"));
    expect(seen.size).toBeGreaterThan(100);
    expect(seen).toContain(join(src, "models/language/index.ts"));
    expect([...seen].filter(file => /language\/(wgsl_|autodiff)/.test(file))).toEqual([]);
    visit(join(src, "models/language/wgsl_function.ts"));
    expect([...packages].filter(name => name.includes("wgsl_reflect"))).toEqual([]);
  });
});
