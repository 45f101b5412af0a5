/** Logistic regression on made-up data with covariates that go together, by hand: fast in float64, short in WGSL. */
import type { LogDensityFunction } from "../src/api/index.ts";
import { CounterRandom } from "../src/inference/index.ts";

/**
 * log p(w) = −Σ log(1 + exp(−y_i x_i·w)) − |w|²/2 with n weights and as many rows of covariates as asked for, pairwise correlations 0.7.
 * Its parameters are −y_i x_i [rows, n].
 */
export function logisticRegression(n: number, rows: number, seed: number): LogDensityFunction {
  const random = new CounterRandom(seed);
  const truth = Float64Array.from({ length: n }, () => random.normal());
  const parameters = new Float64Array(rows * n);
  for (let r = 0; r < rows; r++) {
    const common = random.normal();
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const value = i === 0 ? 1 : Math.sqrt(0.3) * random.normal() + Math.sqrt(0.7) * common;
      parameters[r * n + i] = value;
      sum += value * truth[i];
    }
    const sign = random.uniform() * (1 + Math.exp(-sum)) < 1 ? -1 : 1;
    for (let i = 0; i < n; i++) parameters[r * n + i] *= sign;
  }
  const product = (p: ArrayLike<number>, r: number, x: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += p[r * n + i] * x[i];
    return sum;
  };
  const chance = (eta: number): number => 1 / (1 + Math.exp(-eta));
  const gradient = (out: Float64Array, x: ArrayLike<number>, p: ArrayLike<number>): void => {
    for (let i = 0; i < n; i++) out[i] = -x[i];
    for (let r = 0; r < rows; r++) {
      const q = chance(product(p, r, x));
      for (let i = 0; i < n; i++) out[i] -= q * p[r * n + i];
    }
  };
  const own = new Float64Array(n);
  return {
    stateDim: n,
    inputDim: 0,
    numParameters: rows * n,
    outputDim: 1,
    parameters,
    everywhere: true,
    structure: { kind: "dense", entries: new Array(n).fill("varying") },
    float64: {
      value(out, x, _u, _t, p) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum -= 0.5 * x[i] * x[i];
        for (let r = 0; r < rows; r++) {
          const eta = product(p, r, x);
          sum -= Math.max(eta, 0) + Math.log1p(Math.exp(-Math.abs(eta)));
        }
        out[0] = sum;
      },
      jacobian: (out, x, _u, _t, p) => gradient(out, x, p),
      jvp(out, x, _u, _t, p, dx) {
        gradient(own, x, p);
        out[0] = own.reduce((sum, slope, i) => sum + slope * dx[i], 0);
      },
      second(out, x, _u, _t, p, dx, dy) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum -= dx[i] * dy[i];
        for (let r = 0; r < rows; r++) {
          const q = chance(product(p, r, x));
          sum -= q * (1 - q) * product(p, r, dx) * product(p, r, dy);
        }
        out[0] = sum;
      },
    },
    wgsl(name) {
      const [vector, all] = [`array<f32, ${n}>`, `array<f32, ${rows * n}>`];
      const args = `x: ${vector}, u: array<f32, 1>, t: f32, p: ${all}`;
      return {
        name,
        code: `
fn ${name}(${args}) -> array<f32, 1> {
  var sum = 0.0;
  for (var i = 0u; i < ${n}u; i++) { sum -= 0.5 * x[i] * x[i]; }
  for (var r = 0u; r < ${rows}u; r++) {
    var eta = 0.0;
    for (var i = 0u; i < ${n}u; i++) { eta += p[r * ${n}u + i] * x[i]; }
    sum -= max(eta, 0.0) + log(1.0 + exp(-abs(eta)));
  }
  return array<f32, 1>(sum);
}
fn ${name}_jacobian(${args}) -> ${vector} {
  var out: ${vector};
  for (var i = 0u; i < ${n}u; i++) { out[i] = -x[i]; }
  for (var r = 0u; r < ${rows}u; r++) {
    var eta = 0.0;
    for (var i = 0u; i < ${n}u; i++) { eta += p[r * ${n}u + i] * x[i]; }
    let q = 1.0 / (1.0 + exp(-eta));
    for (var i = 0u; i < ${n}u; i++) { out[i] -= q * p[r * ${n}u + i]; }
  }
  return out;
}
fn ${name}_second(${args}, dx: ${vector}, dy: ${vector}) -> array<f32, 1> {
  var sum = 0.0;
  for (var i = 0u; i < ${n}u; i++) { sum -= dx[i] * dy[i]; }
  for (var r = 0u; r < ${rows}u; r++) {
    var eta = 0.0;
    var a = 0.0;
    var b = 0.0;
    for (var i = 0u; i < ${n}u; i++) {
      let entry = p[r * ${n}u + i];
      eta += entry * x[i];
      a += entry * dx[i];
      b += entry * dy[i];
    }
    let q = 1.0 / (1.0 + exp(-eta));
    sum -= q * (1.0 - q) * a * b;
  }
  return array<f32, 1>(sum);
}
`,
      };
    },
  };
}
