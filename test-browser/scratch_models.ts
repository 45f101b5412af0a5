import { ACCURACY_MODELS, accuracyCase } from "./accuracy_models.ts";
import { diagonal, draw, type RawCase, TestRandom } from "./oracle_models.ts";
import type { Matrix, RawModel } from "./oracle.ts";
const constant = (mean: number[], P0: Matrix, F: Matrix, Q: Matrix, H: Matrix, R: Matrix): RawModel => ({
  initial: { mean, covariance: P0 }, dynamics: { weights: F, covariance: Q }, emissions: { weights: H, covariance: R } });
const zeros = (n: number) => diagonal(new Array(n).fill(0));
function companion(phi: number[], r: number): RawModel {
  const n = phi.length; const F = zeros(n); F[0] = phi; for (let i = 1; i < n; i++) F[i]![i-1] = 1;
  const Q = zeros(n); Q[0]![0] = 1;
  return constant(new Array(n).fill(0), diagonal(new Array(n).fill(1)), F, Q, [[1, ...new Array(n-1).fill(0)]], [[r*r]]);
}
function seasonal(s: number, sd: number, p0: number): RawModel {
  const n = s; const F = zeros(n); F[0]![0] = 1; F[1] = [0, ...new Array(n-1).fill(-1)]; for (let i = 2; i < n; i++) F[i]![i-1] = 1;
  const Q = zeros(n); Q[0]![0] = 0.01; Q[1]![1] = sd*sd;
  return constant(new Array(n).fill(0), diagonal(new Array(n).fill(p0)), F, Q, [[1, 1, ...new Array(n-2).fill(0)]], [[1]]);
}
function twin(gap: number): RawModel {
  return constant([0,0], [[1,1],[1,1+gap*gap]], [[0.9,0],[0,0.9]], [[0.1,0.1],[0.1,0.1+0.1*gap*gap]], [[1,1]], [[1]]);
}
const trend = (level: number, slope: number, sd0: number[]): RawModel => constant([0,0], diagonal(sd0.map(x=>x*x)), [[1,1],[0,1]], diagonal([level**2, slope**2]), [[1,0]], [[1]]);
const OWN: Record<string, () => RawModel> = {
  comp4: () => companion([0.5,0.2,-0.1,0.1], 1e-3), comp4b: () => companion([0.5,0.2,-0.1,0.1], 1),
  seas12: () => seasonal(12, 0.1, 100), seas12b: () => seasonal(12, 1e-4, 1e8), seas4c: () => seasonal(4, 0, 1e6),
  seas4a: () => seasonal(4, 0, 1), seas4d: () => seasonal(4, 0, 1e2), seas4e: () => seasonal(4, 0.1, 1e6), seas12c: () => seasonal(12, 0.1, 1e4), twin2: () => twin(1e-2), twin4: () => twin(1e-4), twin5: () => twin(1e-5),
  trend3: () => trend(0, 1e-3, [10, 1]), trend8: () => trend(0, 1e-8, [10, 1]), trend0: () => trend(0, 0, [10, 1]),
  diffuse3: () => trend(0.1, 0.01, [1e3, 1e3]), diffuse5: () => trend(0.1, 0.01, [1e5, 1e5]), diffuse2: () => trend(0.1, 0.01, [1e2, 1e2]),
};
export const SCRATCH = [...ACCURACY_MODELS.filter(x => !x.includes("gap")), ...Object.keys(OWN)];
export function scratchCase(name: string, T: number): RawCase {
  const random = new TestRandom(77);
  let c: RawCase;
  if (OWN[name]) { const model = OWN[name]!(); c = { model, observations: draw(model, T, random).map(r => r.map(y => Math.fround(y as number))) }; }
  else c = accuracyCase(name, T);
  return { ...c, observations: c.observations.map((row, t) => random.uniform() < 0.3 || (t > 0.4*T && t < 0.6*T) ? row.map(() => null) : row) };
}
