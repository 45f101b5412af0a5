/**
 * A linear Gaussian filtering problem, packed for the recursions: plain float64 arrays, no model.
 *
 *   z_0 ~ N(m, S),  z_t = F_t z_{t-1} + b_t + q_t,  q_t ~ N(0, Q_t = Lq Lq'),  t = 1 … T-1
 *   y_t = H_t z_t + r_t,  r_t ~ N(0, R_t = Lr Lr')
 *
 * On the states of `diffuse` the prior of z_0 is flat. Inputs and biases are folded in before (b_t + B_t u_t into b; d_t + D_t u_t subtracted from y, in float64).
 * Missing entries are folded into the *emission records*: each distinct pair (time index, pattern of missing
 * entries) has a record of H with zero rows and of Lr = Cholesky of R restricted to what was observed, with unit
 * diagonal and zero off-diagonals on the missing rows; y is 0 there. A missing row then adds nothing to the state,
 * to the innovation or to log|S|; only the constant ½ log 2π must count observed entries.
 */
export interface LinearGaussianProblem {
  /** n */
  readonly stateDim: number;
  /** m */
  readonly emissionDim: number;
  /** N */
  readonly numSeries: number;
  /** Longest series, T. Arrays over time are padded to it. */
  readonly numSteps: number;
  /** [N] length of each series, 1 … T. */
  readonly lengths: Uint32Array;
  /** [n] mean of z_0. */
  readonly initialMean: Field;
  /** [n, n] lower-triangular factor of the covariance of z_0. */
  readonly initialFactor: Field;
  /**
   * Indices of the states whose prior is flat; mean and factor are 0 there. Empty for a proper prior, the only one that
   * the recursions take: diffuse_start.cpu.ts turns a diffuse problem into one with a proper prior at a later step.
   */
  readonly diffuse: readonly number[];
  /** F_t [n, n]; t = 0 is never read. */
  readonly dynamicsWeights: Field;
  /** b_t [n], inputs included; t = 0 is never read. */
  readonly dynamicsBias: Field;
  /** Lq_t [n, n] lower triangular; t = 0 is never read. */
  readonly dynamicsFactor: Field;
  /** H [numEmissionRecords, m, n], missing rows zero. */
  readonly emissionWeights: Float64Array;
  /** Lr [numEmissionRecords, m, m] lower triangular, missing rows and columns of the identity. */
  readonly emissionFactor: Float64Array;
  /** [numEmissionRecords] how many entries are observed. */
  readonly observedCounts: Uint32Array;
  /** Which emission record step t of series s uses: data[s·seriesStride + t·stepStride]. */
  readonly emissionIndex: {
    readonly data: Uint32Array;
    readonly stepStride: number;
    readonly seriesStride: number;
  };
  /** y − d − D u [N, T, m], 0 where missing or past the end of a series. */
  readonly observations: Float64Array;
}

/** A parameter over series s and time t: its entries start at data[s·seriesStride + t·stepStride]; stride 0 = constant. */
export interface Field {
  readonly data: Float64Array;
  readonly stepStride: number;
  readonly seriesStride: number;
}

/** Numbers of any of the two widths. */
export type Floats = Float32Array | Float64Array;

/** A row of numbers for every series and step; steps may share a row, so read only. */
export interface Rows {
  readonly data: Floats;
  /** Where the row of a series and step begins. */
  readonly at: (series: number, step: number) => number;
}

/** Gaussian moments for every series and step; what lies past the end of a series is not to be read. */
export interface Moments {
  /** Rows of n. */
  readonly means: Rows;
  /**
   * Rows of n(n+1)/2: the lower-triangular factor U (covariance = U U'), packed by rows: U00, U10, U11, U20, …
   * Diagonal signs are free.
   */
  readonly factors: Rows;
  /** The covariances themselves, packed likewise, where a run gives these: factors are then made of them when read. */
  readonly covariances?: Rows;
}

/** Floats in one packed record of mean and factor: n + n(n+1)/2. */
export const stateRecordLength = (n: number): number => n + (n * (n + 1)) / 2;

/** Rows of `size` in the order [N, T]. */
export const denseRows = (data: Floats, size: number, numSteps: number): Rows => ({
  data,
  at: (s, t) => (s * numSteps + t) * size,
});

/** Moments in packed records [N, T, n + n(n+1)/2]: the mean, then the factor. */
export function packedMoments(data: Floats, n: number, numSteps: number): Moments {
  const size = stateRecordLength(n);
  return {
    means: denseRows(data, size, numSteps),
    factors: { data, at: (s, t) => (s * numSteps + t) * size + n },
  };
}

/** What a filter returns: raw numbers, turned into results by the caller. */
export interface KalmanFilterRecords {
  /** E z_t | y_0:t. Absent when not asked for. */
  readonly filtered?: Moments;
  /** E z_t | y_0:t−1; at t = 0 the prior. */
  readonly predicted?: Moments;
  /** [N, T] log p(y_t | y_0:t−1) *without* the constant −½ log 2π per observed entry. */
  readonly logLikelihoods: Floats;
}

/** What a smoother returns on top of the filter. */
export interface KalmanSmootherRecords extends KalmanFilterRecords {
  readonly smoothed: Moments;
  /** Cov(z_t, z_{t+1} | y_0:T−1), rows of n² for t < T − 1. Absent when not asked for. */
  readonly crossCovariances?: Rows;
}
