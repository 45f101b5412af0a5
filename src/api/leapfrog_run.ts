/** leapfrog(), behind its public face; and what chains of trajectories take of it. */
import { type NDArray, ParameterError } from "../engine/index.ts";
import {
  checkKeys,
  checkLogDensity,
  checkStepSize,
  Density,
  type LogDensityFunction,
  leapfrogRecurrence,
  readArray,
  say,
  shapeText,
} from "../models/index.ts";
import { evaluateInBasis, readBasis } from "./chain_basis.ts";
import type { EvaluateOptions } from "./evaluate.ts";
import type { EvaluationResult } from "./evaluation_result.ts";
import type { LeapfrogOptions, LeapfrogTrajectory } from "./leapfrog.ts";
import { checkWhole, refuseOption } from "./options.ts";

const NEEDED = ["position", "momentum", "stepSize", "steps"];

export async function leapfrogTrajectory(
  density: LogDensityFunction,
  options: LeapfrogOptions,
): Promise<LeapfrogTrajectory> {
  const call = "leapfrog";
  checkLogDensity(call, density);
  checkKeys(call, "options.", options, [...NEEDED, "basis", "evaluate"], NEEDED);
  const { stepSize, steps: L } = options;
  checkStepSize(call, stepSize);
  checkWhole(call, "steps", L, 1);
  const n = density.stateDim;
  const z = readStart(call, "position", options.position, density);
  const m = readArray(call, "options.momentum", options.momentum);
  if (m.shape.join() !== z.shape.join() || !m.data.every(Number.isFinite))
    refuseOption(call, "momentum", `finite numbers ${shapeText(z.shape)}, as position`, options.momentum);
  const N = z.data.length / n;
  const basis = readBasis(call, density, options.basis, z.data.subarray(0, n), "position");
  const leapfrogs = leapfrogsOf(call, density, stepSize, L, basis, options.evaluate);
  const { evaluation, ell } = await leapfrogs(z, m.data);
  const own = evaluation.states.data;
  const positions = new Float64Array(N * L * n);
  const momenta = new Float64Array(N * L * n);
  const energies = new Float64Array(N * (L + 1));
  const g = new Float64Array(n);
  for (let s = 0; s < N; s++) {
    energies[s * (L + 1)] = energy(ell, z.data.subarray(s * n), m.data.subarray(s * n));
    for (let k = 0; k < L; k++) {
      const at = (s * L + k) * n;
      positions.set(own.subarray(2 * at, 2 * at + n), at);
      ell.gradient(g, positions.subarray(at, at + n));
      for (let i = 0; i < n; i++) momenta[at + i] = own[2 * at + n + i] - 0.5 * stepSize * g[i];
      energies[s * (L + 1) + k + 1] = energy(ell, positions.subarray(at), momenta.subarray(at));
    }
  }
  const batch = z.shape.slice(0, -1);
  return {
    positions: { data: positions, shape: [...batch, L, n] },
    momenta: { data: momenta, shape: [...batch, L, n] },
    energies: { data: energies, shape: [...batch, L + 1] },
    evaluation,
  };
}

/** States [n] or [N, n] at which log p and its gradient are finite. @throws ParameterError */
export function readStart(
  call: string,
  key: string,
  value: LeapfrogOptions["position"],
  density: LogDensityFunction,
): NDArray {
  const n = density.stateDim;
  const start = readArray(call, `options.${key}`, value);
  const { data, shape } = start;
  if (shape.length < 1 || shape.length > 2 || shape.at(-1) !== n || data.length === 0)
    refuseOption(call, key, `[${n}] or [N, ${n}]`, value);
  const ell = new Density(density, density.parameters ?? []);
  const g = new Float64Array(n);
  for (let at = 0; at < data.length; at += n) {
    const x = data.subarray(at, at + n);
    ell.gradient(g, x);
    const got = ell.value(x);
    if (Number.isFinite(got) && g.every(Number.isFinite)) continue;
    const where = `options.${key}${shape.length === 2 ? `[${at / n}]` : ""}`;
    const words = Number.isFinite(got) ? "no finite gradient" : `log p = ${got}`;
    const fix = "Start where the density is above 0 and smooth.";
    throw new ParameterError(say(call, where, "a state with a finite log density and gradient", words, fix));
  }
  return start;
}

/** H = |m|²/2 − log p(z). */
export function energy(ell: Density, z: ArrayLike<number>, m: ArrayLike<number>): number {
  let sum = -ell.value(z);
  for (let i = 0; i < ell.stateDim; i++) sum += 0.5 * m[i] * m[i];
  return sum;
}

export interface Leapfrogs {
  /** States [N, L, 2n]: z, and m half a step ahead */
  readonly evaluation: EvaluationResult;
  readonly ell: Density;
}

/** Trajectories of L steps from positions z [N, n] or [n] and momenta m, as many. */
export function leapfrogsOf(
  call: string,
  density: LogDensityFunction,
  stepSize: number,
  L: number,
  basis: Float64Array | undefined,
  options: EvaluateOptions = {},
): (z: NDArray, m: Float64Array) => Promise<Leapfrogs> {
  const n = density.stateDim;
  const model = leapfrogRecurrence(call, density, stepSize);
  const ell = new Density(density, density.parameters ?? []);
  const g = new Float64Array(n);
  return async (z, m) => {
    const start = new Float64Array(2 * z.data.length);
    for (let at = 0; at < z.data.length; at += n) {
      const x = z.data.subarray(at, at + n);
      ell.gradient(g, x);
      start.set(x, 2 * at);
      for (let i = 0; i < n; i++) start[2 * at + n + i] = m[at + i] + 0.5 * stepSize * g[i];
    }
    const shape = [...z.shape.slice(0, -1), 2 * n];
    const evaluation = await evaluateInBasis(model, basis, n, { data: start, shape }, L, {
      method: "blockQuasi",
      guess: "tiled",
      ...options,
    });
    return { evaluation, ell };
  };
}
