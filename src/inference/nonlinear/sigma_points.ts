/** Points and weights that stand for a standard normal x ~ N(0, I_n): E g(x) ≈ Σ w_i g(ξ_i). */
import { CounterRandom } from "../random/counter_random.ts";
import { triangularise } from "../triangularise.ts";

export interface SigmaPoints {
  readonly count: number;
  /** ξ [count, n] */
  readonly points: Float64Array;
  /** Weights of means, and of covariances; they sum to 1 where not said otherwise. */
  readonly meanWeights: Float64Array;
  readonly covarianceWeights: Float64Array;
  /** Some weight is negative: sums of squares may then fail to be positive. */
  readonly indefinite: boolean;
}

/** Stream of the generator that draws them. */
const SIGMA_POINTS_STREAM = 0x51f;

const pointsOf = (
  n: number,
  points: Float64Array,
  meanWeights: Float64Array,
  covarianceWeights = meanWeights,
): SigmaPoints => ({
  count: points.length / n,
  points,
  meanWeights,
  covarianceWeights,
  indefinite: [...meanWeights, ...covarianceWeights].some(w => w < 0),
});

/**
 * The scaled unscented transform: 2n + 1 points, λ = α²(n + κ) − n. α = 1, β = 0 is the classic one.
 * @see Julier & Uhlmann 2004, doi:10.1109/JPROC.2003.823141; Wan & van der Merwe 2000
 */
export function unscentedPoints(n: number, alpha: number, beta: number, kappa: number): SigmaPoints {
  const spread = alpha * alpha * (n + kappa);
  const points = new Float64Array((2 * n + 1) * n);
  const means = new Float64Array(2 * n + 1).fill(1 / (2 * spread));
  const root = Math.sqrt(spread);
  for (let j = 0; j < n; j++) {
    points[(1 + j) * n + j] = root;
    points[(1 + n + j) * n + j] = -root;
  }
  means[0] = 1 - n / spread;
  const covariances = means.slice();
  covariances[0] += 1 - alpha * alpha + beta;
  return pointsOf(n, points, means, covariances);
}

/** Third-degree spherical-radial cubature: 2n points of equal weight. @see Arasaratnam & Haykin 2009, doi:10.1109/TAC.2009.2019800 */
export function cubaturePoints(n: number): SigmaPoints {
  const points = new Float64Array(2 * n * n);
  for (let j = 0; j < n; j++) {
    points[j * n + j] = Math.sqrt(n);
    points[(n + j) * n + j] = -Math.sqrt(n);
  }
  return pointsOf(n, points, new Float64Array(2 * n).fill(1 / (2 * n)));
}

/** Product rule of one-dimensional Gauss–Hermite rules: order^n points, exact for degrees up to 2·order − 1 in each variable. */
export function gaussHermitePoints(n: number, order: number): SigmaPoints {
  const { nodes, weights } = hermiteRule(order);
  const count = order ** n;
  const points = new Float64Array(count * n);
  const product = new Float64Array(count).fill(1);
  for (let i = 0; i < count; i++) {
    let rest = i;
    for (let j = 0; j < n; j++) {
      points[i * n + j] = nodes[rest % order];
      product[i] *= weights[rest % order];
      rest = Math.floor(rest / order);
    }
  }
  return pointsOf(n, points, product);
}

/**
 * Statistical linear regression on `count` draws in pairs ±ξ, made to have covariance I exactly; count is rounded up to an even
 * number of at least 2n + 2.
 * @see Särkkä 2013, Bayesian Filtering and Smoothing, section 5.2 (statistical linearisation)
 */
export function drawnPoints(n: number, count: number, seed: number): SigmaPoints {
  const half = Math.max(n + 1, Math.ceil(count / 2));
  const random = new CounterRandom(seed, SIGMA_POINTS_STREAM, n);
  const draws = Float64Array.from({ length: half * n }, () => random.normal());
  // Σ ξ ξ' = L L'; ξ ← L⁻¹ ξ √half.
  const scatter = new Float64Array(n * half);
  for (let i = 0; i < half; i++) for (let j = 0; j < n; j++) scatter[j * half + i] = draws[i * n + j];
  triangularise(scatter, half, 0, 0, n, half);
  const points = new Float64Array(2 * half * n);
  for (let i = 0; i < half; i++) {
    for (let j = 0; j < n; j++) {
      let sum = draws[i * n + j] * Math.sqrt(half);
      for (let k = 0; k < j; k++) sum -= scatter[j * half + k] * points[i * n + k];
      points[i * n + j] = sum / scatter[j * half + j];
      points[(half + i) * n + j] = -points[i * n + j];
    }
  }
  return pointsOf(n, points, new Float64Array(2 * half).fill(1 / (2 * half)));
}

/**
 * Nodes, descending, and weights of the one-dimensional rule for N(0, 1): the roots of He_order, each by bisection on the number of
 * sign changes of h_0 … h_order, which is the number of roots above x; weights 1 / Σ_k h_k(x)².
 */
export function hermiteRule(order: number): { nodes: Float64Array; weights: Float64Array } {
  // h_k = He_k / √k!: x h_k = √(k+1) h_{k+1} + √k h_{k−1}
  const values = new Float64Array(order + 1);
  const evaluate = (x: number): number => {
    values[0] = 1;
    let changes = 0;
    for (let k = 0; k < order; k++) {
      values[k + 1] = (x * values[k] - (k > 0 ? Math.sqrt(k) * values[k - 1] : 0)) / Math.sqrt(k + 1);
      if (values[k + 1] < 0 !== values[k] < 0) changes++;
    }
    return changes;
  };
  const nodes = new Float64Array(order);
  const bound = Math.sqrt(4 * order + 2);
  for (let i = 0; 2 * i + 1 < order; i++) {
    let [low, high] = [0, bound];
    for (let half = 0; half < 60; half++) {
      const middle = (low + high) / 2;
      if (evaluate(middle) > i) low = middle;
      else high = middle;
    }
    nodes[i] = (low + high) / 2;
    nodes[order - 1 - i] = -nodes[i];
  }
  const weights = nodes.map(x => {
    evaluate(x);
    let sum = 0;
    for (let k = 0; k < order; k++) sum += values[k] * values[k];
    return 1 / sum;
  });
  return { nodes, weights };
}
