/**
 * Twenty linear Gaussian models that are easy, hard and very hard for float32, with data drawn from them. Parameters and
 * data are rounded to float32 first, so that every implementation is given the same numbers.
 */
import type { Matrix, RawModel } from "./oracle.ts";
import { diagonal, draw, NAMED, type RawCase, square, TestRandom } from "./oracle_models.ts";

const constant = (mean: number[], P0: Matrix, F: Matrix, Q: Matrix, H: Matrix, R: Matrix): RawModel => ({
  initial: { mean, covariance: P0 },
  dynamics: { weights: F, covariance: Q },
  emissions: { weights: H, covariance: R },
});

/** Level and slope with the standard deviations of their steps; observation noise 1. */
const trend = (level: number, slope: number, sd0: readonly [number, number]): RawModel =>
  constant(
    [0, 0],
    diagonal([sd0[0] ** 2, sd0[1] ** 2]),
    [
      [1, 1],
      [0, 1],
    ],
    diagonal([level ** 2, slope ** 2]),
    [[1, 0]],
    [[1]],
  );

/** Constant velocity in the plane, seen with noise of standard deviation r. */
const velocity = (r: number, sd0 = 1): RawModel => {
  const model = NAMED.cv4();
  return {
    ...model,
    initial: { ...model.initial, covariance: diagonal(new Array(4).fill(sd0 ** 2)) },
    emissions: { ...model.emissions, covariance: diagonal([r ** 2, r ** 2]) },
  };
};

/** The model with observation noise of standard deviation r. */
const noisier = (model: RawModel, r: number): RawModel => ({
  ...model,
  emissions: {
    ...model.emissions,
    covariance: diagonal(new Array((model.emissions.weights as Matrix).length).fill(r ** 2)),
  },
});

/** A Wiener process integrated three times, in steps dt, seen with noise 1e-3. */
const integrated = (dt: number): RawModel => {
  const factorial = [1, 1, 2, 6, 24, 120, 720];
  const F = [0, 1, 2, 3].map(i => [0, 1, 2, 3].map(j => (j < i ? 0 : dt ** (j - i) / factorial[j - i])));
  const Q = [0, 1, 2, 3].map(i =>
    [0, 1, 2, 3].map(j => {
      const [p, q] = [3 - i, 3 - j];
      return dt ** (p + q + 1) / ((p + q + 1) * factorial[p] * factorial[q]);
    }),
  );
  return constant([0, 0, 0, 0], diagonal([1, 1, 1, 1]), F, Q, [[1, 0, 0, 0]], [[1e-6]]);
};

/** A third of the rows missing, and all between 40 % and 60 %. */
const GAPS = new Set(["gaps", "d8gap"]);

const MODELS: Readonly<Record<string, () => RawModel>> = {
  cv4: () => velocity(0.5),
  cv4s: () => velocity(1e-3),
  llt: () => trend(0.1, 0.01, [10, 1]),
  smooth: () => trend(0, 1e-4, [10, 1]),
  stiff: NAMED.stiff,
  mat52: NAMED.mat52,
  mat52s: () => noisier(NAMED.mat52(), 1e-3),
  d8: NAMED.d8,
  d8s: () => noisier(NAMED.d8(), 1e-3),
  diffuse: () => trend(0.1, 0.01, [1e4, 1e4]),
  cv4diff: () => velocity(0.5, 1e3),
  p0zero: () => velocity(0.5, 0),
  r0: () => velocity(0),
  r1em5: () => velocity(1e-5),
  qzero: () =>
    constant(
      [0, 0, 1, -1],
      diagonal([1, 1, 1, 1]),
      diagonal([1, 1, 1, 1]),
      diagonal([0, 0, 0, 0]),
      [
        [1, 0, 0.5, 0],
        [0, 1, 0, -0.5],
      ],
      diagonal([0.25, 0.25]),
    ),
  iwp3: () => integrated(0.1),
  iwp3dt2: () => integrated(0.01),
  smooth6: () => trend(0, 1e-6, [10, 0.01]),
  gaps: () => velocity(0.5),
  d8gap: NAMED.d8,
};

export const ACCURACY_MODELS: readonly string[] = Object.keys(MODELS);

let last: { name: string; T: number; made: RawCase } | undefined;

/** A model with T observations; the last one is kept, as drawing a million takes seconds. */
export function accuracyCase(name: string, T: number): RawCase {
  if (last?.name !== name || last.T !== T) last = { name, T, made: makeCase(name, T) };
  return last.made;
}

function makeCase(name: string, T: number): RawCase {
  const random = new TestRandom(4000 + ACCURACY_MODELS.indexOf(name));
  const model = rounded(MODELS[name]());
  const observations = draw(model, T, random).map(row => row.map(y => Math.fround(y as number)));
  if (!GAPS.has(name)) return { model, observations };
  const masked = observations.map((row, t) =>
    random.uniform() < 0.3 || (t > 0.4 * T && t < 0.6 * T) ? row.map(() => null) : row,
  );
  return { model, observations: masked };
}

/** Every parameter as float32 holds it; covariances by their factors, which keeps them positive semi-definite. */
function rounded({ initial, dynamics, emissions }: RawModel): RawModel {
  const f32 = (A: Matrix): Matrix => A.map(row => row.map(Math.fround));
  return {
    initial: { mean: initial.mean.map(Math.fround), covariance: f32(initial.covariance) },
    dynamics: {
      weights: f32(dynamics.weights as Matrix),
      covariance: roundedSquare(dynamics.covariance as Matrix),
    },
    emissions: { weights: f32(emissions.weights as Matrix), covariance: f32(emissions.covariance as Matrix) },
  };
}

/** L L' with L the Cholesky factor rounded to float32. */
function roundedSquare(a: Matrix): Matrix {
  const l = a.map(row => row.map(() => 0));
  for (let j = 0; j < a.length; j++) {
    for (let i = j; i < a.length; i++) {
      let sum = a[i][j];
      for (let k = 0; k < j; k++) sum -= l[i][k] * l[j][k];
      if (i === j) l[i][j] = sum > 1e-14 * a[i][i] ? Math.sqrt(sum) : 0;
      else l[i][j] = l[j][j] > 0 ? sum / l[j][j] : 0;
    }
  }
  return square(l.map(row => row.map(Math.fround)));
}
