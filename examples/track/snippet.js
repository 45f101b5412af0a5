import { constantVelocity, smooth } from "statescan";

// Fixes of a position every half second; null = no fix.
const fixes = [[0.3, -0.2], [0.9, 0.4], null, null, [4.2, 1.8], [5.1, 2.1], [5.8, 3.2]];
const observations = fixes.map(fix => fix ?? [null, null]);
const model = constantVelocity({ dt: 0.5, spectralDensity: 0.5, measurementVariance: 0.1 });
const { smoothedMeans, smoothedCovariances } = await smooth(model, observations);
for (let t = 0; t < fixes.length; t++) {
  const [x, y] = smoothedMeans.data.slice(4 * t, 4 * t + 2); // position.x position.y velocity.x velocity.y
  console.log(t, x.toFixed(2), y.toFixed(2), "±", Math.sqrt(smoothedCovariances.data[16 * t]).toFixed(2));
}
