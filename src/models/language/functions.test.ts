/** Every function and model of testing/function_cases.ts against mathjs in 90 digits. */
import { expect, suite, test } from "vitest";
import { expressionFunction } from "./index.ts";
import { CHAOTIC_CASES } from "./testing/chaotic_flows.ts";
import {
  type FunctionCase,
  MODEL_CASES,
  optionsOf,
  type Sample,
  SCALAR_CASES,
  samplesOf,
} from "./testing/function_cases.ts";
import { MASKED_CASES } from "./testing/masked_cases.ts";
import { truthOf } from "./testing/mathjs_oracle.ts";

/** Rounding of a few operations, at the size of the terms. */
const VALUE = 4e-15;
const FIRST = 1e-12;
const SECOND = 1e-11;

/** Worst error relative to the entry and the sum of sizes of what it is made of. */
const worst = (got: ArrayLike<number>, truth: readonly number[], terms: readonly number[]): number =>
  Math.max(...truth.map((value, i) => Math.abs(got[i] - value) / (Math.abs(value) + terms[i] + 1e-300)));

async function check(item: FunctionCase, count: number): Promise<void> {
  const f = await expressionFunction(optionsOf(item));
  const { stateDim: n, outputDim: m, parameters: p } = f;
  const jacobian = new Float64Array(m * n);
  const out = new Float64Array(m);
  const rows = (make: (i: number, j: number) => number): number[] =>
    Array.from({ length: m }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += Math.abs(make(i, j));
      return sum;
    });
  for (const sample of samplesOf(item, count)) {
    const { x, u, t, dx, dy } = sample as Sample;
    const truth = truthOf(item, sample);
    const where = `${item.name} at ${x.join(", ")}`;
    f.float64.jacobian(jacobian, x, u, t, p);
    // Rounding of the argument alone moves the value by |J||x| ulp.
    const moved = rows((i, j) => jacobian[i * n + j] * x[j]);
    f.float64.value(out, x, u, t, p);
    expect(worst(out, truth.value, moved), where).toBeLessThan(VALUE);
    const terms = rows((i, j) => jacobian[i * n + j] * dx[j]);
    f.float64.jvp(out, x, u, t, p, dx);
    expect(worst(out, truth.jvp, terms), `J dx of ${where}`).toBeLessThan(FIRST);
    const product = Array.from({ length: m }, (_, i) =>
      dx.reduce((sum, d, j) => sum + jacobian[i * n + j] * d, 0),
    );
    expect(worst(product, truth.jvp, terms), `J of ${where}`).toBeLessThan(FIRST);
    f.float64.second(out, x, u, t, p, dx, dy);
    expect(worst(out, truth.second, terms), `second of ${where}`).toBeLessThan(SECOND);
    const mirrored = new Float64Array(m);
    f.float64.second(mirrored, x, u, t, p, dy, dx);
    expect(worst(mirrored, [...out], terms), `second of ${where}`).toBeLessThan(SECOND);
  }
}

suite("expressionFunction()", () => {
  test.each(SCALAR_CASES)("$name: value and derivatives are those of mathjs in 90 digits", item =>
    check(item, 6),
  );
  test.each([...MODEL_CASES, ...CHAOTIC_CASES, ...MASKED_CASES])(
    "$name: value and derivatives are those of mathjs in 90 digits",
    item => check(item, 3),
  );
});
