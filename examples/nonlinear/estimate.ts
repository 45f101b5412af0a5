/** The four estimators of the page, and how good what they say is. */

import {
  filter,
  ParameterError,
  type ParticleFilterOptions,
  particleFilter,
  type RunInfo,
  type Status,
  smooth,
} from "../../src/api/index.ts";
import { radiusSquared } from "../site/canvas.ts";
import type { BackendChoice } from "../site/report.ts";
import { type Scenario, SHOWN, type SystemName } from "./systems.ts";

export const ESTIMATORS = ["ekf", "ukf", "smoother", "particles"] as const;
export type EstimatorName = (typeof ESTIMATORS)[number];

export interface Settings {
  /** Of the smoother; 0: one pass */
  readonly iterations: number;
  /** N */
  readonly particles: number;
  /** Seed of the particles. */
  readonly draw: number;
  readonly backend: BackendChoice;
}

/** p(z_t | …) of the states that are looked at, k of them. */
export interface Estimate {
  readonly name: EstimatorName;
  /** [T, k] */
  readonly means: Float64Array;
  /** [T, k, k] */
  readonly covariances: Float64Array;
  /** nats; what it is of is said by `likelihood` */
  readonly logLikelihood: number;
  /** Of the model made affine, or estimated without bias by particles. */
  readonly likelihood: "linearised" | "estimate";
  readonly status: Status;
  /** What else there is to say, in a few words. */
  readonly remark: string;
  readonly run: Pick<RunInfo, "backend" | "adapter" | "software" | "method" | "seconds">;
}

/** Where the particle filter has no choice of a backend it runs where it can. */
async function particles(
  { model, observations }: Scenario,
  options: ParticleFilterOptions,
  backend: BackendChoice,
) {
  try {
    return await particleFilter(model, observations, { ...options, backend } as ParticleFilterOptions);
  } catch (error) {
    if (!(error instanceof ParameterError && /backend/.test(error.message))) throw error;
    return particleFilter(model, observations, options);
  }
}

export async function estimate(
  name: EstimatorName,
  system: SystemName,
  scenario: Scenario,
  { iterations, particles: numParticles, draw, backend }: Settings,
  signal?: AbortSignal,
): Promise<Estimate> {
  const { model, observations, inputs } = scenario;
  const shared = { signal, throwOnFailure: false, ...(inputs ? { inputs } : {}) };
  const common = { ...shared, backend, outputs: [] };
  const k = SHOWN[system];
  const of = (
    means: ArrayLike<number>,
    covariances: ArrayLike<number>,
    rest: { marginalLogLikelihood: number; status: Status; run: RunInfo },
    remark: string,
  ): Estimate => {
    const { backend: place, adapter, software, method, seconds } = rest.run;
    return {
      name,
      ...leading(means, covariances, model.stateDim, k),
      logLikelihood: Number(rest.marginalLogLikelihood),
      likelihood: name === "particles" ? "estimate" : "linearised",
      status: rest.status,
      remark,
      run: { backend: place, adapter, software, method, seconds },
    };
  };
  if (name === "particles") {
    const found = await particles(scenario, { ...shared, numParticles, seed: draw }, backend);
    const sizes = found.effectiveSampleSizes.data;
    const least = Math.min(...Array.from(sizes));
    const remark = Number.isFinite(least) ? `at least ${Math.round(least)} of ${numParticles} count` : "";
    return of(found.filteredMeans.data, found.filteredCovariances.data, found, remark);
  }
  if (name === "smoother") {
    const found = await smooth(model, observations, { ...common, linearization: "taylor", iterations });
    const turns = found.iterations[0]!;
    const remark =
      iterations === 0
        ? "one pass"
        : `${turns} iteration${turns === 1 ? "" : "s"}, ${found.converged[0] ? "converged" : "not converged"}`;
    return of(found.smoothedMeans.data, found.smoothedCovariances.data, found, remark);
  }
  const linearization = name === "ekf" ? "taylor" : "unscented";
  const found = await filter(model, observations, { ...common, linearization });
  return of(found.filteredMeans.data, found.filteredCovariances.data, found, "");
}

/** The first k of n states. */
function leading(means: ArrayLike<number>, covariances: ArrayLike<number>, n: number, k: number) {
  const T = means.length / n;
  return {
    means: Float64Array.from({ length: T * k }, (_, at) => means[Math.floor(at / k) * n + (at % k)]!),
    covariances: Float64Array.from({ length: T * k * k }, (_, at) => {
      const t = Math.floor(at / (k * k));
      const [i, j] = [Math.floor((at % (k * k)) / k), at % k];
      return covariances[(t * n + i) * n + j]!;
    }),
  };
}

/** Distance of every mean from the truth [T]. */
export function errors({ means }: Estimate, truth: Float64Array, k: number): Float64Array {
  return Float64Array.from({ length: truth.length / k }, (_, t) =>
    Math.hypot(...Array.from({ length: k }, (_, i) => means[t * k + i]! - truth[t * k + i]!)),
  );
}

/** The same in the estimator's own standard deviations [T]: √(eᵀ P⁻¹ e), k = 1 or 2. */
export function scaledErrors({ means, covariances }: Estimate, truth: Float64Array, k: number): Float64Array {
  return Float64Array.from({ length: truth.length / k }, (_, t) => {
    const e = Array.from({ length: k }, (_, i) => means[t * k + i]! - truth[t * k + i]!);
    if (k === 1) return Math.abs(e[0]!) / Math.sqrt(covariances[t]!);
    const [xx, xy, , yy] = covariances.subarray(4 * t, 4 * t + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const [x, y] = e as [number, number];
    return Math.sqrt((yy * x * x - 2 * xy * x * y + xx * y * y) / (xx * yy - xy * xy));
  });
}

/** Scaled errors below which a normal distribution has 95 % of its mass, k = 1 or 2. */
export const radiusOf = (k: number): number => (k === 1 ? 1.959963984540054 : Math.sqrt(radiusSquared(0.95)));

export interface Assessment {
  /** Root mean square error; NaN where the estimator failed. */
  readonly rmse: number;
  /** Share of the truth inside the 95 % region. */
  readonly inside: number;
}

export function assess(found: Estimate, truth: Float64Array, k: number): Assessment {
  if (found.status !== "ok") return { rmse: Number.NaN, inside: Number.NaN };
  const off = errors(found, truth, k);
  const inside = scaledErrors(found, truth, k).filter(value => value <= radiusOf(k)).length;
  return {
    rmse: Math.sqrt(off.reduce((sum, value) => sum + value * value, 0) / off.length),
    inside: inside / off.length,
  };
}

/** N of the slider, a power of ten: two digits of it. */
export const particlesOf = (power: string): number => Number((10 ** Number(power)).toPrecision(2));

/** Values of the form, as readForm() gives them. */
export const settingsOf = (values: Readonly<Record<string, string>>): Settings => ({
  iterations: Number(values.iterations),
  particles: particlesOf(values.particles!),
  draw: Number(values.draw),
  backend: values.backend as BackendChoice,
});
