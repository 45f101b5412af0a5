/**
 * Hamiltonian Monte Carlo as a recurrence: a step takes momenta m ~ N(0, I) and log u as its input, moves by L leapfrogs of ε and keeps
 * what it comes to where H(before) − H(after) > log u. Gate and source as in mala.ts.
 */
import type { RecurrenceFunction } from "../recurrence.ts";
import { Density, densityText, type LogDensityFunction } from "./density.ts";
import { float, GATE_SLOPE, gateSlope } from "./mala.ts";
import { chainFunction } from "./step_function.ts";

export function hmcFunction(
  density: LogDensityFunction,
  stepSize: number,
  leapfrogSteps: number,
): RecurrenceFunction {
  const n = density.stateDim;
  const p = density.parameters ?? [];
  const ell = new Density(density, p);
  const [e, L] = [stepSize, leapfrogSteps];
  const [z, m, g, dz, dm, bend] = Array.from({ length: 6 }, () => new Float64Array(n));
  /** Leapfrogs from x, with the change of it where there is one. @returns a and its change */
  const travel = (
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    dx?: ArrayLike<number>,
  ): { a: number; da: number } => {
    ell.gradient(g, x);
    let a = -ell.value(x) - u[n];
    let da = 0;
    if (dx) ell.hessianProduct(bend, x, dx);
    for (let i = 0; i < n; i++) {
      z[i] = x[i];
      m[i] = u[i] + 0.5 * e * g[i];
      a += 0.5 * u[i] * u[i];
      if (!dx) continue;
      da -= g[i] * dx[i];
      dz[i] = dx[i];
      dm[i] = 0.5 * e * bend[i];
    }
    for (let k = 0; k < L; k++) {
      for (let i = 0; i < n; i++) {
        z[i] += e * m[i];
        if (dx) dz[i] += e * dm[i];
      }
      ell.gradient(g, z);
      if (dx) ell.hessianProduct(bend, z, dz);
      const kick = k < L - 1 ? e : 0.5 * e;
      for (let i = 0; i < n; i++) {
        m[i] += kick * g[i];
        if (dx) dm[i] += kick * bend[i];
      }
    }
    a += ell.value(z);
    for (let i = 0; i < n; i++) {
      a -= 0.5 * m[i] * m[i];
      if (dx) da += g[i] * dz[i] - m[i] * dm[i];
    }
    return { a, da };
  };
  return chainFunction({
    stateDim: n,
    inputDim: n + 1,
    parameters: p,
    value(out, x, u) {
      const { a } = travel(x, u);
      for (let i = 0; i < n; i++) out[i] = a > 0 ? z[i] : x[i];
    },
    jvp(out, x, u, dx) {
      const { a, da } = travel(x, u, dx);
      const push = gateSlope(a) * da;
      for (let i = 0; i < n; i++) out[i] = (a > 0 ? dz[i] : dx[i]) + push * (z[i] - x[i]);
    },
    wgsl: (name, types) => `${densityText(density, name, types.p)}
${GATE_SLOPE(name)}
struct ${name}_End { z: ${types.x}, a: f32 }
fn ${name}_travel(x: ${types.x}, u: ${types.u}, p: ${types.p}) -> ${name}_End {
  var z = x;
  var m: ${types.x};
  var g = ${name}_slope(x, p);
  var a = -${name}_log(x, p) - u[${n}u];
  for (var i = 0u; i < ${n}u; i++) {
    m[i] = u[i] + ${float(0.5 * e)} * g[i];
    a += 0.5 * u[i] * u[i];
  }
  for (var k = 0u; k < ${L}u; k++) {
    for (var i = 0u; i < ${n}u; i++) { z[i] += ${float(e)} * m[i]; }
    g = ${name}_slope(z, p);
    let kick = select(${float(0.5 * e)}, ${float(e)}, k + 1u < ${L}u);
    for (var i = 0u; i < ${n}u; i++) { m[i] += kick * g[i]; }
  }
  a += ${name}_log(z, p);
  for (var i = 0u; i < ${n}u; i++) { a -= 0.5 * m[i] * m[i]; }
  return ${name}_End(z, a);
}
fn ${name}(x: ${types.x}, u: ${types.u}, t: f32, p: ${types.p}) -> ${types.x} {
  let end = ${name}_travel(x, u, p);
  if (end.a > 0.0) { return end.z; }
  return x;
}
fn ${name}_jvp(x: ${types.x}, u: ${types.u}, t: f32, p: ${types.p}, dx: ${types.x}) -> ${types.x} {
  let end = ${name}_travel(x, u, p);
  var z = x;
  var m: ${types.x};
  var dz = dx;
  var dm: ${types.x};
  var g = ${name}_slope(x, p);
  var bend = ${name}_bend(x, p, dx);
  var da = 0.0;
  for (var i = 0u; i < ${n}u; i++) {
    m[i] = u[i] + ${float(0.5 * e)} * g[i];
    dm[i] = ${float(0.5 * e)} * bend[i];
    da -= g[i] * dx[i];
  }
  for (var k = 0u; k < ${L}u; k++) {
    for (var i = 0u; i < ${n}u; i++) {
      z[i] += ${float(e)} * m[i];
      dz[i] += ${float(e)} * dm[i];
    }
    g = ${name}_slope(z, p);
    bend = ${name}_bend(z, p, dz);
    let kick = select(${float(0.5 * e)}, ${float(e)}, k + 1u < ${L}u);
    for (var i = 0u; i < ${n}u; i++) {
      m[i] += kick * g[i];
      dm[i] += kick * bend[i];
    }
  }
  for (var i = 0u; i < ${n}u; i++) { da += g[i] * dz[i] - m[i] * dm[i]; }
  let push = ${name}_gate_slope(end.a) * da;
  var out: ${types.x};
  for (var i = 0u; i < ${n}u; i++) { out[i] = select(dx[i], dz[i], end.a > 0.0) + push * (z[i] - x[i]); }
  return out;
}`,
  });
}
