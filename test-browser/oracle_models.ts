/** Models and data for tests: seeded, in the form a user writes, with no help from src/. */

import type { Matrix, RawModel, RawObservations, Vector } from "./oracle.ts";

/** A model with data; observations hold null where missing. */
export interface RawCase {
  model: RawModel;
  observations: RawObservations;
  inputs?: Matrix;
}

/** Standard normals and uniforms from a 32-bit mixing counter (splitmix32), enough for test data. */
export class TestRandom {
  private state: number;
  constructor(seed: number) {
    this.state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  }
  uniform(): number {
    this.state = (this.state + 0x9e3779b9) >>> 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  }
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
  vector(n: number, scale = 1): Vector {
    return Array.from({ length: n }, () => scale * this.normal());
  }
  matrix(r: number, c: number, scale = 1): Matrix {
    return Array.from({ length: r }, () => this.vector(c, scale));
  }
}

export interface RandomModelOptions {
  n: number;
  m: number;
  T: number;
  seed: number;
  /** F, b, Q, H, d, R differ from step to step. */
  timeVarying?: boolean;
  /** d > 0: inputs with weights in both equations. */
  inputs?: number;
  /** Q of rank max(1, n/2), or 0 when n = 1. */
  singularQ?: boolean;
  /** Multiplies the standard deviation of the observation noise, default 1. */
  noise?: number;
  /** R = noise² I instead of a full random one. */
  isotropicNoise?: boolean;
  zeroP0?: boolean;
  /** Standard deviation of the prior, default 1. */
  priorScale?: number;
  /** Probability that an entry is missing, and half of it that a whole row is; default 0. */
  missing?: number;
}

/** A x. */
const times = (a: Matrix, x: Vector): Vector => a.map(row => row.reduce((sum, v, k) => sum + v * x[k], 0));
/** G G'. */
export const square = (g: Matrix): Matrix =>
  g.map(a => g.map(b => a.reduce((sum, x, k) => sum + x * b[k], 0)));
const scaled = (a: Matrix, s: number): Matrix => a.map(row => row.map(x => x * s));
export const diagonal = (d: Vector): Matrix => d.map((x, i) => d.map((_, j) => (i === j ? x : 0)));

/** Spectral radius by power iteration, averaged over the second half. */
function spectralRadius(a: Matrix, random: TestRandom): number {
  let v = random.vector(a.length);
  let log = 0;
  for (let k = 0; k < 400; k++) {
    const w = times(a, v);
    const norm = Math.hypot(...w);
    if (k >= 200) log += Math.log(norm);
    v = w.map(x => x / norm);
  }
  return Math.exp(log / 200);
}

function stable(n: number, radius: number, random: TestRandom): Matrix {
  const a = random.matrix(n, n);
  return scaled(a, radius / spectralRadius(a, random));
}

/** One set of factors per step or one for all, and what it takes to draw from the model. */
interface Parts {
  F: Matrix;
  b: Vector;
  B?: Matrix;
  Gq: Matrix;
  H: Matrix;
  d: Vector;
  D?: Matrix;
  Gr: Matrix;
}

/** A random stable model and a draw from it. */
export function randomModel(options: RandomModelOptions): RawCase {
  const { n, m, T, seed, inputs: inputDim = 0, noise = 1, priorScale = 1, missing = 0 } = options;
  const random = new TestRandom(seed);
  const rank = options.singularQ ? (n === 1 ? 0 : Math.max(1, Math.floor(n / 2))) : n;
  const makeParts = (): Parts => ({
    F: stable(n, 0.95, random),
    b: random.vector(n, 0.3),
    B: inputDim > 0 ? random.matrix(n, inputDim, 0.5) : undefined,
    Gq: random
      .matrix(n, rank, 0.5)
      .map((row, i) => [...row, ...(rank === n ? diagonal(new Array(n).fill(0.2))[i] : [0])]),
    H: random.matrix(m, n),
    d: random.vector(m, 0.3),
    D: inputDim > 0 ? random.matrix(m, inputDim, 0.5) : undefined,
    Gr: options.isotropicNoise
      ? diagonal(new Array(m).fill(noise))
      : random.matrix(m, m, 0.4).map((row, i) => row.map((x, j) => noise * (x + (i === j ? 0.8 : 0)))),
  });
  const parts = Array.from({ length: options.timeVarying ? T : 1 }, makeParts);
  const initialFactor = scaled(
    random.matrix(n, n, 0.5).map((row, i) => row.map((x, j) => x + (i === j ? 0.7 : 0))),
    options.zeroP0 ? 0 : priorScale,
  );
  const mean = random.vector(n);
  const inputs = inputDim > 0 ? random.matrix(T, inputDim) : undefined;
  const pick = <K>(get: (p: Parts) => K): K | K[] => (options.timeVarying ? parts.map(get) : get(parts[0]));
  const model: RawModel = {
    initial: { mean, covariance: square(initialFactor) },
    dynamics: {
      weights: pick(p => p.F) as Matrix,
      bias: pick(p => p.b) as Vector,
      ...(inputDim > 0 && { inputWeights: pick(p => p.B as Matrix) as Matrix }),
      covariance: pick(p => square(p.Gq)) as Matrix,
    },
    emissions: {
      weights: pick(p => p.H) as Matrix,
      bias: pick(p => p.d) as Vector,
      ...(inputDim > 0 && { inputWeights: pick(p => p.D as Matrix) as Matrix }),
      covariance: pick(p => square(p.Gr)) as Matrix,
    },
  };
  const sum = (...terms: Vector[]): Vector =>
    terms[0].map((_, i) => terms.reduce((s, term) => s + term[i], 0));
  const observations: RawObservations = [];
  let z = sum(mean, times(initialFactor, random.vector(n)));
  for (let t = 0; t < T; t++) {
    const p = parts[options.timeVarying ? t : 0];
    const none = new Array<number>(Math.max(n, m)).fill(0);
    if (t > 0) {
      z = sum(
        times(p.F, z),
        p.b,
        times(p.Gq, random.vector(p.Gq[0].length)),
        p.B && inputs ? times(p.B, inputs[t]) : none,
      );
    }
    const y = sum(
      times(p.H, z),
      p.d,
      times(p.Gr, random.vector(m)),
      p.D && inputs ? times(p.D, inputs[t]) : none,
    );
    const wholeRow = random.uniform() < missing / 2;
    observations.push(y.map(value => (random.uniform() < missing || wholeRow ? null : value)));
  }
  return { model, observations, inputs };
}

/** Models known to be hard for float32, with y drawn from them. Standard deviations in the comments. */
export type NamedModel = "d8" | "d8gap" | "mat52" | "stiff" | "cv4" | "llt";

/** A named model with T observations. */
export function namedModel(name: NamedModel, T: number, seed = 1): RawCase {
  const random = new TestRandom(1000 + seed);
  const model = NAMED[name]();
  const observations = draw(model, T, random);
  if (name !== "d8gap") return { model, observations };
  // 30 % of the rows missing, and all between 40 % and 60 %.
  const masked = observations.map((row, t) =>
    random.uniform() < 0.3 || (t > 0.4 * T && t < 0.6 * T) ? row.map(() => null) : row,
  );
  return { model, observations: masked };
}

const constant = (mean: Vector, P0: Matrix, F: Matrix, Q: Matrix, H: Matrix, R: Matrix): RawModel => ({
  initial: { mean, covariance: P0 },
  dynamics: { weights: F, covariance: Q },
  emissions: { weights: H, covariance: R },
});

export const NAMED: Record<NamedModel, () => RawModel> = {
  /** Eight states, spectral radius 0.97, three outputs with noise 0.7. */
  d8: () => {
    const random = new TestRandom(7);
    const G = random.matrix(8, 8, 0.3).map((row, i) => [...row, ...diagonal(new Array(8).fill(0.1))[i]]);
    return constant(
      new Array(8).fill(0),
      diagonal(new Array(8).fill(1)),
      stable(8, 0.97, random),
      square(G),
      random.matrix(3, 8),
      diagonal([0.49, 0.49, 0.49]),
    );
  },
  d8gap: () => NAMED.d8(),
  /** Matérn 5/2 process, length 1, sd 1, step 0.01, noise 0.1. */
  mat52: () => {
    const dt = 0.01;
    const rate = Math.sqrt(5);
    const A = [
      [0, 1, 0],
      [0, 0, 1],
      [-(rate ** 3), -3 * rate ** 2, -3 * rate],
    ];
    // exp(A dt) by its series: ‖A dt‖ is about 0.2.
    let term = diagonal([1, 1, 1]);
    let F = term;
    for (let k = 1; k < 25; k++) {
      term = A.map(row => term[0].map((_, j) => (row.reduce((s, x, i) => s + x * term[i][j], 0) * dt) / k));
      F = F.map((row, i) => row.map((x, j) => x + term[i][j]));
    }
    // Q = ∫ q g(s) g(s)' ds with g the impulse response of (p + rate)⁻³ and its derivatives; Simpson.
    const response = (s: number): Vector =>
      [(s * s) / 2, s - (rate * s * s) / 2, 1 - 2 * rate * s + (rate * rate * s * s) / 2].map(
        x => x * Math.exp(-rate * s),
      );
    const density = (16 / 3) * rate ** 5;
    const columns = Array.from({ length: 101 }, (_, k) => {
      const weight = (k === 0 || k === 100 ? 1 : k % 2 === 1 ? 4 : 2) * (dt / 300) * density;
      return response((k * dt) / 100).map(x => x * Math.sqrt(weight));
    });
    const Q = square([0, 1, 2].map(i => columns.map(column => column[i])));
    const third = rate ** 2 / 3;
    const P0 = [
      [1, 0, -third],
      [0, third, 0],
      [-third, 0, rate ** 4],
    ];
    return constant([0, 0, 0], P0, F, Q, [[1, 0, 0]], [[0.01]]);
  },
  /** Time constants 1e4, 10 and 0.1 in a chain, noise only in the fastest. */
  stiff: () =>
    constant(
      [0, 0, 0],
      diagonal([1, 1, 1]),
      [
        [0.9999, 0.1, 0],
        [0, 0.9, 0.1],
        [0, 0, 1e-4],
      ],
      diagonal([0, 0, 1]),
      [[1, 0, 0]],
      [[0.01]],
    ),
  /** Constant velocity in the plane, step 0.1, positions seen with noise 0.5. */
  cv4: () => {
    const dt = 0.1;
    const [a, b, c] = [dt ** 3 / 3, dt ** 2 / 2, dt];
    return constant(
      [0, 0, 1, -1],
      diagonal([1, 1, 1, 1]),
      [
        [1, 0, dt, 0],
        [0, 1, 0, dt],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ],
      [
        [a, 0, b, 0],
        [0, a, 0, b],
        [b, 0, c, 0],
        [0, b, 0, c],
      ],
      [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
      ],
      diagonal([0.25, 0.25]),
    );
  },
  /** Local linear trend: level noise 0.1, slope noise 0.01, observation noise 1. */
  llt: () =>
    constant(
      [0, 0],
      diagonal([100, 1]),
      [
        [1, 1],
        [0, 1],
      ],
      diagonal([0.01, 1e-4]),
      [[1, 0]],
      [[1]],
    ),
};

/** Draws T observations; factors by elimination, as some covariances are singular. */
export function draw(model: RawModel, T: number, random: TestRandom): RawObservations {
  const factor = (a: Matrix): Matrix => {
    const l = a.map(row => row.map(() => 0));
    for (let j = 0; j < a.length; j++) {
      for (let i = j; i < a.length; i++) {
        let sum = a[i][j];
        for (let k = 0; k < j; k++) sum -= l[i][k] * l[j][k];
        if (i === j) l[i][j] = sum > 1e-14 * a[i][i] ? Math.sqrt(sum) : 0;
        else l[i][j] = l[j][j] > 0 ? sum / l[j][j] : 0;
      }
    }
    return l;
  };
  const { initial, dynamics, emissions } = model;
  const F = dynamics.weights as Matrix;
  const H = emissions.weights as Matrix;
  const [L0, Lq, Lr] = [
    initial.covariance,
    dynamics.covariance as Matrix,
    emissions.covariance as Matrix,
  ].map(factor);
  const plus = (x: Vector, y: Vector): Vector => x.map((v, i) => v + y[i]);
  let z = plus(initial.mean, times(L0, random.vector(L0.length)));
  return Array.from({ length: T }, (_, t) => {
    if (t > 0) z = plus(times(F, z), times(Lq, random.vector(Lq.length)));
    return plus(times(H, z), times(Lr, random.vector(Lr.length)));
  });
}
