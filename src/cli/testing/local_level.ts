/** For tests: a model document with n = m = 1 and unit variances, some keys replaced. */
export const localLevel = (change: object = {}): object => ({
  format: "statescan/model@1",
  type: "linear-gaussian",
  initial: { mean: [0], covariance: [[1]] },
  dynamics: { weights: [[1]], covariance: [[1]] },
  emissions: { weights: [[1]], covariance: [[1]] },
  ...change,
});
