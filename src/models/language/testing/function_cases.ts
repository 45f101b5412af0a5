/** Functions of the literature and of neural networks as expressions, with points to look at them: tests in Node and on a GPU share them. */
import type { ExpressionOptions } from "../expressions/expression_function.ts";

export interface FunctionCase extends ExpressionOptions {
  readonly name: string;
  /** Points besides the random ones. */
  readonly points?: readonly (readonly number[])[];
  /** Where random states are drawn from; default [−2, 2]. */
  readonly range?: readonly [number, number];
}

const scalarCase = (
  name: string,
  expression: string,
  range: readonly [number, number] = [-2, 2],
  points: readonly number[] = [],
): FunctionCase => ({
  name,
  expressions: [expression],
  stateDim: 1,
  range,
  points: points.map(point => [point]),
});

const lorenz96 = Array.from({ length: 8 }, (_, i) => {
  const at = (shift: number): string => `x${(i + shift + 8) % 8}`;
  return `x${i} + dt*((${at(1)} - ${at(-2)})*${at(-1)} - x${i} + F)`;
});

/** Numbers of a fixed pattern in [−1, 1] as a matrix. */
const matrix = (rows: number, columns: number, turn: number): number[][] =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => Math.sin(turn + 1.7 * i + 2.9 * j + 0.3 * i * j)),
  );
const vector = (n: number, turn: number): number[] => matrix(n, 1, turn).map(([entry]) => entry);

/** Every function of one argument, inside its domain. */
export const SCALAR_CASES: readonly FunctionCase[] = [
  scalarCase("sin", "sin(x0)", [-20, 20], [0, 1e-8, 3, 1000]),
  scalarCase("cos", "cos(x0)", [-20, 20], [0, 1.5, -300]),
  scalarCase("tan", "tan(x0)", [-1.5, 1.5], [0, 4]),
  scalarCase("sec, csc, cot", "sec(x0) + csc(x0) - cot(x0)", [0.3, 1.2]),
  scalarCase("asin", "asin(x0)", [-0.99, 0.99], [0, 1e-9, 0.5, -0.5]),
  scalarCase("acos", "acos(x0)", [-0.99, 0.99], [0, 0.5]),
  scalarCase("atan", "atan(x0)", [-5, 5], [0, 1e-7, 1, 1e4]),
  scalarCase("sinh", "sinh(x0)", [-5, 5], [0, 1e-7, 30]),
  scalarCase("cosh", "cosh(x0)", [-5, 5], [0, -30]),
  scalarCase("tanh", "tanh(x0)", [-4, 4], [0, 1e-7, 12]),
  scalarCase("sech", "sech(x0)", [-5, 5], [0]),
  scalarCase("asinh", "asinh(x0)", [-50, 50], [0, 1e-7, -1e4]),
  scalarCase("acosh", "acosh(x0)", [1.05, 40], [1e4]),
  scalarCase("atanh", "atanh(x0)", [-0.98, 0.98], [0, 1e-8]),
  scalarCase("exp", "exp(x0)", [-10, 10], [0, 50, -50]),
  scalarCase("expm1", "expm1(x0)", [-3, 3], [1e-9, -30]),
  scalarCase("log", "log(x0)", [0.01, 20], [1e-6, 1e9]),
  scalarCase("log of a base", "log(x0, 3)", [0.1, 20]),
  scalarCase("log1p", "log1p(x0)", [-0.9, 10], [1e-10, 0]),
  scalarCase("log2", "log2(x0)", [0.1, 20], [8]),
  scalarCase("log10", "log10(x0)", [0.1, 20], [1000]),
  scalarCase("sqrt", "sqrt(x0)", [0.01, 20], [1e-8, 1e12]),
  scalarCase("cbrt", "cbrt(x0)", [-20, -0.1], [27, 1e-6]),
  scalarCase("abs", "abs(x0)*x0"),
  scalarCase("steps", "sign(x0) + 2*floor(x0) + 3*ceil(x0) + 4*round(x0) + 5*fix(x0)", [-3, 3]),
  scalarCase("integer powers", "x0^2 - x0^3 + 0.5*x0^7 - x0^-2 + x0^-5", [-2, -0.5], [1.5]),
  scalarCase("real powers", "x0^2.5 + x0^-1.3 + 2^x0 + x0^x0 + sqrt(x0^3)", [0.2, 3]),
  scalarCase("square, cube", "square(x0) - cube(x0) + pow(x0, 4)"),
  scalarCase("sigmoid", "sigmoid(x0)", [-8, 8], [0, 40, -40]),
  scalarCase("softplus", "softplus(x0)", [-8, 8], [0, 50, -50]),
  scalarCase("relu", "relu(x0)*x0^2", [-2, 2]),
  scalarCase("silu", "silu(x0)", [-6, 6], [0]),
  scalarCase("gelu", "gelu(x0)", [-4, 4], [0, -6]),
  scalarCase("erf", "erf(x0)", [-3, 3], [0, 1e-6, 0.46875, 5]),
  scalarCase("erfc", "erfc(x0)", [-3, 5], [0, 0.46876, 4.5]),
  scalarCase("normcdf", "normcdf(x0)", [-5, 5], [0, -7]),
  scalarCase("lgamma", "lgamma(x0)", [0.05, 30], [1, 2, 1e3]),
  scalarCase(
    "identities",
    "log(1 + x0) + log(1 - x0) + (exp(x0) - 1) + (1 - cos(x0)) - (cos(x0) - 1)",
    [-0.9, 0.9],
    [1e-7],
  ),
  scalarCase(
    "conditions",
    "x0 < -1 ? x0^2 : x0 >= 1 and not (x0 == 1.5) ? exp(x0) : xor(x0 > 0, x0 < 0.5) ? sin(x0) : x0",
  ),
];

/** Models and blocks of networks. */
export const MODEL_CASES: readonly FunctionCase[] = [
  {
    name: "Lorenz",
    stateDim: 3,
    expressions: ["x0 + dt*s*(x1 - x0)", "x1 + dt*(x0*(r - x2) - x1)", "x2 + dt*(x0*x1 - b*x2)"],
    parameters: { s: 10, r: 28, b: 8 / 3, dt: 0.01 },
    range: [-20, 20],
  },
  {
    name: "Rössler",
    stateDim: 3,
    stateNames: ["x", "y", "z"],
    expressions: ["-y - z", "x + a*y", "b + z*(x - c)"],
    parameters: { a: 0.2, b: 0.2, c: 5.7 },
    range: [-10, 10],
  },
  {
    name: "pendulum",
    stateDim: 2,
    expressions: ["x0 + dt*x1", "x1 - dt*g*sin(x0)"],
    parameters: { g: 9.8, dt: 0.0125 },
    points: [[0, 0]],
  },
  {
    name: "Van der Pol",
    stateDim: 2,
    expressions: ["x1", "mu*(1 - x0^2)*x1 - x0"],
    parameters: { mu: 1.5 },
  },
  {
    name: "FitzHugh–Nagumo",
    stateDim: 2,
    inputDim: 1,
    stateNames: ["v", "w"],
    inputNames: ["I"],
    expressions: ["v - v^3/3 - w + I", "(v + a - b*w)/tau"],
    parameters: { a: 0.7, b: 0.8, tau: 12.5 },
  },
  {
    name: "Lotka–Volterra",
    stateDim: 2,
    expressions: ["x0*(a - b*x1)", "x1*(-c + d*x0)"],
    parameters: { a: 1.1, b: 0.4, c: 0.4, d: 0.1 },
    range: [0.1, 5],
  },
  { name: "double well", stateDim: 1, expressions: ["x0 + dt*4*x0*(1 - x0^2)"], parameters: { dt: 0.05 } },
  {
    name: "Lorenz-96",
    stateDim: 8,
    expressions: lorenz96,
    parameters: { F: 8, dt: 0.05 },
    range: [-8, 10],
  },
  {
    name: "Chua",
    stateDim: 3,
    expressions: [
      "h = m1*x0 + (m0 - m1)/2*(abs(x0 + 1) - abs(x0 - 1)); alpha*(x1 - x0 - h)",
      "x0 - x1 + x2",
      "-beta*x1",
    ],
    parameters: { alpha: 15.6, beta: 28, m0: -1.143, m1: -0.714 },
  },
  {
    name: "Chua by conditions",
    stateDim: 1,
    expressions: ["x0 > 1 ? m1*x0 + (m0 - m1) : x0 < -1 ? m1*x0 - (m0 - m1) : m0*x0"],
    parameters: { m0: -1.143, m1: -0.714 },
  },
  {
    name: "coordinated turn",
    stateDim: 5,
    stateNames: ["px", "py", "vx", "vy", "w"],
    where: { s: "sin(w*dt)/w", c: "(1 - cos(w*dt))/w" },
    expressions: [
      "px + s*vx - c*vy",
      "py + c*vx + s*vy",
      "cos(w*dt)*vx - sin(w*dt)*vy",
      "sin(w*dt)*vx + cos(w*dt)*vy",
      "w",
    ],
    parameters: { dt: 0.5 },
    range: [0.2, 2],
  },
  {
    name: "range and bearing",
    stateDim: 4,
    expressions: ["hypot(x0 - sx, x2 - sy)", "atan2(x2 - sy, x0 - sx)"],
    parameters: { sx: 0.5, sy: -0.25 },
    range: [-5, 5],
  },
  {
    name: "bearings of two sensors",
    stateDim: 2,
    expressions: ["atan2(x1 - S[1,2], x0 - S[1,1])", "atan2(x1 - S[2,2], x0 - S[2,1])", "sqrt(x0^2 + x1^2)"],
    parameters: {
      S: [
        [-3, 1.5],
        [3, 2.5],
      ],
    },
  },
  {
    name: "univariate growth",
    stateDim: 1,
    inputDim: 1,
    expressions: ["x0/2 + 25*x0/(1 + x0^2) + 8*cos(1.2*t) + u0"],
    range: [-15, 15],
  },
  {
    name: "stochastic volatility",
    stateDim: 1,
    expressions: ["exp(x0/2)*beta", "mu + phi*(x0 - mu)"],
    parameters: { beta: 0.7, mu: -1, phi: 0.95 },
  },
  {
    name: "linear by matrices",
    stateDim: 3,
    inputDim: 2,
    expressions: "A*x + B*u + c",
    parameters: { A: matrix(3, 3, 0.1), B: matrix(3, 2, 1), c: vector(3, 2) },
  },
  {
    name: "tanh network",
    stateDim: 3,
    inputDim: 2,
    expressions: "A*tanh(x) + B*u",
    parameters: { A: matrix(3, 3, 0.1), B: matrix(3, 2, 1) },
  },
  {
    name: "MLP",
    stateDim: 3,
    where: { h: "tanh(W1*x + b1)", k: "softplus(W2*h + b2)" },
    expressions: "x + dt*(W3*k + b3)",
    parameters: {
      W1: matrix(6, 3, 0.1),
      b1: vector(6, 1),
      W2: matrix(5, 6, 0.7),
      b2: vector(5, 2),
      W3: matrix(3, 5, 2.2),
      b3: vector(3, 3),
      dt: 0.1,
    },
  },
  {
    name: "GRU cell",
    stateDim: 3,
    inputDim: 2,
    where: {
      z: "sigmoid(Wz*u + Uz*x + bz)",
      r: "sigmoid(Wr*u + Ur*x + br)",
      c: "tanh(Wc*u + Uc*(r .* x) + bc)",
    },
    expressions: "(1 - z) .* x + z .* c",
    parameters: {
      Wz: matrix(3, 2, 1),
      Uz: matrix(3, 3, 2),
      bz: vector(3, 3),
      Wr: matrix(3, 2, 4),
      Ur: matrix(3, 3, 5),
      br: vector(3, 6),
      Wc: matrix(3, 2, 7),
      Uc: matrix(3, 3, 8),
      bc: vector(3, 9),
    },
  },
  {
    name: "quadratic form",
    stateDim: 3,
    expressions: ["x'*A*x", "dot(x, c) + sum(x .^ 2)/norm(c)", "trace(diag(x)*A)", "mean(x)*prod(x)"],
    parameters: { A: matrix(3, 3, 0.4), c: vector(3, 1) },
  },
  {
    name: "attitude",
    stateDim: 3,
    expressions: "(J*cross(x, J*x)) ./ [1, 2, 3] + concat(u0, 2*u1, t)",
    inputDim: 2,
    parameters: {
      J: [
        [2, 0.1, 0],
        [0.1, 1, 0.2],
        [0, 0.2, 3],
      ],
    },
  },
  {
    name: "extremes",
    stateDim: 3,
    expressions: ["min(x0, x1, x2)*x0", "max(x0*x1, x2^2)", "mod(x0*x1, 1.5)", "mod(x0, 2 + x1^2)"],
  },
  {
    name: "SIR",
    stateDim: 3,
    stateNames: ["S", "I", "R"],
    where: { rate: "beta*S*I/(S + I + R)" },
    expressions: ["-rate", "rate - gamma*I", "gamma*I"],
    parameters: { beta: 0.5, gamma: 0.1 },
    range: [0.1, 1],
  },
  {
    name: "Michaelis–Menten and Hill",
    stateDim: 2,
    expressions: ["v*x0/(k + x0) - x1^h/(1 + x1^h)", "-x1*log(x1) + exp(-x0)"],
    parameters: { v: 1.3, k: 0.4, h: 2.5 },
    range: [0.1, 3],
  },
  {
    name: "Duffing",
    stateDim: 2,
    expressions: ["x1", "-d*x1 - a*x0 - b*x0^3 + g*cos(w*t)"],
    parameters: { d: 0.3, a: -1, b: 1, g: 0.5, w: 1.2 },
  },
  {
    name: "Hénon and logistic",
    stateDim: 2,
    expressions: ["1 - a*x0^2 + x1", "r*x1*(1 - x1) + b*x0"],
    parameters: { a: 1.4, b: 0.3, r: 3.7 },
  },
  {
    name: "Hodgkin–Huxley gates",
    stateDim: 2,
    expressions: ["0.1*(x0 + 40)/(1 - exp(-(x0 + 40)/10))*(1 - x1)", "-4*exp(-(x0 + 65)/18)*x1"],
    range: [-30, -5],
  },
  {
    name: "Poisson and binomial rates",
    stateDim: 2,
    expressions: ["exp(x0)*u0 - lgamma(3 + exp(x1))", "1/(1 + exp(-x0 - 0.5*x1))"],
    inputDim: 1,
  },
];

/** Random numbers in [0, 1) that are the same everywhere: Park & Miller 1988. */
export function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

export interface Sample {
  readonly x: number[];
  readonly u: number[];
  readonly t: number;
  readonly dx: number[];
  readonly dy: number[];
}

/** Points of a case, its own first, all float32 numbers. */
export function samplesOf(item: FunctionCase, random: number): Sample[] {
  const next = uniforms(7919 + item.name.length * 104729);
  const [low, high] = item.range ?? [-2, 2];
  const draw = (n: number, a: number, b: number): number[] =>
    Array.from({ length: n }, () => Math.fround(a + (b - a) * next()));
  const states = [
    ...(item.points ?? []).map(point => point.map(Math.fround)),
    ...Array.from({ length: random }, () => draw(item.stateDim, low, high)),
  ];
  return states.map((x, t) => ({
    x,
    u: draw(item.inputDim ?? 0, -1, 1),
    t,
    dx: draw(item.stateDim, -1, 1),
    dy: draw(item.stateDim, -1, 1),
  }));
}

/** What expressionFunction() takes of a case. */
export function optionsOf(item: FunctionCase): ExpressionOptions {
  const { name: _name, points: _points, range: _range, ...options } = item;
  return options;
}
