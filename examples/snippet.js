import { linearGaussianSSM, smooth } from "statescan";

const model = linearGaussianSSM({
  initial: { mean: [0], covariance: [[100]] },
  dynamics: { weights: [[1]], covariance: [[0.1]] },
  emissions: { weights: [[1]], covariance: [[1]] },
});
const y = [1.2, 0.8, null, 1.9, 2.3, 2.1]; // null = missing
const { smoothedMeans, smoothedCovariances, run } = await smooth(model, y);
console.log(run.backend, smoothedMeans.data, smoothedCovariances.data);
