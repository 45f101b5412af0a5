/** The exact filter and smoother of one state on a dense grid, in float64: sums over points in the place of integrals. */

export interface GridModel {
  /** z_0 ~ N(mean, variance); z_t ~ N(level + phi (z_{t−1} − level), q) */
  readonly mean: number;
  readonly variance: number;
  readonly level: number;
  readonly phi: number;
  readonly q: number;
  /** log p(y_t | z_t) */
  readonly logDensity: (t: number, z: number) => number;
}

export interface GridPosterior {
  readonly logLikelihood: number;
  readonly filteredMeans: number[];
  readonly smoothedMeans: number[];
  readonly smoothedDeviations: number[];
}

const normal = (x: number, variance: number): number =>
  Math.exp((-0.5 * x * x) / variance) / Math.sqrt(2 * Math.PI * variance);

/** @param points over `level` ± 7 standard deviations of the stationary law */
export function gridFilter(model: GridModel, steps: number, points: number): GridPosterior {
  const { mean, variance, level, phi, q, logDensity } = model;
  const reach = 7 * Math.sqrt(q / (1 - phi * phi));
  const width = (2 * reach) / (points - 1);
  const z = Array.from({ length: points }, (_, i) => level - reach + i * width);
  const transition = z.map(from => z.map(to => width * normal(to - level - phi * (from - level), q)));
  /** To a sum of 1; @returns the sum times the width of a cell */
  const normalise = (p: number[]): number => {
    const sum = p.reduce((a, b) => a + b, 0);
    for (let i = 0; i < p.length; i++) p[i] /= sum;
    return sum;
  };
  const moment = (p: number[], f: (x: number) => number): number =>
    p.reduce((sum, value, i) => sum + value * f(z[i]), 0);
  const predicted: number[][] = [];
  const filtered: number[][] = [];
  let logLikelihood = 0;
  for (let t = 0; t < steps; t++) {
    const before = filtered[t - 1];
    const p =
      t === 0
        ? z.map(x => width * normal(x - mean, variance))
        : z.map((_, j) => before.reduce((sum, value, i) => sum + value * transition[i][j], 0));
    predicted.push(p);
    const posterior = p.map((value, i) => value * Math.exp(logDensity(t, z[i])));
    logLikelihood += Math.log(normalise(posterior));
    filtered.push(posterior);
  }
  const smoothed = filtered.slice();
  for (let t = steps - 2; t >= 0; t--) {
    const ratio = smoothed[t + 1].map((value, j) => (value === 0 ? 0 : value / predicted[t + 1][j]));
    smoothed[t] = filtered[t].map(
      (value, i) => value * ratio.reduce((sum, r, j) => sum + r * transition[i][j], 0),
    );
  }
  const smoothedMeans = smoothed.map(p => moment(p, x => x));
  return {
    logLikelihood,
    filteredMeans: filtered.map(p => moment(p, x => x)),
    smoothedMeans,
    smoothedDeviations: smoothed.map((p, t) => Math.sqrt(moment(p, x => (x - smoothedMeans[t]) ** 2))),
  };
}
