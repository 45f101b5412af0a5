/**
 * Takes a constant off the states before float64 data are rounded to float32: a level that the dynamics leave where it is
 * (F c = c), fitted to the data, so that series far from zero are held as well as series around it.
 *
 *   z = c + z',  b' = b + F c − c,  m' = m − c,  y' = y − H c
 *
 * Exact whatever c is; a good one only makes numbers small. A shift of data and prior by such a level changes nothing.
 */
import { mapMoments } from "./covariance_moments.ts";
import { denseRows, type LinearGaussianProblem, type Moments } from "./linear_gaussian_problem.ts";

/** A problem around a constant of every series. */
export interface Centred {
  readonly problem: LinearGaussianProblem;
  /** c [N, n]; undefined when nothing was taken off. */
  readonly centres: Float64Array | undefined;
}

/** Levels of less than this many noise standard deviations are left: float32 holds them. */
const WORTH_IT = 100;

export function centre(problem: LinearGaussianProblem): Centred {
  const { stateDim: n, numSeries: N, dynamicsWeights: F } = problem;
  if (F.stepStride !== 0) return { problem, centres: undefined };
  const centres = new Float64Array(N * n);
  let any = false;
  let basis: Float64Array[] = [];
  for (let s = 0; s < N; s++) {
    if (s === 0 || F.seriesStride !== 0)
      basis = fixedSpace(F.data.subarray(s * F.seriesStride, s * F.seriesStride + n * n), n);
    if (basis.length === 0) continue;
    const level = fitLevel(problem, s, basis);
    if (!level) continue;
    centres.set(level, s * n);
    any = true;
  }
  return any ? { problem: shifted(problem, centres), centres } : { problem, centres: undefined };
}

/** The constants back on the means. */
export function uncentre(
  moments: Moments | undefined,
  centres: Float64Array,
  problem: LinearGaussianProblem,
): Moments | undefined {
  if (!moments) return undefined;
  const { stateDim: n, numSeries, numSteps: T, lengths } = problem;
  const { data, at } = moments.means;
  const means = new Float64Array(numSeries * T * n);
  for (let s = 0; s < numSeries; s++) {
    for (let t = 0; t < lengths[s]!; t++) {
      const from = at(s, t);
      for (let i = 0; i < n; i++) means[(s * T + t) * n + i] = data[from + i]! + centres[s * n + i]!;
    }
  }
  return mapMoments(problem, moments, rows => (rows === moments.means ? denseRows(means, n, T) : rows));
}

/** Basis of {c : F c = c}, by elimination with full pivoting; empty when there is none. */
export function fixedSpace(F: Float64Array, n: number): Float64Array[] {
  const a = Float64Array.from(F);
  let scale = 1;
  for (let i = 0; i < n; i++) a[i * n + i]! -= 1;
  for (const value of a) scale = Math.max(scale, Math.abs(value));
  const columns = Array.from({ length: n }, (_, j) => j);
  let rank = 0;
  for (; rank < n; rank++) {
    let [row, column, most] = [rank, rank, 1e-12 * scale];
    for (let i = rank; i < n; i++) {
      for (let j = rank; j < n; j++) {
        const size = Math.abs(a[i * n + columns[j]!]!);
        if (size > most) [row, column, most] = [i, j, size];
      }
    }
    if (most === 1e-12 * scale) break;
    [columns[rank], columns[column]] = [columns[column]!, columns[rank]!];
    for (let j = 0; j < n; j++) [a[rank * n + j], a[row * n + j]] = [a[row * n + j]!, a[rank * n + j]!];
    const pivot = a[rank * n + columns[rank]!]!;
    for (let i = 0; i < n; i++) {
      if (i === rank) continue;
      const ratio = a[i * n + columns[rank]!]! / pivot;
      if (ratio !== 0) for (let j = 0; j < n; j++) a[i * n + j]! -= ratio * a[rank * n + j]!;
    }
  }
  return columns.slice(rank).map(free => {
    const c = new Float64Array(n);
    c[free] = 1;
    for (let k = 0; k < rank; k++) c[columns[k]!] = -a[k * n + free]! / a[k * n + columns[k]!]!;
    return c;
  });
}

/** The level closest to the data of a series, by least squares; undefined when float32 holds the data anyway. */
function fitLevel(
  problem: LinearGaussianProblem,
  s: number,
  basis: readonly Float64Array[],
): Float64Array | undefined {
  const { stateDim: n, emissionDim: m, numSteps: T, lengths, emissionIndex: index } = problem;
  const { emissionWeights: H, emissionFactor: Lr, observations: y } = problem;
  const k = basis.length;
  // Sums of y, and how often each emission record occurs.
  const uses = new Map<number, { count: number; sum: Float64Array }>();
  let far = false;
  for (let t = 0; t < lengths[s]!; t++) {
    const record = index.data[s * index.seriesStride + t * index.stepStride]!;
    let use = uses.get(record);
    if (!use) {
      use = { count: 0, sum: new Float64Array(m) };
      uses.set(record, use);
    }
    use.count++;
    for (let i = 0; i < m; i++) {
      const value = y[(s * T + t) * m + i]!;
      use.sum[i]! += value;
      if (Math.abs(value) > WORTH_IT * noise(Lr, record, m, i)) far = true;
    }
  }
  if (!far) return undefined;
  const normal = new Float64Array(k * k);
  const right = new Float64Array(k);
  const loading = new Float64Array(k);
  for (const [record, { count, sum }] of uses) {
    for (let i = 0; i < m; i++) {
      const weight = 1 / noise(Lr, record, m, i) ** 2;
      for (let a = 0; a < k; a++) {
        loading[a] = 0;
        for (let j = 0; j < n; j++) loading[a]! += H[(record * m + i) * n + j]! * basis[a]![j]!;
      }
      for (let a = 0; a < k; a++) {
        right[a]! += weight * loading[a]! * sum[i]!;
        for (let b = 0; b < k; b++) normal[a * k + b]! += weight * count * loading[a]! * loading[b]!;
      }
    }
  }
  const coefficients = solveSemidefinite(normal, right, k);
  const level = new Float64Array(n);
  for (let a = 0; a < k; a++) for (let j = 0; j < n; j++) level[j]! += coefficients[a]! * basis[a]![j]!;
  return level.every(Number.isFinite) && level.some(value => value !== 0) ? level : undefined;
}

/** Noise standard deviation of a channel; 1 where there is none. */
function noise(Lr: Float64Array, record: number, m: number, i: number): number {
  let sum = 0;
  for (let j = 0; j <= i; j++) sum += Lr[(record * m + i) * m + j]! ** 2;
  return sum > 0 ? Math.sqrt(sum) : 1;
}

/** x with A x = b for a positive semi-definite A [k, k]; directions without weight stay 0. Destroys A and b. */
function solveSemidefinite(A: Float64Array, b: Float64Array, k: number): Float64Array {
  const diagonal = Float64Array.from({ length: k }, (_, i) => A[i * k + i]!);
  for (let i = 0; i < k; i++) {
    const pivot = A[i * k + i]!;
    if (!(pivot > 1e-10 * diagonal[i]!)) continue;
    for (let r = i + 1; r < k; r++) {
      const ratio = A[r * k + i]! / pivot;
      for (let j = i; j < k; j++) A[r * k + j]! -= ratio * A[i * k + j]!;
      b[r]! -= ratio * b[i]!;
    }
  }
  const x = new Float64Array(k);
  for (let i = k - 1; i >= 0; i--) {
    const pivot = A[i * k + i]!;
    if (!(pivot > 1e-10 * diagonal[i]!)) continue;
    let sum = b[i]!;
    for (let j = i + 1; j < k; j++) sum -= A[i * k + j]! * x[j]!;
    x[i] = sum / pivot;
  }
  return x;
}

function shifted(problem: LinearGaussianProblem, centres: Float64Array): LinearGaussianProblem {
  const { stateDim: n, emissionDim: m, numSeries: N, numSteps: T, lengths } = problem;
  const {
    initialMean,
    dynamicsWeights: F,
    dynamicsBias: b,
    emissionIndex: index,
    emissionWeights: H,
  } = problem;
  const mean = new Float64Array(N * n);
  const steps = b.stepStride === 0 ? 1 : T;
  const bias = new Float64Array(N * steps * n);
  const observations = Float64Array.from(problem.observations);
  for (let s = 0; s < N; s++) {
    const c = centres.subarray(s * n, (s + 1) * n);
    const drift = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      mean[s * n + i] = initialMean.data[s * initialMean.seriesStride + i]! - c[i]!;
      drift[i] = -c[i]!;
      for (let j = 0; j < n; j++) drift[i]! += F.data[s * F.seriesStride + i * n + j]! * c[j]!;
    }
    for (let t = 0; t < steps; t++)
      for (let i = 0; i < n; i++)
        bias[(s * steps + t) * n + i] = b.data[s * b.seriesStride + t * b.stepStride + i]! + drift[i]!;
    for (let t = 0; t < lengths[s]!; t++) {
      const record = index.data[s * index.seriesStride + t * index.stepStride]!;
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++)
          observations[(s * T + t) * m + i]! -= H[(record * m + i) * n + j]! * c[j]!;
    }
  }
  return {
    ...problem,
    initialMean: { data: mean, stepStride: 0, seriesStride: n },
    dynamicsBias: { data: bias, stepStride: b.stepStride === 0 ? 0 : n, seriesStride: steps * n },
    observations,
  };
}
