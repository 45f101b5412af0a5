import { LimitError } from "../engine/index.ts";
import { MOST_PARTICLES, particleBytes } from "../inference/index.ts";
import { say } from "../models/index.ts";
import type { RunKind } from "./backend.ts";

/** Sizes that decide how many bytes a call needs. */
export interface Request {
  readonly stateDim: number;
  readonly emissionDim: number;
  readonly numSeries: number;
  readonly numSteps: number;
  readonly kind: RunKind;
  readonly predicted: boolean;
  readonly crossCovariances: boolean;
  /** Draws of every state, in float64. */
  readonly numSamples?: number;
  /** Means and covariances are held as arrays on the GPU, besides the records they are made of. */
  readonly held?: boolean;
}

export const DEFAULT_LIMIT = { cpu: 8 * 2 ** 30, webgpu: 4 * 2 ** 30 };

/** Bytes of data and records; result arrays come on top when they are read. */
export function bytesNeeded(request: Request, bytesPerNumber: number): number {
  const { stateDim: n, emissionDim: m, numSeries, numSteps, kind, predicted, crossCovariances } = request;
  const record = n + (n * (n + 1)) / 2;
  const records = (kind === "likelihood" ? 0 : 1) + (predicted ? 1 : 0) + (kind === "smooth" ? 1 : 0);
  const perStep = records * record + 1 + (crossCovariances ? n * n : 0);
  // The smoother on the host keeps the updates of the filter.
  const updates = kind === "smooth" && bytesPerNumber === 8 ? m * (n + m + 1) : 0;
  const arrays = request.held ? records * (n + n * n) * 4 : 0;
  const draws = (request.numSamples ?? 0) * n * 8;
  return numSeries * numSteps * ((perStep + updates) * bytesPerNumber + m * 8 + 4 + arrays + draws);
}

/** @throws LimitError when the request needs more than the limit */
export function checkMemory(
  call: string,
  request: Request,
  backend: "webgpu" | "cpu",
  limit: number = DEFAULT_LIMIT[backend],
): void {
  const bytes = bytesNeeded(request, backend === "cpu" ? 8 : 4);
  const { numSeries: N, numSteps: T, stateDim: n } = request;
  const draws = request.numSamples === undefined ? "" : ` and ${request.numSamples} samples`;
  const asked = `${text(bytes)} for ${N} × ${T} steps at state dimension ${n}${draws}`;
  if (bytes > limit) throw tooMuch(call, `at most ${text(limit)}`, asked);
}

/** Sizes of a call on a hidden Markov model. */
export interface HmmSizes {
  readonly numStates: number;
  readonly emissionDim: number;
  readonly numSeries: number;
  readonly numSteps: number;
  /** Arrays [T, K] of floats that are kept. */
  readonly rows: number;
  /** Each of them is held as an array on the GPU too. */
  readonly held?: boolean;
  /** Matrices [K, K] of floats kept for every step. */
  readonly matrices?: number;
  /** Whole numbers of four bytes kept for every step: draws, a path. */
  readonly integers?: number;
  /** Bytes of a back-pointer for every step and state. */
  readonly pointerBytes?: number;
}

/** @throws LimitError when a call on a hidden Markov model needs more than the limit */
export function checkHmmMemory(
  call: string,
  request: HmmSizes,
  backend: "webgpu" | "cpu",
  limit: number = DEFAULT_LIMIT[backend],
): void {
  const { numStates: K, emissionDim, numSeries: N, numSteps: T } = request;
  const { held = false, matrices = 0, integers = 0, pointerBytes = 0 } = request;
  const rows = request.rows * (held ? 2 : 1);
  const floats = (rows * K + matrices * K * K + 1) * (backend === "cpu" ? 8 : 4);
  const bytes = N * T * (floats + 4 * integers + emissionDim * 8) + T * K * pointerBytes;
  const asked = `${text(bytes)} for ${N} × ${T} steps of ${K} states`;
  if (bytes > limit) throw tooMuch(call, `at most ${text(limit)}`, asked);
}

/** @throws LimitError when moments of h steps ahead, of states and observations, need more than the limit */
export function checkForecastMemory(
  call: string,
  { stateDim: n, emissionDim: m }: Pick<Request, "stateDim" | "emissionDim">,
  numSeries: number,
  h: number,
  numForecasts: number,
  limit: number = DEFAULT_LIMIT.cpu,
): void {
  const bytes = 8 * numForecasts * numSeries * h * (n + n * n + m + m * m);
  const asked = `${text(bytes)} for ${numForecasts} × ${numSeries} × ${h} steps ahead at state dimension ${n}`;
  if (bytes > limit) throw tooMuch(call, `at most ${text(limit)}`, asked);
}

/** Sizes of a particle filter. */
export interface ParticleSizes {
  readonly stateDim: number;
  readonly numSeries: number;
  readonly numSteps: number;
  readonly numParticles: number;
  /** Draws of every series; with some, all particles of a series are kept. */
  readonly numTrajectories: number;
}

/** Whether kernels can take them, on a device with the largest buffers. */
export const particlesFit = (sizes: ParticleSizes): boolean =>
  sizes.numParticles <= MOST_PARTICLES && particleMemory(sizes, "webgpu") <= DEFAULT_LIMIT.webgpu;

/** Bytes of particles, trajectories and moments; on a GPU those of one series at a time. */
function particleMemory(
  { stateDim: n, numSeries: S, numSteps: T, numParticles: N, numTrajectories: M }: ParticleSizes,
  backend: "webgpu" | "cpu",
): number {
  const results = 8 * S * T * (n + n * n + 2 + M * n);
  if (backend === "webgpu") return results + particleBytes(n, T, { numParticles: N, numTrajectories: M }).all;
  return results + 8 * (3 * N * (n + 2) + (M > 0 ? T * N * (n + 1) : 0));
}

/** @throws LimitError when particles, trajectories and moments need more than the limit */
export function checkParticleMemory(
  call: string,
  sizes: ParticleSizes,
  backend: "webgpu" | "cpu",
  limit: number = DEFAULT_LIMIT[backend],
): void {
  const { stateDim: n, numSeries: S, numSteps: T, numParticles: N, numTrajectories: M } = sizes;
  const bytes = particleMemory(sizes, backend);
  const asked = `${text(bytes)} for ${N} particles and ${M} trajectories of ${S} × ${T} steps at state dimension ${n}`;
  if (bytes > limit) throw tooMuch(call, `at most ${text(limit)}`, asked);
}

/** Runs `work`; an allocation that the JavaScript engine refuses becomes a LimitError. */
export async function withinMemory<T>(call: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RangeError && /alloc|length|memory/i.test(error.message)) {
      throw tooMuch(call, "arrays that can be allocated", `"${error.message}"`, error);
    }
    throw error;
  }
}

const tooMuch = (call: string, expected: string, got: string, cause?: Error): LimitError =>
  new LimitError(
    say(
      call,
      "memory",
      expected,
      got,
      "Split the series, ask for fewer outputs or samples, or raise options.memoryLimit.",
    ),
    { cause },
  );

const text = (bytes: number): string =>
  bytes >= 2 ** 30
    ? `${(bytes / 2 ** 30).toFixed(1)} GiB`
    : bytes >= 2 ** 20
      ? `${(bytes / 2 ** 20).toFixed(1)} MiB`
      : `${bytes} bytes`;

/** @throws LimitError when trajectories need more than the limit */
export function checkRecurrenceMemory(
  call: string,
  {
    stateDim: D,
    numSeries: N,
    numSteps: T,
    inputDim: d = 0,
  }: Pick<Request, "stateDim" | "numSeries" | "numSteps"> & { readonly inputDim?: number },
  backend: "webgpu" | "cpu",
  limit: number = DEFAULT_LIMIT[backend],
): void {
  const bytes = 8 * N * T * (4 * D + 2 * d);
  const asked = `${text(bytes)} for ${N} × ${T} steps of ${D} states`;
  if (bytes > limit) throw tooMuch(call, `at most ${text(limit)}`, asked);
}
