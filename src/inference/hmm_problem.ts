/**
 * A hidden Markov inference problem, packed for the recursions: plain numbers, no model.
 *
 *   z_0 ~ π,  z_t | z_{t−1} ~ A_t[z_{t−1}, ·],  t = 1 … T−1
 *   y_t | z_t ~ p(· | z_t),  t = 0 … T−1
 *
 * Inputs and masks are folded in: driven transitions into A_t, inputs of emissions into the records, what is missing
 * into log-likelihoods of 0. Series shorter than T are padded; nothing past their length is read.
 */
import type { Field } from "./linear_gaussian_problem.ts";

export interface HmmProblem {
  /** K */
  readonly numStates: number;
  /** N */
  readonly numSeries: number;
  /** Longest series, T. */
  readonly numSteps: number;
  /** [N] length of each series, 1 … T. */
  readonly lengths: Uint32Array;
  /** π [K] */
  readonly initialProbs: Field;
  /** A_t [K, K], A[i, k] = p(z_t = k | z_{t−1} = i), zeros allowed; t = 0 is never read. */
  readonly transitionMatrix: Field;
  readonly emissions: Emissions;
}

/** The densities of the observations given the state, for the CPU and for a GPU. */
export interface Emissions {
  /** E: distinct densities; K unless states share them. */
  readonly numEmissions: number;
  /** [K] which density each state has; absent: state k has density k. */
  readonly emissionOf?: Uint32Array;
  /**
   * Writes log p(y_t | density e) for e = 0 … E−1 to out[at + e], in nats with all constants: 0 where nothing is observed,
   * −Infinity where impossible, never NaN.
   */
  logLikelihoods(series: number, step: number, out: Float64Array, at: number): void;
  readonly gpu: GpuEmissions;
}

/**
 * What a kernel needs to work the densities out itself. It computes log p(y_t | e) − baseline_t, whatever does not
 * depend on the state being summed on the host in float64.
 */
export interface GpuEmissions {
  /**
   * WGSL: a file of shaders/emissions by its stem, the text of one, or a text made of such files. It defines
   * `fn emission_log_likelihood(record: u32, e: u32) -> f32`, from `emission_records[record + i]`, the record of the series and
   * step, and from `emission_parameters`; LOG_ZERO where impossible. Or `emission_nats(record, e) -> vec2f`: the same as a whole
   * number and the rest, where float32 is not enough.
   */
  readonly kernel:
    | { readonly stem: string }
    | { readonly source: string }
    | { readonly compose: (snippet: (name: string) => string) => string };
  /** `const` lines of that WGSL, e.g. EMISSION_DIM. */
  readonly constants: Readonly<Record<string, number>>;
  /** Parameters of all densities, prepared in float64, as the WGSL reads them. */
  readonly parameters: Float32Array<ArrayBuffer>;
  /** Floats of the record of one step. */
  readonly recordFloats: number;
  /** Writes the records of steps start … end−1 of a series to out[at…]; steps past its end may be left 0. */
  packRecords(series: number, start: number, end: number, out: Float32Array, at: number): void;
  /** The part of log p(y_t | e) that all densities share, nats. */
  baseline(series: number, step: number): number;
}
