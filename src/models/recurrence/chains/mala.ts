/**
 * The Metropolis-adjusted Langevin algorithm as a recurrence: the randomness of a step is its input (ξ [n], log u), so that a chain is a
 * deterministic map of the state before and can be evaluated by iteration over all of it.
 *
 *   p = x + ε ∇ℓ(x) + √(2ε) ξ,  a = ℓ(p) − ℓ(x) + log q(x|p) − log q(p|x) − log u,  x' = p where a > 0, else x
 *
 * The gate has the derivative of a logistic function in place of its own: it changes how fast updates converge, not to what.
 * @see Zoltowski et al. 2025, arXiv:2508.18413
 */
import type { RecurrenceFunction } from "../recurrence.ts";
import { Density, densityText, type LogDensityFunction } from "./density.ts";
import { chainFunction } from "./step_function.ts";

export function malaFunction(density: LogDensityFunction, stepSize: number): RecurrenceFunction {
  const n = density.stateDim;
  const p = density.parameters ?? [];
  const ell = new Density(density, p);
  const e = stepSize;
  const [g, proposal, ahead, back, dp, bend] = Array.from({ length: 6 }, () => new Float64Array(n));
  const [H, HAhead] = [new Float64Array(n * n), new Float64Array(n * n)];
  /** Makes g, the proposal, its gradient `ahead` and `back` = x − p − ε ∇ℓ(p). @returns a */
  const propose = (x: ArrayLike<number>, u: ArrayLike<number>): number => {
    ell.gradient(g, x);
    let noise = 0;
    for (let i = 0; i < n; i++) {
      proposal[i] = x[i] + e * g[i] + Math.sqrt(2 * e) * u[i];
      noise += u[i] * u[i];
    }
    ell.gradient(ahead, proposal);
    let square = 0;
    for (let i = 0; i < n; i++) {
      back[i] = x[i] - proposal[i] - e * ahead[i];
      square += back[i] * back[i];
    }
    return ell.value(proposal) - ell.value(x) - square / (4 * e) + noise / 2 - u[n];
  };
  return chainFunction({
    stateDim: n,
    inputDim: n + 1,
    parameters: p,
    value(out, x, u) {
      const accepted = propose(x, u) > 0;
      for (let i = 0; i < n; i++) out[i] = accepted ? proposal[i] : x[i];
    },
    jvp(out, x, u, dx) {
      const a = propose(x, u);
      ell.hessianProduct(bend, x, dx);
      for (let i = 0; i < n; i++) dp[i] = dx[i] + e * bend[i];
      ell.hessianProduct(bend, proposal, dp);
      let da = 0;
      for (let i = 0; i < n; i++)
        da += ahead[i] * dp[i] - g[i] * dx[i] - (back[i] * (dx[i] - dp[i] - e * bend[i])) / (2 * e);
      const slope = gateSlope(a) * da;
      for (let i = 0; i < n; i++) out[i] = (a > 0 ? dp[i] : dx[i]) + slope * (proposal[i] - x[i]);
    },
    jacobian(out, x, u) {
      const a = propose(x, u);
      const slope = gateSlope(a);
      // Half as many second derivatives as n products take.
      ell.hessian(H, x, n);
      ell.hessian(HAhead, proposal, n);
      for (let j = 0; j < n; j++) {
        for (let i = 0; i < n; i++) dp[i] = (i === j ? 1 : 0) + e * H[i * n + j];
        let da = -g[j];
        for (let i = 0; i < n; i++) {
          let bent = 0;
          for (let k = 0; k < n; k++) bent += HAhead[i * n + k] * dp[k];
          da += ahead[i] * dp[i] - (back[i] * ((i === j ? 1 : 0) - dp[i] - e * bent)) / (2 * e);
        }
        for (let i = 0; i < n; i++)
          out[i * n + j] = (a > 0 ? dp[i] : i === j ? 1 : 0) + slope * da * (proposal[i] - x[i]);
      }
    },
    wgsl: (name, types) => `${densityText(density, name, types.p)}
${GATE_SLOPE(name)}
fn ${name}_propose(x: ${types.x}, u: ${types.u}, p: ${types.p}) -> ${types.x} {
  let slope = ${name}_slope(x, p);
  var out: ${types.x};
  for (var i = 0u; i < ${n}u; i++) { out[i] = x[i] + ${float(e)} * slope[i] + ${float(Math.sqrt(2 * e))} * u[i]; }
  return out;
}
fn ${name}_gate(x: ${types.x}, u: ${types.u}, p: ${types.p}, proposal: ${types.x}, ahead: ${types.x}) -> f32 {
  var square = 0.0;
  var noise = 0.0;
  for (var i = 0u; i < ${n}u; i++) {
    let back = x[i] - proposal[i] - ${float(e)} * ahead[i];
    square += back * back;
    noise += u[i] * u[i];
  }
  return ${name}_log(proposal, p) - ${name}_log(x, p) - square * ${float(1 / (4 * e))} + 0.5 * noise - u[${n}u];
}
fn ${name}(x: ${types.x}, u: ${types.u}, t: f32, p: ${types.p}) -> ${types.x} {
  let proposal = ${name}_propose(x, u, p);
  if (${name}_gate(x, u, p, proposal, ${name}_slope(proposal, p)) > 0.0) { return proposal; }
  return x;
}
fn ${name}_jvp(x: ${types.x}, u: ${types.u}, t: f32, p: ${types.p}, dx: ${types.x}) -> ${types.x} {
  let proposal = ${name}_propose(x, u, p);
  let ahead = ${name}_slope(proposal, p);
  let slope = ${name}_slope(x, p);
  let a = ${name}_gate(x, u, p, proposal, ahead);
  var dp = ${name}_bend(x, p, dx);
  for (var i = 0u; i < ${n}u; i++) { dp[i] = dx[i] + ${float(e)} * dp[i]; }
  let bend = ${name}_bend(proposal, p, dp);
  var da = 0.0;
  for (var i = 0u; i < ${n}u; i++) {
    let back = x[i] - proposal[i] - ${float(e)} * ahead[i];
    da += ahead[i] * dp[i] - slope[i] * dx[i] - back * (dx[i] - dp[i] - ${float(e)} * bend[i]) * ${float(1 / (2 * e))};
  }
  let push = ${name}_gate_slope(a) * da;
  var out: ${types.x};
  for (var i = 0u; i < ${n}u; i++) { out[i] = select(dx[i], dp[i], a > 0.0) + push * (proposal[i] - x[i]); }
  return out;
}`,
  });
}

/** σ'(a) of the logistic function. */
export function gateSlope(a: number): number {
  const e = Math.exp(-Math.abs(a));
  return e / ((1 + e) * (1 + e));
}

export const GATE_SLOPE = (name: string): string => `fn ${name}_gate_slope(a: f32) -> f32 {
  let e = exp(-min(abs(a), 80.0));
  return e / ((1.0 + e) * (1.0 + e));
}`;

/** A literal of WGSL. */
export const float = (value: number): string => `${Math.fround(value)}f`;
