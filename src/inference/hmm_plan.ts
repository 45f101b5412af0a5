/** The planner of hidden Markov problems: variant, chunk length, blocks of time, bytes. Pure arithmetic, no GPU. */
import { type Engine, LimitError, SUBMIT_SECONDS } from "../engine/index.ts";
import {
  type HmmForm,
  hmmFilterElement,
  hmmFixedLagElement,
  hmmSmootherElement,
  hmmTwoFilterElement,
  MOST_STATES,
  numberWords,
  type ScanElement,
  type ScanSizes,
  scanLevels,
  type Variant,
} from "../scan/index.ts";
import { densityKey } from "./hmm_emissions.ts";
import type { HmmFormChoice } from "./hmm_form.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import { type HmmWindows, planWindows } from "./hmm_windows.ts";

/** Which work is asked for and how. */
export interface HmmRequest {
  readonly call: string;
  readonly method: "auto" | "parallel" | "sequential";
  /** false: only log-likelihoods come back. Default true. */
  readonly filtered?: boolean;
  readonly predicted?: boolean;
  /** Expected transitions of a smoother: summed over time, or one matrix per step. */
  readonly transitions?: "sum" | "steps";
  /** How later data are used: by reverse kernels, or by their likelihood. Default rts; a lag has only that. */
  readonly smoother?: "rts" | "twoFilter";
  /** L: a smoother of fixed lag; L ≥ T − 1 is a smoother. */
  readonly lag?: number | undefined;
  /** Default: as the transitions ask for. */
  readonly form?: HmmForm;
  readonly memoryLimit?: number;
  /** Chunk length, leaves per workgroup and per spine, steps per block of time, variant: for tests and benchmarks. */
  readonly chunkLength?: number;
  readonly leaves?: number;
  readonly spineLeaves?: number;
  readonly blockSteps?: number;
  readonly variant?: Variant;
}

export interface HmmPlan extends HmmFormChoice {
  readonly parallel: boolean;
  readonly filter: ScanElement;
  readonly smoother: ScanElement;
  /** The smoother is that of two filters. */
  readonly twoFilter: boolean;
  /** Steps whose expected transitions are added up; 0: none are wanted. */
  readonly sumSteps: number;
  /** A fixed lag. */
  readonly windows?: HmmWindows;
  /** The filter keeps the matrices of its chunks. */
  readonly keep: boolean;
  readonly sizes: ScanSizes;
  /** [start, end) of each block of time. */
  readonly blocks: readonly (readonly [number, number])[];
  /** GPU bytes: inputs, outputs, scratch. */
  readonly bytes: number;
}

/** Series beyond which one series per team keeps the device busy without a scan over time. */
const ENOUGH_SERIES = { software: 8, hardware: 16_384 };
/** States up to which K times the work of a step pays for doing chunks at once. */
const SCAN_STATES = { software: 4, hardware: MOST_STATES.parallel };
const LONGEST_CHUNK = { lane: 256, team: 128, wide: 128 } as const;

export function chooseParallel(
  method: HmmRequest["method"],
  { numStates: K, numSeries: N, numSteps: T }: HmmProblem,
  software: boolean,
): boolean {
  if (method !== "auto") return method === "parallel";
  const kind = software ? "software" : "hardware";
  const team = K <= MOST_STATES.lane ? 1 : K;
  return T >= 64 && K <= SCAN_STATES[kind] && N * team < ENOUGH_SERIES[kind];
}

/** Chunks, leaves and spine of a scan over a problem's time. */
export function scanSizes(
  { numSeries: N, numSteps: T }: Pick<HmmProblem, "numSeries" | "numSteps">,
  request: Pick<HmmRequest, "chunkLength" | "leaves" | "spineLeaves">,
  variant: Variant,
  software: boolean,
): ScanSizes {
  const lanes = software ? 512 : 65_536;
  const fitting = Math.max(8, Math.ceil((T * N) / lanes));
  const leaves = request.leaves ?? { lane: 64, team: 16, wide: 4 }[variant];
  return {
    numSeries: N,
    chunkLength: Math.min(T, request.chunkLength ?? Math.min(LONGEST_CHUNK[variant], fitting)),
    leaves,
    spineLeaves: request.spineLeaves ?? 8 * leaves,
    sequentialIdle: software ? 4 : 512,
  };
}

/**
 * @param smooth the smoother runs too
 * @throws LimitError when sizes or memory are beyond what there is
 */
export function planHmm(
  engine: Engine,
  problem: HmmProblem,
  request: HmmRequest,
  choice: HmmFormChoice,
  smooth: boolean,
): HmmPlan {
  const { numStates: K, numSeries: N, numSteps: T, transitionMatrix, emissions } = problem;
  const { software } = engine.adapter;
  const parallel = chooseParallel(request.method, problem, software);
  const element = { numStates: K, form: choice.form, parallel, variant: request.variant };
  const withDensity = { ...element, density: densityKey(emissions.gpu) };
  const filter = hmmFilterElement(request.call, withDensity, engine.caps);
  const lag = smooth && request.lag !== undefined && request.lag < T - 1 ? request.lag : undefined;
  const twoFilter = smooth && lag === undefined && request.smoother === "twoFilter";
  const backwards = lag === undefined ? hmmSmootherElement : hmmFixedLagElement;
  const smoother = twoFilter
    ? hmmTwoFilterElement(request.call, withDensity, engine.caps)
    : backwards(request.call, element, engine.caps);
  const sizes = scanSizes(problem, request, filter.shape.variant, software);
  // Memory of wide kernels stands where windows would look for matrices.
  const jumps = lag === undefined || (lag > 2 * sizes.chunkLength && smoother.shape.variant !== "wide");
  const keep = smooth && parallel && jumps;
  const words = numberWords(choice.form);
  const matrix = K * K * words;
  const outputs = 1 + (request.filtered === false && !smooth ? 0 : K * words) + (request.predicted ? K : 0);
  const sums = smooth && request.lag === undefined ? request.transitions : undefined;
  const sumSteps = sums === "steps" ? 1 : sums === "sum" ? sizes.chunkLength : 0;
  const transitions = sumSteps > 0 ? (K * K) / sumSteps : 0;
  const posteriors = [smooth ? K : 0, transitions];
  const kept = keep ? filter.elementFloats / sizes.chunkLength : 0;
  const varying = transitionMatrix.stepStride > 0 ? matrix : 0;
  const perStep = [
    ...(twoFilter ? [outputs + K + transitions] : [outputs, ...posteriors]),
    emissions.gpu.recordFloats,
    varying,
    kept,
  ];
  const blocks = splitTime(engine, problem, request, { filter, smoother, parallel, sizes, smooth }, perStep);
  const longest = Math.max(...blocks.map(([start, end]) => end - start));
  const windows =
    lag === undefined
      ? undefined
      : planWindows(engine, request.call, smoother, {
          lag,
          numSeries: N,
          longest,
          sizes,
          keep,
          blocks: blocks.length,
        });
  const slots = parallel ? N * scanLevels(longest, sizes).reduce((a, b) => a + b, 0) : N;
  const floats = (e: ScanElement): number => (parallel ? e.elementFloats : 0) + e.stateFloats;
  const scratch =
    slots * (floats(filter) + (smooth && !windows ? floats(smoother) : 0)) + (windows?.stateFloats ?? 0);
  const bytes = 4 * (N * T * perStep.reduce((a, b) => a + b, 0) + scratch + (varying ? 0 : matrix));
  const limit = request.memoryLimit ?? 4 * 2 ** 30;
  if (bytes > limit) {
    throw new LimitError(
      `${request.call}: a plan of at most ${gib(limit)} expected on ${engine.adapter.name}, got ${gib(bytes)} for ${N} series of ${T} steps with ${K} states. Use fewer steps or series at a time, fewer outputs, or raise memoryLimit.`,
    );
  }
  return {
    ...choice,
    parallel,
    filter,
    smoother,
    twoFilter,
    sumSteps,
    ...(windows && { windows }),
    keep,
    sizes,
    blocks,
    bytes,
  };
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/** Blocks short enough for one submit and for the largest binding. */
function splitTime(
  engine: Engine,
  { numSeries: N, numSteps: T }: HmmProblem,
  request: HmmRequest,
  plan: Pick<HmmPlan, "filter" | "smoother" | "parallel" | "sizes"> & { readonly smooth: boolean },
  perStep: readonly number[],
): HmmPlan["blocks"] {
  const { filter, smoother, parallel, sizes, smooth } = plan;
  const byTime = Math.min(
    stepsOfSubmit(engine, filter, parallel, sizes, N),
    smooth ? stepsOfSubmit(engine, smoother, parallel, sizes, N) : Number.POSITIVE_INFINITY,
  );
  const widest = 4 * N * Math.max(...perStep);
  const byMemory = bindingSteps(engine, request.call, N, widest) - 2;
  return blocksOf(T, Math.min(request.blockSteps ?? byTime, byMemory), sizes.chunkLength);
}

/** Steps of one scan that a submit should have. */
export function stepsOfSubmit(
  engine: Engine,
  { cost }: ScanElement,
  parallel: boolean,
  sizes: ScanSizes,
  scans: number,
): number {
  const idle = parallel ? 1 : Math.max(1, sizes.sequentialIdle / scans);
  const flops = (parallel ? cost.fold : 0) + cost.step;
  return Math.floor((engine.throughput * SUBMIT_SECONDS) / (flops * scans * idle));
}

/** Steps that the largest binding holds at `bytes` a step. @throws LimitError when not even three fit */
export function bindingSteps(engine: Engine, call: string, N: number, bytes: number): number {
  const binding = Math.min(engine.caps.maxBufferSize, engine.caps.maxStorageBufferBindingSize);
  const steps = Math.floor(binding / bytes);
  if (steps < 3) {
    throw new LimitError(
      `${call}: at most ${binding} bytes per buffer expected on ${engine.adapter.name}, got ${bytes} for one step of ${N} series. Use fewer series at a time.`,
    );
  }
  return steps;
}

/** Blocks of about equal length, at most `most` steps, whole chunks but for the last. */
export function blocksOf(T: number, most: number, unit: number): HmmPlan["blocks"] {
  if (T <= most) return [[0, T]];
  const count = Math.ceil(T / Math.max(unit, Math.floor(most / unit) * unit));
  const even = Math.ceil(Math.ceil(T / count) / unit) * unit;
  return Array.from(
    { length: Math.ceil(T / even) },
    (_, k) => [k * even, Math.min(T, (k + 1) * even)] as const,
  );
}

/** What was planned, in words. */
export function describeHmmPlan(plan: HmmPlan, dispatches: number): string {
  const { filter, sizes, blocks, parallel, bytes, form, windows, twoFilter } = plan;
  const how = parallel ? `chunks of ${sizes.chunkLength}` : "step by step";
  const back = windows
    ? `windows of ${windows.lag + 1} steps${plan.keep ? " by whole chunks" : ""}, `
    : twoFilter
      ? "two filters, "
      : "";
  return `${form} probabilities, ${filter.shape.variant} kernels (${filter.shape.team} per ${parallel ? "chunk" : "series"}), ${how}, ${back}${blocks.length} block${blocks.length > 1 ? "s" : ""}, ${dispatches} dispatches, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
