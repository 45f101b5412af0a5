/**
 * Leapfrogs of Hamiltonian dynamics as a recurrence of their own. The state is (z, m) with the momentum half a step ahead:
 *
 *   z' = z + ε m,  m' = m + ε ∇ℓ(z'),   J = [I, ε I; ε H, I + ε² H],  H the Hessian of ℓ at z'
 *
 * so that a trajectory of L steps begins with half a kick and ends with half a kick taken back. Without H's entries off the diagonal J is
 * 2 × 2 blocks of diagonals: blockQuasi.
 * @see Zoltowski et al. 2025, arXiv:2508.18413
 */
import { type Recurrence, type RecurrenceFunction, recurrence } from "../recurrence.ts";
import { checkLogDensity, Density, densityText, type LogDensityFunction } from "./density.ts";
import { float } from "./mala.ts";
import { chainFunction } from "./step_function.ts";

/** States (z [n], m [n]), no inputs. @throws ParameterError */
export function leapfrogRecurrence(call: string, density: LogDensityFunction, stepSize: number): Recurrence {
  checkLogDensity(call, density);
  return recurrence({ function: leapfrogFunction(density, stepSize) });
}

function leapfrogFunction(density: LogDensityFunction, stepSize: number): RecurrenceFunction {
  const n = density.stateDim;
  const p = density.parameters ?? [];
  const ell = new Density(density, p);
  const e = stepSize;
  const [z, dz, g] = Array.from({ length: 3 }, () => new Float64Array(n));
  const move = (x: ArrayLike<number>): void => {
    for (let i = 0; i < n; i++) z[i] = x[i] + e * x[n + i];
  };
  return chainFunction({
    stateDim: 2 * n,
    inputDim: 0,
    parameters: p,
    value(out, x) {
      move(x);
      ell.gradient(g, z);
      for (let i = 0; i < n; i++) {
        out[i] = z[i];
        out[n + i] = x[n + i] + e * g[i];
      }
    },
    jvp(out, x, _u, dx) {
      move(x);
      for (let i = 0; i < n; i++) dz[i] = dx[i] + e * dx[n + i];
      ell.hessianProduct(g, z, dz);
      for (let i = 0; i < n; i++) {
        out[i] = dz[i];
        out[n + i] = dx[n + i] + e * g[i];
      }
    },
    jacobian(out, x) {
      move(x);
      out.fill(0);
      // H at the lower left, from which the other block is made.
      ell.hessian(out.subarray(2 * n * n), z, 2 * n);
      for (let i = 0; i < n; i++) {
        const [upper, lower] = [i * 2 * n, (n + i) * 2 * n];
        for (let j = 0; j < n; j++) {
          const bend = e * out[lower + j];
          out[lower + j] = bend;
          out[lower + n + j] = e * bend;
        }
        out[upper + i] = 1;
        out[upper + n + i] = e;
        out[lower + n + i] += 1;
      }
    },
    wgsl: (name, types) => `${densityText(density, name, types.p)}
fn ${name}_move(x: ${types.x}) -> array<f32, ${n}> {
  var z: array<f32, ${n}>;
  for (var i = 0u; i < ${n}u; i++) { z[i] = x[i] + ${float(e)} * x[${n}u + i]; }
  return z;
}
fn ${name}(x: ${types.x}, u: ${types.u}, t: f32, p: ${types.p}) -> ${types.x} {
  let z = ${name}_move(x);
  let g = ${name}_slope(z, p);
  var out: ${types.x};
  for (var i = 0u; i < ${n}u; i++) {
    out[i] = z[i];
    out[${n}u + i] = x[${n}u + i] + ${float(e)} * g[i];
  }
  return out;
}
fn ${name}_jvp(x: ${types.x}, u: ${types.u}, t: f32, p: ${types.p}, dx: ${types.x}) -> ${types.x} {
  let z = ${name}_move(x);
  let dz = ${name}_move(dx);
  let bend = ${name}_bend(z, p, dz);
  var out: ${types.x};
  for (var i = 0u; i < ${n}u; i++) {
    out[i] = dz[i];
    out[${n}u + i] = dx[${n}u + i] + ${float(e)} * bend[i];
  }
  return out;
}`,
  });
}
