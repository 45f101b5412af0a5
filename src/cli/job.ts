/**
 * One call of the library as plain data, and its execution. The command runs it in Node for the CPU backend and
 * the page runs the same code for WebGPU, so both read the same model, the same data and give the same fields.
 */

import {
  type FilterResult,
  filter,
  type InferenceOptions,
  parseModelDocument,
  type ResultBase,
  type SmootherResult,
  smooth,
} from "../api/index.ts";
import type { FrameArray } from "./frames.ts";

/** What is called. */
export type Call = "filter" | "smooth" | "loglik";

/** Which part of every covariance is wanted. */
export type CovarianceForm = "full" | "diag" | "none";

/** Everything about a job but its arrays. */
export interface JobHeader {
  readonly call: Call;
  /** The model document, as parsed JSON. */
  readonly model: object;
  readonly method: "auto" | "parallel" | "sequential";
  readonly covariances: CovarianceForm;
  /** Result fields wanted; undefined = all that the call gives. */
  readonly fields?: readonly string[];
  /** Number of series; `observations/0` … are their arrays. */
  readonly numSeries: number;
  /** The caller gave a batch: fields get a leading series axis even for one series. */
  readonly batched: boolean;
  readonly hasInputs: boolean;
}

export interface Job {
  readonly header: JobHeader;
  /** `observations/i` [T_i, m] and, with inputs, `inputs/i` [T_i, d]. */
  readonly arrays: Readonly<Record<string, FrameArray>>;
}

/** Scalars of a result. */
export interface JobSummary {
  readonly status: ResultBase["status"];
  readonly statuses: ResultBase["statuses"];
  readonly lengths: readonly number[];
  readonly numSeries: number;
  readonly run: ResultBase["run"];
  readonly marginalLogLikelihood: number;
  readonly marginalLogLikelihoods: readonly number[];
}

/** Where a job runs and how it is watched. */
export type JobOptions = Pick<InferenceOptions, "backend" | "engine" | "signal" | "onProgress">;

/** The result fields of each call that are arrays, in the order they are written. */
export const FIELDS: Readonly<Record<Call, readonly string[]>> = {
  filter: [
    "filteredMeans",
    "filteredCovariances",
    "predictedMeans",
    "predictedCovariances",
    "logLikelihoods",
  ],
  smooth: [
    "smoothedMeans",
    "smoothedCovariances",
    "smoothedCrossCovariances",
    "filteredMeans",
    "filteredCovariances",
    "predictedMeans",
    "predictedCovariances",
    "logLikelihoods",
  ],
  loglik: ["logLikelihoods"],
};

/** The fields a job gives, after the choice of fields and of the form of covariances. */
export function wantedFields(header: Pick<JobHeader, "call" | "covariances" | "fields">): string[] {
  const all = FIELDS[header.call];
  const asked = header.fields ? all.filter(name => header.fields?.includes(name)) : all;
  return asked.filter(name => {
    if (!name.endsWith("Covariances")) return true;
    if (header.covariances === "none") return false;
    // The diagonal of a cross-covariance is not a variance.
    return header.covariances === "full" || name !== "smoothedCrossCovariances";
  });
}

/** Name of a field in the output: covariances cut to their diagonals are variances. */
export function fieldLabel(name: string, form: CovarianceForm): string {
  return form === "diag" ? name.replace(/Covariances$/, "Variances") : name;
}

/**
 * Run a job.
 * @param emit called once per wanted field, in order
 * @throws every error of the library
 */
export async function runJob(
  job: Job,
  options: JobOptions,
  emit: (name: string, array: FrameArray) => void | Promise<void>,
): Promise<JobSummary> {
  const { header, arrays } = job;
  const model = parseModelDocument(header.model);
  const wanted = wantedFields(header);
  const outputs: ("predicted" | "crossCovariances")[] = [];
  if (wanted.some(name => name.startsWith("predicted"))) outputs.push("predicted");
  if (wanted.includes("smoothedCrossCovariances")) outputs.push("crossCovariances");
  const gather = (prefix: string) => {
    const list = Array.from({ length: header.numSeries }, (_, i) => arrays[`${prefix}/${i}`]);
    return header.batched ? list : list[0];
  };
  const callOptions: InferenceOptions = {
    ...options,
    method: header.method,
    outputs,
    throwOnFailure: false,
    ...(header.hasInputs ? { inputs: gather("inputs") } : {}),
  };
  // logLikelihood() gives one number; the command also says how it was made, and the terms of every step.
  const run = header.call === "smooth" ? smooth : filter;
  const result = (await run(model, gather("observations"), callOptions)) as FilterResult &
    Partial<SmootherResult>;
  for (const name of wanted) {
    const array = result[name as keyof typeof result] as FrameArray;
    const cut = header.covariances === "diag" && name.endsWith("Covariances");
    await emit(fieldLabel(name, header.covariances), cut ? diagonals(array) : array);
  }
  return {
    status: result.status,
    statuses: [...result.statuses],
    lengths: Array.from(result.lengths),
    numSeries: result.numSeries,
    run: result.run,
    marginalLogLikelihood: result.marginalLogLikelihood,
    marginalLogLikelihoods: Array.from(result.marginalLogLikelihoods),
  };
}

/** [.., n, n] to [.., n]. */
function diagonals({ data, shape }: FrameArray): FrameArray {
  const n = shape[shape.length - 1];
  const out = new Float64Array(data.length / n);
  for (let i = 0; i < out.length; i++) out[i] = data[Math.floor(i / n) * n * n + (i % n) * (n + 1)];
  return { data: out, shape: shape.slice(0, -1) };
}
