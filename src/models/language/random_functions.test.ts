/** Functions put together at random against mathjs in 90 digits: what simplifications and rules make of each other. */
import { expect, test } from "vitest";
import { expressionFunction } from "./index.ts";
import { type FunctionCase, optionsOf, type Sample, uniforms } from "./testing/function_cases.ts";
import { truthOf } from "./testing/mathjs_oracle.ts";

/** Parts whose value is a real number wherever those of their parts are; a, b, c stand for these. */
const SHAPES = [
  "a + b, a - b, a*b, -a, a/(1 + b^2), a^2, a^3, (a - b)*(a + b), a/(1 + exp(b)), exp(a)/(1 + exp(a)), a*a - b*b",
  "sin(a), cos(a), 1 - cos(a), atan(a), atan2(a, b), tanh(a), sinh(tanh(a)), cosh(sin(a)), asinh(a), asin(sin(a)/2), acos(cos(a)/2)",
  "atanh(sin(a)/2), acosh(2 + a^2), exp(-a^2), exp(sin(a)) - 1, expm1(tanh(a)), log(1 + a^2), log(2 + sin(a)), log(1 + exp(a))",
  "log1p(b^2), log2(3 + cos(a)), log10(1 + a^2), sqrt(1 + a^2), sqrt(a^2 + b^2), sqrt(a^2), cbrt(2 + sin(a)), abs(a), hypot(a, b, 1)",
  "(1 + a^2)^sin(b), (2 + sin(a))^-2, (1 + a^2)^1.5, (1 + a^2)^-0.5, 2^sin(a), a*log(1 + b^2), sin(b)*log(2 + cos(a))",
  "max(a, b), min(a, b), a < b ? a : b*c, not (a > 0.1) ? sin(a) : a^2, a < b and b < c ? c : a, mod(a, 3), relu(a)*a",
  "sigmoid(a), softplus(a), silu(a), gelu(tanh(a)), erf(sin(a)), erfc(tanh(a)), normcdf(sin(a)), lgamma(1 + b^2), square(a), cube(sin(a))",
].flatMap(row => row.split(/, (?![^(]*\))/));
const LEAVES = ["x0", "x1", "x2", "0.5", "(-2)", "k", "t", "u0", "1"];

test.each(Array.from({ length: 12 }, (_, seed) => seed))("random functions %i", async seed => {
  const next = uniforms(1 + 7919 * seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)];
  const grow = (depth: number): string =>
    depth === 0
      ? pick(LEAVES)
      : `(${pick(SHAPES).replace(/\b[abc]\b/g, () => grow(next() < 0.2 ? 0 : depth - 1))})`;
  for (let i = 0; i < 10; i++) {
    const item: FunctionCase = {
      name: "random",
      expressions: [grow(3)],
      stateDim: 3,
      inputDim: 1,
      parameters: { k: 0.7 },
    };
    const f = await expressionFunction(optionsOf(item));
    const draw = (n: number) => Array.from({ length: n }, () => 3 * next() - 1.5);
    const sample: Sample = { x: draw(3), u: draw(1), t: 2, dx: draw(3), dy: draw(3) };
    const truth = truthOf(item, sample);
    const out = new Float64Array(3);
    const { x, u, t, dx, dy } = sample;
    const compare = (what: string, wanted: number): void => {
      // Rounding of parts that cancel; a wrong rule is off by far more.
      const size = 1 + Math.abs(truth.value[0]) + Math.abs(truth.jvp[0]) + Math.abs(truth.second[0]);
      expect(Math.abs(out[0] - wanted) / size, `${what} of ${item.expressions} at ${x}`).toBeLessThan(1e-10);
    };
    f.float64.value(out, x, u, t, f.parameters);
    compare("value", truth.value[0]);
    f.float64.jvp(out, x, u, t, f.parameters, dx);
    compare("jvp", truth.jvp[0]);
    f.float64.second(out, x, u, t, f.parameters, dx, dy);
    compare("second", truth.second[0]);
    f.float64.jacobian(out, x, u, t, f.parameters);
    out[0] = dx.reduce((sum, d, j) => sum + d * out[j], 0);
    compare("jacobian", truth.jvp[0]);
  }
});
