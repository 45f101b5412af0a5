/**
 * One call of the library as plain data, and its execution. The command runs it in Node for the CPU backend and
 * the page runs the same code for WebGPU, so both read the same model, the same data and give the same fields.
 */

import {
  type Band,
  decompose,
  type FilterResult,
  filter,
  forecast,
  type InferenceOptions,
  type LinearGaussianSSM,
  loadModelDocument,
  type Model,
  type NonlinearSmootherResult,
  type NonlinearSSM,
  ParameterError,
  type ParticleSmootherOptions,
  type ResultBase,
  samplePosterior,
  smooth,
} from "../api/index.ts";
import { type CovarianceForm, fieldLabel, isCut, type ModelKind, wantedFields } from "./fields.ts";
import type { FrameArray } from "./frames.ts";
import { hmmOutcome } from "./hmm_job.ts";
import { particleOutcome } from "./particle_job.ts";
import type { RecurrenceCall } from "./recurrence_job.ts";

/** What is called on data. */
export type Call = "filter" | "smooth" | "loglik" | "decode" | "forecast" | "sample" | "decompose";
/** Every command that gives arrays. */
export type CallName = Call | "simulate" | RecurrenceCall;

/** Everything about a job but its arrays. */
export interface JobHeader {
  readonly call: Call;
  /** The model document, as parsed JSON. */
  readonly model: object;
  /** Which kind of model it is; default linear-gaussian. */
  readonly kind?: ModelKind;
  readonly method: "auto" | "parallel" | "sequential";
  readonly refine: "auto" | "always" | "never";
  readonly form: "auto" | "timeInvariant" | "squareRoot" | "covariance";
  /** smooth and decompose */
  readonly smoother?: InferenceOptions["smoother"];
  readonly covariances: CovarianceForm;
  /** Result fields wanted; undefined = all that the call gives. */
  readonly fields?: readonly string[];
  /** Number of series; `observations/0` … are their arrays. */
  readonly numSeries: number;
  /** The caller gave a batch: fields get a leading series axis even for one series. */
  readonly batched: boolean;
  readonly hasInputs: boolean;
  /** forecast: h, level (decompose too), and how many series each of `futureInputs/…` and `scenarios/NAME/…` has, 0 = one shared by all */
  readonly steps?: number;
  readonly level?: number;
  readonly futureInputs?: number;
  readonly scenarios?: readonly { readonly name: string; readonly series: number }[];
  /** decompose, beside level */
  readonly states?: "smoothed" | "filtered";
  /** filter, smooth, loglik: what log-likelihoods count */
  readonly likelihood?: InferenceOptions["likelihood"];
  readonly burnIn?: number;
  /** Options of nonlinear models by name */
  readonly nonlinear?: Readonly<Record<string, string | number>>;
  /** Nonlinear models by particles */
  readonly particles?: Pick<
    ParticleSmootherOptions,
    "numParticles" | "seed" | "proposal" | "numTrajectories"
  >;
  /** smooth, of hidden Markov models */
  readonly lag?: number;
  readonly transitions?: "sum" | "steps";
  /** sample: S and the seed */
  readonly numSamples?: number;
  readonly seed?: number;
}

export interface Job {
  readonly header: JobHeader;
  /** `observations/i` [T_i, m] and, with inputs, `inputs/i` [T_i, d]; forecast: `futureInputs/i`, `scenarios/NAME/i` [h, d]. */
  readonly arrays: Readonly<Record<string, FrameArray>>;
}

/** Scalars of a result. */
export interface JobSummary {
  readonly status: ResultBase["status"];
  readonly statuses: ResultBase["statuses"];
  readonly lengths: readonly number[];
  readonly numSeries: number;
  /** Absent where nothing was inferred (simulate). */
  readonly run?: ResultBase["run"];
  readonly marginalLogLikelihood?: number;
  readonly marginalLogLikelihoods?: readonly number[];
  /** Models with diffuse states: steps until all is identified, and states that never are, by series. */
  readonly diffuseSteps?: readonly number[];
  readonly unidentifiedStates?: readonly (readonly number[])[];
  /** Hidden Markov models: decode's log p(z, y), and where series became impossible (−1: nowhere) */
  readonly logJoint?: number;
  readonly logJoints?: readonly number[];
  readonly impossibleSteps?: readonly number[];
  /** Nonlinear models, smoothed in iterations, and recurrences: by series */
  readonly iterations?: readonly number[];
  readonly converged?: readonly boolean[];
  readonly objectives?: readonly (readonly number[])[];
  /** Recurrences: by series; as evaluate() and lyapunov() of the library */
  readonly merit?: readonly number[];
  readonly merits?: readonly (readonly number[])[];
  readonly lyapunov?: readonly number[];
  readonly overshoot?: readonly number[];
  readonly stateError?: readonly number[];
  readonly predictedIterations?: readonly number[];
  readonly resets?: readonly number[];
  readonly failedSteps?: readonly number[];
  /** Updates of every prefix asked for, by series; −1 where it did not converge */
  readonly prefixIterations?: readonly (readonly number[])[];
  /** Whether expectedTransitions are one matrix, or one for every step. */
  readonly transitions?: "sum" | "steps";
  /** forecast, decompose */
  readonly level?: number;
  readonly scenarios?: readonly string[];
  /** sample, simulate: fields have a sample axis [S] when it is there. */
  readonly numSamples?: number;
  readonly seed?: number;
}

/** Where a job runs and how it is watched. */
export type JobOptions = Pick<InferenceOptions, "backend" | "engine" | "signal" | "onProgress">;

export type Emit = (name: string, array: FrameArray) => void | Promise<void>;

export interface Context<M = LinearGaussianSSM> {
  readonly header: JobHeader;
  readonly model: M;
  readonly observations: FrameArray | FrameArray[];
  readonly options: InferenceOptions;
  readonly emit: Emit;
  /** Emits the wanted fields of a result, their labels after a prefix. */
  readonly emitFields: (result: object, prefix?: string) => Promise<void>;
  /** Future inputs under a prefix: one array, or one per series. */
  readonly future: (prefix: string, series: number) => FrameArray | FrameArray[];
}

/**
 * Run a job.
 * @param emit called once per wanted field, in order
 * @throws every error of the library
 */
export async function runJob(job: Job, options: JobOptions, emit: Emit): Promise<JobSummary> {
  const { header, arrays } = job;
  const gather = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => arrays[`${prefix}/${i}`]);
  const perSeries = (prefix: string) =>
    header.batched ? gather(prefix, header.numSeries) : arrays[`${prefix}/0`];
  const wanted = wantedFields(header);
  const model = await loadModelDocument(header.model);
  const context: Context<Model> = {
    header,
    model,
    observations: perSeries("observations"),
    options: {
      ...options,
      method: header.method,
      ...(model.type !== "hmm" && { refine: header.refine }),
      ...(model.type === "linear-gaussian" && { form: header.form }),
      ...header.nonlinear,
      ...(header.smoother && { smoother: header.smoother }),
      throwOnFailure: false,
      ...(header.hasInputs ? { inputs: perSeries("inputs") } : {}),
    },
    emit,
    async emitFields(result, prefix = "") {
      for (const name of wanted) {
        const array = result[name as keyof typeof result] as FrameArray;
        const label = prefix + fieldLabel(name, header.covariances);
        await emit(label, isCut(name, header.covariances) ? diagonals(array) : array);
      }
    },
    future: (prefix, series) => (series === 0 ? arrays[`${prefix}/0`] : gather(prefix, series)),
  };
  const result = await outcomeOf(context);
  const { status, statuses, lengths, numSeries, run } = result.base;
  return {
    status,
    statuses: [...statuses],
    lengths: Array.from(lengths),
    numSeries,
    run,
    ...result.more,
  };
}

function outcomeOf(context: Context<Model>): Promise<Outcome> {
  const { model, header } = context;
  if (model.type === "hmm") return hmmOutcome({ ...context, model });
  if (header.kind === "particles") return particleOutcome({ ...context, model: model as NonlinearSSM });
  // The library's calls tell the two kinds apart; both give moments.
  return CALLS[header.call]({ ...context, model: model as LinearGaussianSSM });
}

export interface Outcome {
  readonly base: ResultBase;
  readonly more: Partial<JobSummary>;
}

const CALLS: Readonly<Record<Call, (context: Context) => Promise<Outcome>>> = {
  decode: () => {
    throw new ParameterError('decode: --model expected a document of type "hmm", got another. Use smooth.');
  },
  filter: context => runMoments(context, filter),
  smooth: context => runMoments(context, smooth),
  // logLikelihood() gives one number; the command also says how it was made, and the terms of every step.
  loglik: context => runMoments(context, filter),

  async forecast({ header, model, observations, options, emitFields, future }) {
    const scenarios = header.scenarios ?? [];
    const result = await forecast(model, observations, header.steps as number, {
      ...options,
      level: header.level,
      ...(header.futureInputs === undefined
        ? {}
        : { futureInputs: future("futureInputs", header.futureInputs) }),
      scenarios: Object.fromEntries(
        scenarios.map(({ name, series }) => [name, future(`scenarios/${name}`, series)]),
      ),
    });
    await emitFields(result);
    for (const { name } of scenarios) await emitFields(result.scenarios[name], `scenarios/${name}/`);
    const names = scenarios.map(({ name }) => name);
    return {
      base: result,
      more: { level: result.level, ...(names.length > 0 ? { scenarios: names } : {}) },
    };
  },

  async decompose({ header, model, observations, options, emit }) {
    const { level, states } = header;
    const result = await decompose(model, observations, { ...options, level, states });
    const emitBand = async (path: string, band: Band): Promise<void> => {
      for (const part of ["mean", "variance", "lower", "upper"] as const)
        await emit(`${path}/${part}`, band[part]);
    };
    for (const name of wantedFields(header)) {
      if (name === "fitted" || name === "irregular") await emitBand(name, result[name]);
      else for (const part of result.components) await emitBand(`components/${part.name}`, part);
    }
    return { base: result, more: { level: result.level } };
  },

  async sample({ header, model, observations, options, emitFields }) {
    const { numSamples, seed } = header;
    const result = await samplePosterior(model, observations, { ...options, numSamples, seed });
    await emitFields(result);
    return { base: result, more: { numSamples: result.numSamples, seed } };
  },
};

async function runMoments(
  { header, model, observations, options, emitFields }: Context,
  call: typeof filter,
): Promise<Outcome> {
  const wanted = wantedFields(header);
  const outputs: ("predicted" | "crossCovariances")[] = [];
  if (wanted.some(name => name.startsWith("predicted"))) outputs.push("predicted");
  if (wanted.includes("smoothedCrossCovariances")) outputs.push("crossCovariances");
  const { likelihood, burnIn } = header;
  const nonlinear = header.kind === "nonlinear";
  const counted = !nonlinear && {
    ...(likelihood && { likelihood }),
    ...(burnIn !== undefined && { burnIn }),
  };
  const result: FilterResult = await call(model, observations, { ...options, ...counted, outputs });
  await emitFields(result);
  return {
    base: result,
    more: {
      marginalLogLikelihood: result.marginalLogLikelihood,
      marginalLogLikelihoods: Array.from(result.marginalLogLikelihoods),
      ...(nonlinear && Number(header.nonlinear?.iterations ?? 0) > 0 && iterationsOf(result)),
      ...(!nonlinear &&
        model.diffuse.length > 0 && {
          diffuseSteps: Array.from(result.diffuseSteps),
          unidentifiedStates: result.unidentifiedStates.map(states => [...states]),
        }),
    },
  };
}

function iterationsOf(result: FilterResult): Partial<JobSummary> {
  const { iterations, converged, objectives } = result as NonlinearSmootherResult;
  return { iterations: Array.from(iterations), converged: [...converged], objectives };
}

/** [.., n, n] to [.., n]. */
function diagonals({ data, shape }: FrameArray): FrameArray {
  const n = shape[shape.length - 1];
  const out = new Float64Array(data.length / n);
  for (let i = 0; i < out.length; i++) out[i] = data[Math.floor(i / n) * n * n + (i % n) * (n + 1)];
  return { data: out, shape: shape.slice(0, -1) };
}
