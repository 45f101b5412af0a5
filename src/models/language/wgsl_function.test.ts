/** Values against JavaScript written by hand, derivatives against differences of order 12. */
import { expect, suite, test } from "vitest";
import { CHAOTIC_WGSL } from "./testing/chaotic_flows.ts";
import { difference } from "./testing/differences.ts";
import { MASKED_WGSL } from "./testing/masked_cases.ts";
import { BUILTIN_CASES } from "./testing/wgsl_builtin_cases.ts";
import { FLOWS, type WgslCase } from "./testing/wgsl_flows.ts";
import { FORMS } from "./testing/wgsl_forms.ts";
import { HARD } from "./testing/wgsl_hard.ts";
import { make, sizesOf } from "./testing/wgsl_make.ts";
import { VALUES } from "./testing/wgsl_values.ts";
import { BUILTINS } from "./wgsl_builtins.ts";

/** Rounding of a difference of order 12 with this step is near 1e-14 of the values, its own error far less. */
const STEP = 0.02;
const TOLERANCE = 2e-12;

function near(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, scale = 1): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < got.length; i++)
    expect(Math.abs(got[i]! - wanted[i]!), `entry ${i}: ${got[i]} for ${wanted[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(scale, Math.abs(wanted[i]!)),
    );
}

async function check(given: WgslCase): Promise<void> {
  const f = await make(given);
  const { n, m } = sizesOf(given);
  const { x, u = [0], t = 0, p = [0], step = STEP } = given;
  const value = (at: readonly number[]) => {
    const out = new Float64Array(m);
    f.float64.value(out, at, u, t, p);
    return out;
  };
  near(value(x), given.js(x, u, t, p), 1e-14);
  const scale = Math.max(1, ...value(x).map(Math.abs));
  const jacobian = new Float64Array(m * n);
  f.float64.jacobian(jacobian, x, u, t, p);
  for (let j = 0; j < n; j++) {
    const wanted = difference(s => given.js(moved(x, j, s), u, t, p), step);
    near(
      Array.from({ length: m }, (_, i) => jacobian[i * n + j]!),
      wanted,
      TOLERANCE,
      scale,
    );
  }
  const dx = x.map((_, j) => Math.cos(j + 0.4));
  const dy = x.map((_, j) => Math.sin(2 * j + 1));
  const jvp = (at: readonly number[]) => {
    const out = new Float64Array(m);
    f.float64.jvp(out, at, u, t, p, dx);
    return out;
  };
  const product = Array.from({ length: m }, (_, i) =>
    dx.reduce((sum, d, j) => sum + jacobian[i * n + j]! * d, 0),
  );
  near(jvp(x), product, 1e-13, Math.max(1, ...jacobian.map(Math.abs)));
  const second = new Float64Array(m);
  f.float64.second(second, x, u, t, p, dx, dy);
  const wanted = difference(s => jvp(x.map((v, j) => v + s * dy[j]!)), step / 2);
  near(second, wanted, 2 * TOLERANCE, Math.max(scale, ...product.map(Math.abs)));
}

const moved = (x: readonly number[], j: number, s: number) => x.map((v, k) => (k === j ? v + s : v));

suite("wgslFunction()", () => {
  for (const given of [...FLOWS, ...CHAOTIC_WGSL, ...MASKED_WGSL, ...FORMS, ...VALUES, ...HARD]) {
    test(`is exact for ${given.name}`, async () => {
      await check(given);
    });
  }
  for (const given of BUILTIN_CASES) {
    test(`is exact for ${given.name} at ${given.x.join(", ")}`, async () => {
      await check(given);
    });
  }

  test("has a case for every built-in function", () => {
    const all = BUILTIN_CASES.map(c => c.name).join(" ");
    expect(BUILTINS.filter(name => name !== "modf" && !all.includes(`${name}(`))).toEqual([]);
  });
});
