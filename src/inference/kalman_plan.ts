/** The planner of linear Gaussian problems: variant, chunk length, blocks of time, bytes. Pure arithmetic, no GPU. */
import { type Engine, LimitError, SUBMIT_SECONDS } from "../engine/index.ts";
import {
  kalmanFilterCovarianceElement,
  kalmanFilterElement,
  kalmanSmootherCovarianceElement,
  kalmanSmootherElement,
  kalmanTwoFilterElement,
  type ScanElement,
  type ScanSizes,
  scanLevels,
  type Variant,
} from "../scan/index.ts";
import { isCovarianceProblem } from "./covariance_form.ts";
import type { Form } from "./gain_schedule.ts";
import { type LinearGaussianProblem, stateRecordLength } from "./linear_gaussian_problem.ts";

/** Which work is asked for and how. */
export interface KalmanRequest {
  readonly call: string;
  readonly smooth: boolean;
  readonly method: "auto" | "parallel" | "sequential";
  readonly form?: Form;
  /** Default "rts". */
  readonly smoother?: "rts" | "twoFilter";
  readonly predicted: boolean;
  readonly crossCovariances: boolean;
  /** false: only log-likelihoods come back. */
  readonly moments: boolean;
  readonly chunkLength?: number;
  /** Leaves per workgroup and per spine, steps per block of time: for tests and benchmarks. */
  readonly leaves?: number;
  readonly spineLeaves?: number;
  readonly blockSteps?: number;
  readonly memoryLimit?: number;
  /** Take this variant of the kernels: for tests and benchmarks. */
  readonly variant?: Variant;
}

export interface KalmanPlan {
  readonly parallel: boolean;
  readonly filter: ScanElement;
  readonly smoother: ScanElement;
  readonly sizes: ScanSizes;
  /** [start, end) of each block of time. */
  readonly blocks: readonly (readonly [number, number])[];
  /** GPU bytes: inputs, outputs, scratch. */
  readonly bytes: number;
}

/** Series beyond which one series per team keeps the device busy without a scan over time. */
const ENOUGH_SERIES = { software: 8, hardware: 16_384 };

/** @throws LimitError when sizes or memory are beyond what there is. */
export function planKalman(
  engine: Engine,
  problem: LinearGaussianProblem,
  request: KalmanRequest,
): KalmanPlan {
  const { stateDim: n, emissionDim: m, numSeries: N, numSteps: T } = problem;
  const [filterElement, smootherElement] = elementsOf(problem, request);
  const filter = filterElement(request.call, n, m, engine.caps, request.variant);
  const smoother = smootherElement(request.call, n, m, engine.caps, request.variant);
  const { software } = engine.adapter;
  const parallel = chooseParallel(request.method, filter, N, T, software);
  const lanes = software ? 512 : 65_536;
  const chunk =
    request.chunkLength ?? clamp(Math.ceil((T * N) / lanes), 8, LONGEST_CHUNK[filter.shape.variant]);
  const leaves = request.leaves ?? { lane: 64, team: 16, wide: 4 }[filter.shape.variant];
  const sizes = {
    numSeries: N,
    chunkLength: Math.min(chunk, T),
    leaves,
    spineLeaves: request.spineLeaves ?? 8 * leaves,
    sequentialIdle: software ? 4 : 512,
  };
  const blocks = splitTime(engine, problem, request, filter, smoother, parallel, sizes);
  const longest = Math.max(...blocks.map(([start, end]) => end - start));
  const records = N * T * stateRecordLength(n);
  const outputs =
    N * T +
    (request.moments ? records : 0) +
    (request.predicted ? records : 0) +
    (request.smooth ? records : 0) +
    (request.crossCovariances ? N * T * n * n : 0);
  const slots = parallel ? N * scanLevels(longest, sizes).reduce((a, b) => a + b, 0) : 0;
  const floats = (element: ScanElement): number => element.elementFloats + element.stateFloats;
  const scratch = slots * (floats(filter) + (request.smooth ? floats(smoother) : 0));
  const inputs =
    N * T * (m + 1) +
    [problem.dynamicsWeights, problem.dynamicsBias, problem.dynamicsFactor].reduce(
      (sum, f) => sum + f.data.length,
      0,
    ) +
    problem.emissionWeights.length +
    problem.emissionFactor.length;
  const bytes = 4 * (inputs + outputs + scratch);
  const limit = request.memoryLimit ?? 4 * 2 ** 30;
  if (bytes > limit) {
    throw new LimitError(
      `${request.call}: a plan of at most ${gib(limit)} expected on ${engine.adapter.name}, got ${gib(bytes)} for ${N} series of ${T} steps with ${n} states. Use fewer steps or series at a time, fewer outputs, or raise memoryLimit.`,
    );
  }
  return { parallel, filter, smoother, sizes, blocks, bytes };
}

/** The elements of the filter and the smoother, by the form of the problem and the smoother asked for. */
const elementsOf = (problem: LinearGaussianProblem, { smoother }: KalmanRequest) =>
  isCovarianceProblem(problem)
    ? ([kalmanFilterCovarianceElement, kalmanSmootherCovarianceElement] as const)
    : ([
        kalmanFilterElement,
        smoother === "twoFilter" ? kalmanTwoFilterElement : kalmanSmootherElement,
      ] as const);

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const LONGEST_CHUNK = { lane: 256, team: 128, wide: 64 } as const;

function chooseParallel(
  method: KalmanRequest["method"],
  filter: ScanElement,
  N: number,
  T: number,
  software: boolean,
): boolean {
  if (method !== "auto") return method === "parallel";
  if (filter.shape.variant === "wide") return false;
  return T >= 64 && N * filter.shape.team < (software ? ENOUGH_SERIES.software : ENOUGH_SERIES.hardware);
}

/** Blocks short enough for one submit and for the largest binding. */
function splitTime(
  engine: Engine,
  problem: LinearGaussianProblem,
  request: KalmanRequest,
  filter: ScanElement,
  smoother: ScanElement,
  parallel: boolean,
  sizes: ScanSizes,
): readonly (readonly [number, number])[] {
  const { stateDim: n, emissionDim: m, numSeries: N, numSteps: T } = problem;
  const cost = Math.max(...[filter, smoother].map(e => (parallel ? e.cost.fold : 0) + e.cost.step));
  const idle = parallel ? 1 : Math.max(1, sizes.sequentialIdle / N);
  const byTime = request.blockSteps ?? Math.floor((engine.throughput * SUBMIT_SECONDS) / (cost * N * idle));
  const binding = Math.min(engine.caps.maxBufferSize, engine.caps.maxStorageBufferBindingSize);
  const perStep = 4 * Math.max(n * n + n + m * (n + m), stateRecordLength(n), m) * N;
  const byMemory = Math.floor(binding / perStep) - 2;
  if (byMemory < 1) {
    throw new LimitError(
      `${request.call}: at most ${binding} bytes per buffer expected on ${engine.adapter.name}, got ${perStep} for one step of ${N} series. Use fewer series at a time.`,
    );
  }
  const unit = sizes.chunkLength;
  const most = Math.min(byTime, byMemory);
  if (T <= most) return [[0, T]];
  const count = Math.ceil(T / Math.max(unit, Math.floor(most / unit) * unit));
  const even = Math.ceil(Math.ceil(T / count) / unit) * unit;
  return Array.from(
    { length: Math.ceil(T / even) },
    (_, k) => [k * even, Math.min(T, (k + 1) * even)] as const,
  );
}

/** What was planned, in words. */
export function describePlan(plan: KalmanPlan, dispatches: number): string {
  const { filter, sizes, blocks, parallel, bytes } = plan;
  const how = parallel ? `chunks of ${sizes.chunkLength}` : "one pass per series";
  const form = filter.stem.endsWith("covariance") ? "covariance form, " : "";
  return `${form}${filter.shape.variant} kernels (${filter.shape.team} per element), ${how}, ${blocks.length} block${blocks.length > 1 ? "s" : ""}, ${dispatches} dispatches, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
