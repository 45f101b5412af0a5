/** The numbers of a particle problem for the kernels: one buffer of float32, and where in it what stands. */
import type { Field } from "../linear_gaussian_problem.ts";
import type { ParticleProblem } from "./particle_filter.cpu.ts";

/** What the kernels take of a model and its data, beside the problem: see shaders/particles/density.wgsl. */
export interface ParticleKernels {
  /** WGSL of user_dynamics, user_emissions and user_covariance */
  readonly code: string;
  /** EMISSION, and the sizes that the functions have */
  readonly constants: Readonly<Record<string, number>>;
  readonly dynamicsParameters: Float64Array;
  readonly emissionParameters: Float64Array;
  readonly covarianceParameters: Float64Array;
  /** Constants of the family. */
  readonly family: readonly number[];
  /** [N, T, recordLength] */
  readonly records: Float64Array;
  readonly recordLength: number;
  /** Factors of noise, and what goes with them. */
  readonly tables: readonly number[];
}

export interface ParticleData {
  readonly floats: Float32Array<ArrayBuffer>;
  readonly uniforms: Readonly<Record<string, number>>;
}

type Part = readonly [ArrayLike<number>, number, number];

/** Everything about series first … first + count − 1. */
export function particleData(
  problem: ParticleProblem,
  kernels: ParticleKernels,
  first: number,
  count: number,
): ParticleData {
  const parts: Part[] = [];
  let size = 0;
  const put = (data: ArrayLike<number>, from = 0, end = data.length): number => {
    const at = size;
    parts.push([data, from, end]);
    size += Math.max(1, end - from);
    return at;
  };
  /** A parameter by the names of its uniforms; all series, where each has the same. */
  const field = (
    name: string,
    { data, seriesStride, stepStride = 0 }: Omit<Field, "stepStride"> & { readonly stepStride?: number },
    steps: boolean,
  ): Record<string, number> => {
    const at =
      seriesStride === 0 ? put(data) : put(data, first * seriesStride, (first + count) * seriesStride);
    return {
      [name]: at,
      [`${name}_series`]: seriesStride,
      ...(steps && { [`${name}_step`]: stepStride }),
    };
  };
  const { inputs, numSteps: T } = problem;
  const { records, recordLength } = kernels;
  const uniforms = {
    ...field("initial_mean", problem.initialMean, false),
    ...field("initial_factor", problem.initialFactor, false),
    ...field("dynamics_factor", problem.dynamicsFactor, true),
    dynamics_parameters: put(kernels.dynamicsParameters),
    emission_parameters: put(kernels.emissionParameters),
    covariance_parameters: put(kernels.covarianceParameters),
    family: put([...kernels.family, 0, 0]),
    ...field("inputs", { ...inputs, stepStride: inputs.dim }, true),
    records: put(records, first * T * recordLength, (first + count) * T * recordLength),
    tables: put(kernels.tables),
  };
  const floats = new Float32Array(size);
  let at = 0;
  for (const [data, from, end] of parts) {
    for (let i = from; i < end; i++) floats[at + i - from] = data[i];
    at += Math.max(1, end - from);
  }
  return { floats, uniforms };
}
