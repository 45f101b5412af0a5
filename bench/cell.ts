/** What is measured and what comes out: the types that the page, the drivers and the report share. */

import type { DispatchSummary } from "./phases.ts";
import type { RecurrenceName } from "./recurrence_problems.ts";
import type { Summary } from "./statistics.ts";

export type Task = "filter" | "smoother";
/** Of hidden Markov models. */
export type HmmTask = Task | "decode";
/** evaluate: all states of a recurrence. */
export type AnyTask = HmmTask | "evaluate";

/**
 * On the GPU: parallel and sequential compute covariances at every step, refined is the parallel call with a second pass
 * around the first one's means, time-invariant takes gains from the host, parallel in time or step by step. On the host in float64: cpu stops computing
 * covariances where they settle, cpu-every-step never does, cpu-time-invariant takes the same gains as the GPU. newton and quasi are updates of a
 * whole trajectory of a recurrence on the GPU; its sequential methods go step by step.
 */
export type Method =
  | "parallel"
  | "sequential"
  | "refined"
  | "time-invariant"
  | "time-invariant-sequential"
  | "cpu"
  | "cpu-time-invariant"
  | "cpu-every-step"
  | "newton"
  | "quasi";

export const METHOD_NAMES: Readonly<Record<Method, string>> = {
  newton: "GPU Newton",
  quasi: "GPU quasi-Newton",
  parallel: "GPU parallel",
  sequential: "GPU sequential",
  refined: "GPU parallel, refined",
  "time-invariant": "GPU time-invariant",
  "time-invariant-sequential": "GPU time-invariant, sequential",
  cpu: "CPU f64 settled",
  "cpu-time-invariant": "CPU f64 time-invariant",
  "cpu-every-step": "CPU f64 every step",
};

export const METHODS = Object.keys(METHOD_NAMES) as readonly Method[];

/** Methods there are for recurrences; cpu is step by step in float64. */
export type RecurrenceMethod = "newton" | "quasi" | "sequential" | "cpu";
export const RECURRENCE_METHODS = [
  "newton",
  "quasi",
  "sequential",
  "cpu",
] as const satisfies readonly RecurrenceMethod[];

/** Methods there are for linear Gaussian models. */
export const LINEAR_GAUSSIAN_METHODS: readonly Method[] = METHODS.filter(
  method => method !== "newton" && method !== "quasi",
);

/** Methods there are for hidden Markov models; cpu is the plain recursion in float64. */
export type HmmMethod = "parallel" | "sequential" | "cpu";
export const HMM_METHODS = ["parallel", "sequential", "cpu"] as const satisfies readonly HmmMethod[];

/** Of a cell on the GPU where there is none. */
export const WITHOUT_GPU = "no WebGPU adapter here";

export const isOnGpu = (method: Method): boolean => !method.startsWith("cpu");

/** Sizes of one problem. */
export interface Size {
  readonly n: number;
  readonly m: number;
  readonly T: number;
  readonly series: number;
}

/** Largest differences from the float64 reference, and the limits they must keep. */
export interface Check {
  /** |Δ mean| in posterior standard deviations. */
  readonly means: number;
  /** |Δ covariance| / √(P_ii P_jj). */
  readonly covariances: number;
  /** |Δ| / max(1, |log-likelihood|). */
  readonly logLikelihood: number;
  readonly passed: boolean;
}

/** The same for hidden Markov models; what a task does not give is absent. */
export interface HmmCheck {
  /** |Δ| of filtered and smoothed probabilities. */
  readonly probs?: number;
  /** |Δ| / max(1, |log-likelihood|). */
  readonly logLikelihood?: number;
  /** |Δ| / max(1, |log p(path, y)|) of the most probable path. */
  readonly path?: number;
  readonly passed: boolean;
}

export const HMM_LIMITS = { probs: 1e-5, logLikelihood: 1e-6, path: 1e-6 } as const;

/** The same for recurrences: largest |Δ state| beside the largest |state|. */
export interface RecurrenceCheck {
  readonly states: number;
  readonly passed: boolean;
}

export const STATES_LIMIT = 1e-3;

export const LIMITS = { means: 1e-3, covariances: 1e-4, logLikelihood: 1e-6 } as const;

/** Facts of the recording of a GPU run. */
export interface Work {
  readonly plan: string;
  readonly chunk: number;
  readonly leaves: number;
  readonly blocks: number;
  readonly dispatches: number;
  readonly uploadBytes: number;
  readonly readbackBytes: number;
  /** Bytes the kernels read and write, each access counted once and none served by a cache. */
  readonly touchedBytes: number;
  /** Floating-point operations as the planner counts them. */
  readonly flops: number;
  /** Bytes of y in float32 and of the outputs asked for. No method can touch fewer. */
  readonly leastBytes?: number;
}

export interface Cell extends Size {
  /** Absent: linear Gaussian. n is K and m is 1 in a hidden Markov model; n states and m inputs of a recurrence. */
  readonly model?: "hmm" | "recurrence";
  /** Of recurrences: which, the gain of a mean-field network, updates until it converged, what was planned. */
  readonly system?: RecurrenceName;
  readonly gain?: number;
  readonly updates?: number;
  readonly plan?: string;
  /** States of a hidden Markov model. */
  readonly K?: number;
  readonly task: AnyTask;
  readonly method: Method;
  readonly outcome: "timed" | "skipped" | "check failed" | "error";
  /** Chunk length and leaves asked for; otherwise the planner chose. */
  readonly asked?: { readonly chunk?: number; readonly leaves?: number };
  /** Why it was skipped, or what went wrong. */
  readonly note?: string;
  /** "reference" for the run that others are compared with. */
  readonly check?: Check | HmmCheck | RecurrenceCheck | "reference";
  /** Milliseconds: prepare, upload, execute, compute, readback, total (as far as the method has them). */
  readonly phases?: Readonly<Record<string, Summary>>;
  /** Runs in each sample, where one is too short for the clock; phases hold the time of one. Absent: 1. */
  readonly runsPerSample?: number;
  /** The page was hidden meanwhile; browsers slow such pages down. */
  readonly hidden?: true;
  /** How the compute phase was measured. */
  readonly computeFrom?: "timestamps" | "execute minus upload" | "host clock";
  /** One repetition with all its phases, ms: tells how long larger sizes will take. */
  readonly msEach?: number;
  /** The first run with compilation, ms. */
  readonly first?: number;
  readonly work?: Work;
  readonly perKernel?: readonly DispatchSummary[];
  /** 10⁹ bytes and 10⁹ operations per second of the compute phase, at its median. */
  readonly gigabytesPerSecond?: number;
  readonly gigaflopsPerSecond?: number;
}

/** What a bench says while it runs. */
export type BenchEvent =
  | { readonly kind: "note"; readonly text: string }
  /** The next cell. */
  | { readonly kind: "begin"; readonly task: AnyTask; readonly method: Method; readonly T: number }
  | { readonly kind: "cell"; readonly cell: Cell };
