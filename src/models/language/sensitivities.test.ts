/** Pushforwards and pullbacks of functions: with respect to states against Jacobians, to inputs and parameters against differences. */
import { expect, suite, test } from "vitest";
import { expressionFunction, wgslFunction } from "./index.ts";
import { CHAOTIC_CASES } from "./testing/chaotic_flows.ts";
import { difference } from "./testing/differences.ts";
import { MODEL_CASES, optionsOf, SCALAR_CASES, samplesOf } from "./testing/function_cases.ts";
import { randomFunction } from "./testing/wgsl_random.ts";
import type { VectorFunction } from "./vector_function.ts";

interface Place {
  readonly x: ArrayLike<number>;
  readonly u: ArrayLike<number>;
  readonly t: number;
  readonly p: ArrayLike<number>;
}

const waves = (count: number, phase: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(phase + 1.3 * i));

const sizeOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-300);

/** Faults of rounding alone: pushforward along x is jvp, pullback is the sum of its rows, the two are one another's transpose. */
function algebra(f: VectorFunction, { x, u, t, p }: Place): number {
  const { stateDim: n, inputDim: d, numParameters: P, outputDim: m, sensitivities: S } = f;
  const still = [new Float64Array(d), new Float64Array(P)] as const;
  const J = new Float64Array(m * n);
  f.float64.jacobian(J, x, u, t, p);
  const [y, jvp] = [new Float64Array(m), new Float64Array(m)];
  const dx = waves(n, 1);
  S.pushforward(y, x, u, t, p, dx, ...still);
  f.float64.jvp(jvp, x, u, t, p, dx);
  const size = sizeOf(J);
  let worst = Math.max(...y.map((value, i) => Math.abs(value - jvp[i]) / (n * size)));
  const pulled = new Float64Array(n + d + P);
  const w = waves(m, 2);
  S.pullback(pulled, x, u, t, p, w);
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += w[i] * J[i * n + j];
    worst = Math.max(worst, Math.abs(pulled[j] - sum) / (m * size));
  }
  const [none, du, dp] = [n, d, P].map(count => new Float64Array(count));
  for (let k = 0; k < d + P; k++) {
    du.fill(0);
    dp.fill(0);
    if (k < d) du[k] = 1;
    else dp[k - d] = 1;
    S.pushforward(y, x, u, t, p, none, du, dp);
    const sum = y.reduce((total, value, i) => total + w[i] * value, 0);
    worst = Math.max(worst, Math.abs(sum - pulled[n + k]) / (1e-3 + m * sizeOf(y)));
  }
  return worst;
}

/** Worst difference of the pushforward along u and p from differences, relative to the largest; two reaches, of which one may meet a kink. */
function slopes(f: VectorFunction, { x, u, t, p }: Place): number {
  const { inputDim: d, numParameters: P, outputDim: m, stateDim: n } = f;
  const du = waves(d, 3);
  const dp = waves(P, 4).map((value, k) => value * (Math.abs(p[k]) || 1));
  const got = new Float64Array(m);
  f.sensitivities.pushforward(got, x, u, t, p, new Float64Array(n), du, dp);
  const moved = (base: ArrayLike<number>, by: Float64Array, h: number): Float64Array =>
    by.map((value, k) => base[k] + h * value);
  return Math.min(
    ...[1e-3, 1e-4].map(reach => {
      const wanted = difference(h => {
        const out = new Float64Array(m);
        f.float64.value(out, x, moved(u, du, h), t, moved(p, dp, h));
        return out;
      }, reach);
      const out = new Float64Array(m);
      f.float64.value(out, x, u, t, p);
      return Math.max(...wanted.map((value, i) => Math.abs(value - got[i]))) / (sizeOf(out) + sizeOf(got));
    }),
  );
}

suite("sensitivities", () => {
  test("of expressions go both ways", async () => {
    let withInputs = 0;
    for (const item of [...SCALAR_CASES, ...MODEL_CASES, ...CHAOTIC_CASES]) {
      const f = await expressionFunction(optionsOf(item));
      for (const { x, u, t } of samplesOf(item, 3)) {
        const place = { x, u, t, p: f.parameters };
        expect(algebra(f, place), item.name).toBeLessThan(1e-12);
        if (f.inputDim + f.numParameters === 0) continue;
        withInputs++;
        // Rounding over a reach of 1e-4.
        expect(slopes(f, place), item.name).toBeLessThan(1e-10);
      }
    }
    expect(withInputs).toBeGreaterThan(60);
  });

  test("of WGSL go both ways", async () => {
    const place = { x: [0.37, -0.61, 0.83], u: [0.6], t: 0.7, p: [1.1, 0.4] };
    let looked = 0;
    for (let seed = 0; seed < 150; seed++) {
      const f = await wgslFunction({ code: randomFunction(seed), entry: "f" });
      const out = new Float64Array(3);
      f.float64.value(out, place.x, place.u, place.t, place.p);
      if (!(sizeOf(out) < 1e6)) continue;
      expect(algebra(f, place), `${seed}`).toBeLessThan(1e-12);
      expect(slopes(f, place), `${seed}`).toBeLessThan(1e-9);
      looked++;
    }
    expect(looked).toBeGreaterThan(100);
  });

  test("take what is not there for nothing", async () => {
    const f = await wgslFunction({ code: "fn f(x: vec2f) -> vec2f { return x.yx * x; }", entry: "f" });
    const out = new Float64Array(2);
    f.sensitivities.pullback(out, [2, 3], [], 0, [], [1, 10]);
    expect([...out]).toEqual([33, 22]);
    f.sensitivities.pushforward(out, [2, 3], [], 0, [], [1, 0], [], []);
    expect([...out]).toEqual([3, 3]);
  });
});
