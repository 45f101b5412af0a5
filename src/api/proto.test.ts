import { test } from "vitest";
import { leapfrog, sampleDensity } from "./index.ts";
import { CounterRandom } from "../inference/index.ts";
const cpu = { backend: "cpu", lyapunov: false } as const;
function logistic(n: number, rows: number, seed: number) {
  const r = new CounterRandom(seed);
  const w = Array.from({ length: n }, () => r.normal() );
  const X: number[][] = [];
  for (let i = 0; i < rows; i++) {
    const common = r.normal();
    const x = Array.from({ length: n }, (_, j) => j === 0 ? 1 : Math.sqrt(.3) * r.normal() + Math.sqrt(.7) * common);
    const eta = x.reduce((s, v, j) => s + v * w[j], 0);
    const s = r.uniform() < 1 / (1 + Math.exp(-eta)) ? 1 : -1;
    X.push(x.map(v => -s * v));
  }
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => { let s = 0; for (let i = 0; i < n; i++) s += a[i] * b[i]; return s; };
  return { stateDim: n, inputDim: 0, outputDim: 1, numParameters: 0, structure: { kind: "dense", entries: [] }, wgsl: () => ({ name: "", code: "" }),
    float64: {
      value(out: Float64Array, x: ArrayLike<number>) { let s = -.5 * dot(x, x); for (const m of X) { const e = dot(m, x); s -= Math.max(e, 0) + Math.log1p(Math.exp(-Math.abs(e))); } out[0] = s; },
      jacobian(out: Float64Array, x: ArrayLike<number>) { for (let i = 0; i < n; i++) out[i] = -x[i]; for (const m of X) { const q = 1 / (1 + Math.exp(-dot(m, x))); for (let i = 0; i < n; i++) out[i] -= q * m[i]; } },
      jvp() {},
      second(out: Float64Array, x: ArrayLike<number>, _u: unknown, _t: unknown, _p: unknown, a: ArrayLike<number>, b: ArrayLike<number>) { let s = -dot(a, b); for (const m of X) { const q = 1 / (1 + Math.exp(-dot(m, x))); s -= q * (1 - q) * dot(m, a) * dot(m, b); } out[0] = s; },
    } } as never;
}
const diff = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));
test("go", { timeout: 600000 }, async () => {
  const n = 10;
  const f = logistic(n, 60, 3);
  const T = 300;
  for (const eps of [0.02, 0.05]) {
    const base = { method: "mala", stepSize: eps, numSamples: T, initialState: new Array(n).fill(0), seed: 1 } as const;
    const exact = await sampleDensity(f, { ...base, evaluate: { ...cpu, method: "sequential" } });
    for (const [name, o] of [["plain", {}], ["hess0", { basis: "hessian" }], ["hessAt", { basis: { hessianAt: exact.samples.data.slice(-n) } }]] as const)
      for (const method of ["newton", "quasi"] as const) {
        if (name !== "plain" && method === "newton") continue;
        const t0 = performance.now();
        const got = await sampleDensity(f, { ...base, ...o, evaluate: { ...cpu, method, clip: 1, maxIterations: 120 } } as never);
        console.log("row mala", eps, name, method, exact.acceptanceRates[0], got.evaluation.status, got.evaluation.iterations[0], diff(got.samples.data, exact.samples.data), (performance.now() - t0).toFixed(0));
      }
  }
  for (const L of [16, 64]) for (const eps of [0.05, 0.1, .2]) {
    const r = new CounterRandom(5);
    const m = Array.from({ length: n }, () => r.normal());
    const base = { position: new Array(n).fill(0), momentum: m, stepSize: eps, steps: L };
    const exact = await leapfrog(f, { ...base, evaluate: { ...cpu, method: "sequential" } });
    for (const basis of [undefined, "hessian"] as const)
      for (const guess of ["tiled", "normal"] as const)
        for (const method of ["blockQuasi", "quasi", "newton"] as const) {
        const got = await leapfrog(f, { ...base, basis, evaluate: { ...cpu, method, guess } });
        console.log("row leap", L, eps, basis, guess, method, got.evaluation.status, got.evaluation.iterations[0], diff(got.positions.data, exact.positions.data).toExponential(1), (Math.max(...exact.energies.data) - Math.min(...exact.energies.data)).toFixed(3));
      }
  }
});
