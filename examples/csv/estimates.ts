/** Starting values of variances from how differences grow with their distance: no iteration, and no claim to be the best. */

/** Shares of the smallest difference's variance that no starting value falls below. */
const FLOOR = 1e-4;
const MOST_DIFFERENCES = 20_000;
const LAGS = [1, 2, 3, 4, 6, 8, 12, 16];

export interface LevelEstimate {
  readonly level: number;
  readonly noise: number;
}
export interface TrendEstimate extends LevelEstimate {
  readonly slope: number;
}

/** Of y = level + noise: E (y_t+k − y_t)² = k q + 2 r, fitted over k. */
export function levelVariances(y: Float64Array): LevelEstimate {
  const lags = usableLags(y.length);
  const moments = lags.map(k => secondMoment(y, t => y[t + k]! - y[t]!, y.length - k));
  const [level, noise] = nonNegativeFit(
    lags.map(k => [k, 2]),
    moments,
  );
  const floor = FLOOR * scaleOf(moments, y);
  return { level: Math.max(level!, floor), noise: Math.max(noise!, floor) };
}

/**
 * Of y = level with a wandering slope + noise: E (y_t+k − 2 y_t + y_t−k)² = 2 k q + (2k³ + k)/3 ζ + 6 r, fitted over k.
 * @param smooth without level noise: q = 0
 */
export function trendVariances(y: Float64Array, smooth: boolean): TrendEstimate {
  const lags = usableLags(Math.floor(y.length / 2));
  const moments = lags.map(k =>
    secondMoment(y, t => y[t + 2 * k]! - 2 * y[t + k]! + y[t]!, y.length - 2 * k),
  );
  const rows = lags.map(k => [smooth ? 0 : 2 * k, (2 * k ** 3 + k) / 3, 6]);
  const [level, slope, noise] = nonNegativeFit(rows, moments);
  const scale = scaleOf(moments, y);
  return {
    level: smooth ? 0 : Math.max(level!, FLOOR * scale),
    // A slope adds up twice: what is little in one step is much in a hundred.
    slope: Math.max(slope!, FLOOR * FLOOR * scale),
    noise: Math.max(noise!, FLOOR * scale),
  };
}

export interface SeasonalEstimate extends LevelEstimate {
  readonly seasonal: number;
}

/** Of y = level + pattern + noise: the pattern by least squares over its harmonics, the rest from what it leaves. */
export function seasonalVariances(y: Float64Array, period: number, harmonics: number): SeasonalEstimate {
  const pattern = fitHarmonics(y, period, harmonics);
  let sum = 0;
  for (const value of pattern) sum += value * value;
  const rest = levelVariances(y.map((value, t) => value - pattern[t]!));
  // A pattern that loses a tenth of its size, squared, in ten periods.
  return { ...rest, seasonal: Math.max((1e-3 * sum) / pattern.length / period, FLOOR * FLOOR * rest.noise) };
}

/** The part of a least-squares fit of a line and harmonics that is harmonics. */
export function fitHarmonics(y: Float64Array, period: number, harmonics: number): Float64Array {
  const T = y.length;
  const size = 2 + 2 * harmonics;
  const gram = new Float64Array(size * size);
  const right = new Float64Array(size);
  const row = new Float64Array(size);
  const fill = (t: number): void => {
    row[0] = 1;
    row[1] = t / T;
    for (let j = 1; j <= harmonics; j++) {
      const angle = (2 * Math.PI * j * t) / period;
      row[2 * j] = Math.cos(angle);
      row[2 * j + 1] = Math.sin(angle);
    }
  };
  const stride = Math.max(1, Math.floor(T / 50_000));
  for (let t = 0; t < T; t += stride) {
    if (Number.isNaN(y[t])) continue;
    fill(t);
    for (let i = 0; i < size; i++) {
      right[i]! += row[i]! * y[t]!;
      for (let j = 0; j < size; j++) gram[i * size + j]! += row[i]! * row[j]!;
    }
  }
  for (let i = 0; i < size; i++) gram[i * size + i]! += 1e-9 * T;
  const weights = solve(gram, right);
  return Float64Array.from({ length: T }, (_, t) => {
    fill(t);
    let sum = 0;
    for (let i = 2; i < size; i++) sum += row[i]! * weights[i]!;
    return sum;
  });
}

const usableLags = (T: number): number[] => LAGS.filter(k => k === 1 || k <= T / 4);

/** Mean square of differences, those beyond four robust standard deviations drawn in. */
function secondMoment(y: Float64Array, difference: (t: number) => number, count: number): number {
  const found: number[] = [];
  const stride = Math.max(1, Math.floor(y.length / MOST_DIFFERENCES));
  for (let t = 0; t < count; t += stride) {
    const d = Math.abs(difference(t));
    if (!Number.isNaN(d)) found.push(d);
  }
  if (found.length === 0) return 0;
  found.sort((a, b) => a - b);
  const bound = 4 * 1.4826 * found[found.length >> 1]!;
  return found.reduce((sum, d) => sum + (bound > 0 ? Math.min(d, bound) : d) ** 2, 0) / found.length;
}

/** What variances are measured by; above 0 even where all values are the same. */
function scaleOf(moments: readonly number[], y: Float64Array): number {
  const moment = Math.max(...moments);
  if (moment > 0) return moments[0]! > 0 ? moments[0]! : moment;
  const some = y.find(value => !Number.isNaN(value)) ?? 0;
  return Math.max(1, some * some) * 1e-4;
}

/** Least squares, errors in proportion to the moments, over all sets of unknowns that keep them ≥ 0. */
export function nonNegativeFit(rows: readonly (readonly number[])[], moments: readonly number[]): number[] {
  const size = rows[0]!.length;
  const used = rows.map((row, i) => ({ row, moment: moments[i]! })).filter(({ moment }) => moment > 0);
  let best = { residual: Number.POSITIVE_INFINITY, values: new Array<number>(size).fill(0) };
  for (let set = 1; set < 1 << size; set++) {
    const free = rows[0]!.flatMap((_, j) => (set & (1 << j) && rows.some(row => row[j] !== 0) ? [j] : []));
    const n = free.length;
    if (n === 0 || n > used.length) continue;
    const gram = new Float64Array(n * n);
    const right = new Float64Array(n);
    for (const { row, moment } of used)
      free.forEach((a, i) => {
        right[i]! += row[a]! / moment;
        free.forEach((b, j) => {
          gram[i * n + j]! += (row[a]! * row[b]!) / moment ** 2;
        });
      });
    const solution = solve(gram, right);
    if (!solution.every(value => value >= 0 && Number.isFinite(value))) continue;
    const values = new Array<number>(size).fill(0);
    free.forEach((j, i) => {
      values[j] = solution[i]!;
    });
    const residual = used.reduce(
      (sum, { row, moment }) => sum + (row.reduce((fit, x, j) => fit + x * values[j]!, 0) / moment - 1) ** 2,
      0,
    );
    if (residual < best.residual - 1e-12) best = { residual, values };
  }
  return best.values;
}

/** A x = b by elimination with pivots; A [n, n] symmetric. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const [A, x] = [matrix.slice(), right.slice()];
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(A[i * n + k]!) > Math.abs(A[pivot * n + k]!)) pivot = i;
    if (pivot !== k) {
      for (let j = 0; j < n; j++) [A[k * n + j], A[pivot * n + j]] = [A[pivot * n + j]!, A[k * n + j]!];
      [x[k], x[pivot]] = [x[pivot]!, x[k]!];
    }
    for (let i = k + 1; i < n; i++) {
      const factor = A[i * n + k]! / A[k * n + k]!;
      for (let j = k; j < n; j++) A[i * n + j]! -= factor * A[k * n + j]!;
      x[i]! -= factor * x[k]!;
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) x[k]! -= A[k * n + j]! * x[j]!;
    x[k]! /= A[k * n + k]!;
  }
  return x;
}
