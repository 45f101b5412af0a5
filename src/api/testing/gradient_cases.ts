/** Recurrences of every family with what they are driven by, and their derivatives by differences of plain loops. */
import { stepNormals } from "../../inference/index.ts";
import { difference } from "../../models/language/testing/differences.ts";
import {
  chaoticObserver,
  expressionFunction,
  type Recurrence,
  recurrence,
  type SystemName,
  system,
  wgslFunction,
} from "../index.ts";

export interface GradientCase {
  readonly name: string;
  readonly make: () => Promise<Recurrence>;
  readonly steps: number;
  /** u [T, d] where drawInputs() does not have them */
  readonly inputs?: (
    steps: number,
  ) => Promise<{ readonly data: ArrayLike<number>; readonly shape: readonly number[] }>;
  /** Inputs are numbers of things. */
  readonly jumps?: boolean;
}

export function normals(count: number, seed: number): Float64Array {
  const out = new Float64Array(count);
  stepNormals(seed, 0, 0, 0, count, out);
  return out;
}

const drawn = (d: number) => async (steps: number) => ({ data: normals(steps * d, 5), shape: [steps, d] });

const library = (name: SystemName, options: object = {}, steps = 37): GradientCase => ({
  name: `${name} ${JSON.stringify(options)}`,
  make: () => system(name, options),
  steps,
  jumps: name === "wordProblem",
});

/** tanh(W x + u), |W| about 0.6 */
export async function network(D: number): Promise<Recurrence> {
  const W = normals(D * D, 7).map(value => (0.6 * value) / Math.sqrt(D));
  const f = await expressionFunction({
    expressions: "tanh(W * x + u)",
    stateDim: D,
    inputDim: D,
    parameters: { W: { data: W, shape: [D, D] } },
  });
  return recurrence({ function: f, initialState: normals(D, 9) });
}

const WGSL = `
struct Gate { keep: f32, bias: f32 }
fn squash(v: f32, gate: Gate) -> f32 { return tanh(gate.keep * v + gate.bias); }
fn f(x: vec3f, u: vec2f, t: f32, p: array<f32, 4>) -> vec3f {
  var out = vec3f(0.0);
  var q = p;
  for (var i = 0u; i < 3u; i++) {
    let gate = Gate(q[i], 0.1 * q[3] * cos(0.3 * t));
    out[i] = squash(x[(i + 1u) % 3u], gate) + 0.5 * u.x * u.y;
  }
  if (x.x > 0.0) { out.y += 0.3 * sin(u.y) * q[3]; }
  return out;
}`;

export const WRITTEN: readonly GradientCase[] = [
  {
    name: "expressions",
    make: async () =>
      recurrence({
        function: await expressionFunction({
          expressions: [
            "tanh(a*x0 + b[1]*x1*x2 + u0)",
            "sin(x0) * exp(-c*x1^2) + b[2]*u1 + sqrt(1 + x2^2)/4",
            "x0 > 0 ? c*x1 + u0*u1 : b[3]*x2 + max(x0, x1) - atan2(x1, 2 + x2^2)",
          ],
          stateDim: 3,
          inputDim: 2,
          parameters: { a: 0.8, b: [0.2, -0.4, 0.1], c: 0.3 },
        }),
        initialState: [0.3, -0.2, 0.5],
      }),
    steps: 40,
    inputs: drawn(2),
  },
  {
    name: "one state",
    make: async () =>
      recurrence({
        function: await expressionFunction({
          expressions: ["tanh(a*x0 + u0) + b*cos(t)"],
          stateDim: 1,
          inputDim: 1,
          parameters: { a: 0.8, b: 0.2 },
        }),
        initialState: [0.3],
      }),
    steps: 70,
    inputs: drawn(1),
  },
  {
    name: "WGSL",
    make: async () =>
      recurrence({
        function: await wgslFunction({ code: WGSL, entry: "f" }),
        parameters: [0.7, -0.5, 0.4, 0.9],
        initialState: [0.2, -0.4, 0.1],
      }),
    steps: 45,
    inputs: drawn(2),
  },
  { name: "eight states", make: () => network(8), steps: 37, inputs: drawn(8) },
];

export const FAMILIES: readonly GradientCase[] = [
  library("lorenz"),
  library("thomas", { integrator: "rk4", dt: 0.02 }),
  library("glycolytic", { integrator: "rk4" }),
  library("duffing", { integrator: "implicitMidpoint", dt: 0.05 }),
  {
    name: "observer",
    make: async () => (await chaoticObserver("lorenz")).observer,
    steps: 60,
    inputs: async steps => (await chaoticObserver("lorenz")).drivers(steps),
  },
  library("henon", {}, 9),
  library("ikeda", {}, 7),
  library("lorenz96", { size: 6, dt: 0.02 }),
  library("wordProblem"),
  library("autoregressiveGru"),
  library("twoWell"),
  library("kWells", { size: 3, wells: 3, eps: 0.02 }),
  library("meanFieldRnn", { size: 6, gain: 0.6 }),
  library("meanFieldRnn", { size: 5, gain: 0.6, when: "after" }),
  library("vanillaRnn", { size: 5, inputDim: 2 }),
  library("gru", { size: 4, inputDim: 3 }),
  library("lstm", { size: 3, inputDim: 2 }),
  library("minimalRnn", { size: 4, inputDim: 2 }),
  library("paraGru", { size: 6, inputDim: 4, heads: 2 }),
  library("paraLstm", { size: 4, inputDim: 4, heads: 2 }),
];

/** What a case is evaluated from. */
export interface Instance {
  readonly model: Recurrence;
  readonly start: Float64Array;
  /** u [T, d], or T */
  readonly given: { readonly data: Float64Array; readonly shape: readonly number[] } | number;
  readonly u: Float64Array;
  readonly steps: number;
}

export async function instance({ make, steps, inputs }: GradientCase, T = steps): Promise<Instance> {
  const model = await make();
  const rows = model.inputDim === 0 ? undefined : await (inputs?.(T) ?? model.drawInputs?.(T, 3));
  const u = Float64Array.from(rows?.data ?? []);
  const start = Float64Array.from(model.initialState as Float64Array);
  return { model, start, u, steps: T, given: rows ? { data: u, shape: [T, model.inputDim] } : T };
}

/** s [T, D], one step after the other. */
export function loop(
  { model, steps }: Instance,
  start: Float64Array,
  u: Float64Array,
  p: Float64Array,
): Float64Array {
  const { stateDim: D, inputDim: d, function: f } = model;
  const out = new Float64Array(steps * D);
  let x = start;
  for (let t = 0; t < steps; t++) {
    const next = out.subarray(t * D, (t + 1) * D);
    f.float64.value(next, x, u.subarray(t * d, (t + 1) * d), t, p);
    x = next;
  }
  return out;
}

/** Rates of the states [T, D] along a change, by differences of order 12. */
export function ratesOf(
  at: Instance,
  change: {
    readonly start?: ArrayLike<number>;
    readonly u?: ArrayLike<number>;
    readonly p?: ArrayLike<number>;
  },
  reach = 2e-3,
): Float64Array {
  const moved = (base: Float64Array, by: ArrayLike<number> | undefined, h: number): Float64Array =>
    by ? base.map((value, i) => value + h * by[i]) : base;
  return Float64Array.from(
    difference(
      h =>
        loop(
          at,
          moved(at.start, change.start, h),
          moved(at.u, change.u, h),
          moved(at.model.parameters, change.p, h),
        ),
      reach,
    ),
  );
}

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};
