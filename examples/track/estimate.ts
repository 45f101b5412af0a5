/** The call behind the page, and how good its answer is. */

import { constantVelocity, type RunInfo, smooth } from "../../src/api/index.ts";
import { radiusSquared } from "../site/canvas.ts";
import { FIELD, type Point, STEP } from "./path.ts";

/** Positions of one estimate. */
export interface Estimate {
  /** [T, 2] */
  readonly means: Float64Array;
  /** Covariances of the position [T, 3]: xx, xy, yy. */
  readonly covariances: Float64Array;
}

export interface Answer {
  readonly filtered: Estimate;
  readonly smoothed: Estimate;
  readonly logLikelihood: number;
  readonly run: RunInfo;
}

export interface Asked {
  readonly fixes: Float64Array;
  readonly noise: number;
  /** q, m²/s³ */
  readonly agility: number;
  readonly backend: "cpu" | "webgpu";
}

/** Filter and smoother of one call. The first position is somewhere on the field, the first speed up to some 40 m/s. */
export async function estimate(
  { fixes, noise, agility, backend }: Asked,
  signal: AbortSignal,
): Promise<Answer> {
  const variances = [FIELD.width ** 2 / 4, FIELD.height ** 2 / 4, 1600, 1600];
  const model = constantVelocity({
    dt: STEP,
    spectralDensity: agility,
    measurementVariance: noise ** 2,
    initial: {
      mean: [FIELD.width / 2, FIELD.height / 2, 0, 0],
      covariance: variances.map((v, i) => variances.map((_, j) => (i === j ? v : 0))),
    },
  });
  const observations = { data: fixes, shape: [fixes.length / 2, 2] };
  const result = await smooth(model, observations, { backend, signal, outputs: [] });
  return {
    filtered: positions(result.filteredMeans.data, result.filteredCovariances.data),
    smoothed: positions(result.smoothedMeans.data, result.smoothedCovariances.data),
    logLikelihood: Number(result.marginalLogLikelihood),
    run: result.run,
  };
}

function positions(means: ArrayLike<number>, covariances: ArrayLike<number>): Estimate {
  const T = means.length / 4;
  const out = { means: new Float64Array(2 * T), covariances: new Float64Array(3 * T) };
  for (let t = 0; t < T; t++) {
    out.means.set([means[4 * t]!, means[4 * t + 1]!], 2 * t);
    out.covariances.set([covariances[16 * t]!, covariances[16 * t + 1]!, covariances[16 * t + 5]!], 3 * t);
  }
  return out;
}

/** Root mean square distance from the path, m. NaN steps are left out. */
export function distance(means: ArrayLike<number>, path: readonly Point[]): number {
  let sum = 0;
  let count = 0;
  path.forEach(([x, y], t) => {
    const square = (means[2 * t]! - x) ** 2 + (means[2 * t + 1]! - y) ** 2;
    if (Number.isNaN(square)) return;
    sum += square;
    count++;
  });
  return Math.sqrt(sum / count);
}

/** Share of the path inside the ellipses of a level. */
export function coverage({ means, covariances }: Estimate, path: readonly Point[], level: number): number {
  const inside = path.filter(([x, y], t) => {
    const [dx, dy] = [x - means[2 * t]!, y - means[2 * t + 1]!];
    const [xx, xy, yy] = covariances.subarray(3 * t, 3 * t + 3) as unknown as [number, number, number];
    return (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / (xx * yy - xy * xy) <= radiusSquared(level);
  });
  return inside.length / path.length;
}
