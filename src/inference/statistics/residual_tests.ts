/**
 * Tests of standardised innovations e_t, which are independent standard normals when the model is right.
 *
 *   skewness S = m₃ / m₂^{3/2}, kurtosis K = m₄ / m₂², m_q the central moments over the n values
 *   normality           N = n (S²/6 + (K − 3)²/24), chi-square with 2 degrees of freedom (Jarque & Bera)
 *   heteroskedasticity  H(h) = Σ last h e² / Σ first h e², F(h, h), two-sided
 *   serial correlation  Q(k) = n (n + 2) Σ_j c_j² / n_j, j = 1 … k, chi-square with k − p degrees of freedom (Ljung & Box);
 *                       c_j = Σ (e_t − ē)(e_t−j − ē) / (n m₂) over the n_j pairs that are there, n_j = n − j without gaps
 *
 * Source: Durbin & Koopman, Time Series Analysis by State Space Methods, 2nd ed., section 2.12; gaps: Stoffer & Toloi
 * 1992, Statistics & Probability Letters 13.
 */

import { fDistribution } from "./incomplete_beta.ts";
import { chiSquareTail } from "./incomplete_gamma.ts";

/** Statistic of a test and the probability of one as extreme if the model is right. NaN where there are too few values. */
export interface TestResult {
  readonly statistic: number;
  readonly pValue: number;
}

export interface ResidualTests {
  /** Number of values, n. */
  readonly count: number;
  readonly skewness: number;
  /** 3 for a normal. */
  readonly kurtosis: number;
  readonly normality: TestResult;
  /** blockLength: h */
  readonly heteroskedasticity: TestResult & { readonly blockLength: number };
  /** lags: k; degrees of freedom of the test: k − p */
  readonly serialCorrelation: TestResult & { readonly lags: number; readonly degreesOfFreedom: number };
}

/**
 * @param residuals e_t in the order of time, NaN where there is none
 * @param lags k; default min(10, n/5), at least 1
 * @param numFitted p, parameters that were fitted to the same data
 */
export function residualTests(
  residuals: ArrayLike<number>,
  lags: number | undefined,
  numFitted: number,
): ResidualTests {
  const values = Array.from(residuals).filter(value => !Number.isNaN(value));
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const moment = (q: number): number => values.reduce((sum, e) => sum + (e - mean) ** q, 0) / n;
  const m2 = moment(2);
  const skewness = moment(3) / m2 ** 1.5;
  const kurtosis = moment(4) / m2 ** 2;
  const statistic = n * (skewness ** 2 / 6 + (kurtosis - 3) ** 2 / 24);
  return {
    count: n,
    skewness,
    kurtosis,
    normality: { statistic, pValue: Math.exp(-0.5 * statistic) },
    heteroskedasticity: heteroskedasticity(values),
    serialCorrelation: serialCorrelation(residuals, n, mean, m2, lags, numFitted),
  };
}

function heteroskedasticity(values: readonly number[]): ResidualTests["heteroskedasticity"] {
  const h = Math.floor(values.length / 3);
  const squares = (from: number): number => values.slice(from, from + h).reduce((sum, e) => sum + e * e, 0);
  const statistic = h === 0 ? Number.NaN : squares(values.length - h) / squares(0);
  const below = fDistribution(statistic, h, h);
  return { statistic, pValue: 2 * Math.min(below, 1 - below), blockLength: h };
}

function serialCorrelation(
  residuals: ArrayLike<number>,
  n: number,
  mean: number,
  m2: number,
  asked: number | undefined,
  numFitted: number,
): ResidualTests["serialCorrelation"] {
  const lags = asked ?? Math.max(1, Math.min(10, Math.floor(n / 5)));
  let sum = 0;
  for (let j = 1; j <= lags; j++) {
    let products = 0;
    let pairs = 0;
    for (let t = j; t < residuals.length; t++) {
      const product = (residuals[t] - mean) * (residuals[t - j] - mean);
      if (Number.isNaN(product)) continue;
      products += product;
      pairs++;
    }
    if (pairs > 0) sum += (products / (n * m2)) ** 2 / pairs;
  }
  const degreesOfFreedom = lags - numFitted;
  const statistic = n > lags ? n * (n + 2) * sum : Number.NaN;
  const pValue = degreesOfFreedom > 0 ? chiSquareTail(statistic, degreesOfFreedom) : Number.NaN;
  return { statistic, pValue, lags, degreesOfFreedom };
}
