/** One row of the long table: a model over T steps, its float64 references, and every run that was asked for. */
import type { Engine } from "../src/engine/index.ts";
import { type Errors, errors, hostReference, type Measured, measure, textbookReference } from "./accuracy.ts";
import { accuracyCase } from "./accuracy_models.ts";

/** auto: as users get it. squareRoot: every covariance on the GPU. plain: that, in one pass without refinement. */
export type AccuracyRun = "auto" | "squareRoot" | "plain";

export interface AccuracyJob {
  readonly model: string;
  readonly steps: number;
  readonly runs: readonly AccuracyRun[];
  /** What is taken for exact: the textbook recursions, or the square-root recursions of src/ in float64. */
  readonly reference: "textbook" | "host";
  /** Compare the two references with each other. */
  readonly compare: boolean;
}

export interface AccuracyRow {
  readonly model: string;
  readonly steps: number;
  readonly stateDim: number;
  readonly emissionDim: number;
  readonly reference: "textbook" | "host";
  readonly logLikelihood: number;
  /** Largest |mean| / sd, filtered: what float32 must hold. */
  readonly meanOverDeviation: number;
  /** The host's float64 against the textbook's, when they were compared. */
  readonly hostAgainstTextbook?: Errors;
  readonly runs: readonly (Partial<Measured> & { readonly run: AccuracyRun; readonly failure?: string })[];
}

/** Runs one job; a run that throws is recorded with its message. */
export async function measureJob(engine: Engine, job: AccuracyJob): Promise<AccuracyRow> {
  const { model, steps } = job;
  const textbook = job.reference === "textbook" || job.compare ? textbookReference(model, steps) : undefined;
  const host = job.reference === "host" || job.compare ? await hostReference(model, steps) : undefined;
  const exact = (job.reference === "textbook" ? textbook : host)!;
  const runs: AccuracyRow["runs"][number][] = [];
  for (const run of job.runs) {
    const form = run === "auto" ? "auto" : "squareRoot";
    try {
      runs.push({
        run,
        ...(await measure(engine, model, steps, exact, form, run === "plain" ? "never" : "auto")),
      });
    } catch (error) {
      runs.push({ run, failure: String(error) });
    }
  }
  const { emissions } = accuracyCase(model, steps).model;
  return {
    model,
    steps,
    stateDim: exact.filteredMeans.shape[1]!,
    emissionDim: emissions.weights.length,
    reference: job.reference,
    logLikelihood: exact.marginalLogLikelihood,
    meanOverDeviation: meanOverDeviation(exact),
    ...(textbook && host && { hostAgainstTextbook: errors(host, textbook) }),
    runs,
  };
}

/** States that are known exactly (variance below 1e-18) do not count. */
function meanOverDeviation({
  filteredMeans: { data: m, shape },
  filteredCovariances: { data: P },
}: Pick<Parameters<typeof errors>[0], "filteredMeans" | "filteredCovariances">): number {
  const n = shape[1]!;
  let largest = 0;
  for (let i = 0; i < m.length; i++) {
    const variance = P[i * n + (i % n)]!;
    if (variance > 1e-18) largest = Math.max(largest, Math.abs(m[i]!) / Math.sqrt(variance));
  }
  return largest;
}
