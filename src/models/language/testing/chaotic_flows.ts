/**
 * Chaotic flows dx/dt = F(x, y, z) of the literature in a syntax that expressions and WGSL share, with F in JavaScript by hand.
 * @see Gilpin 2021, Chaos as an interpretable benchmark for forecasting and data-driven modelling, arXiv:2110.05266
 */
import type { FunctionCase } from "./function_cases.ts";
import type { WgslCase } from "./wgsl_flows.ts";

type Point = readonly [number, number, number];

interface Flow {
  readonly name: string;
  readonly equations: readonly [string, string, string];
  readonly parameters: Readonly<Record<string, number>>;
  /** A point of the attractor. */
  readonly at: Point;
  /** Where random states of expressions are drawn from; default [−2, 2]. */
  readonly range?: readonly [number, number];
  readonly js: (at: Point, p: Readonly<Record<string, number>>) => Point;
}

const flows: readonly Flow[] = [
  {
    name: "Lorenz",
    equations: ["s*(y - x)", "r*x - x*z - y", "x*y - b*z"],
    parameters: { b: 8 / 3, r: 28, s: 10 },
    at: [-9.7869288, -15.03852, 20.533978],
    range: [-20, 20],
    js: ([x, y, z], { b, r, s }) => [s! * (y - x), x * (r! - z) - y, x * y - b! * z],
  },
  {
    name: "Rössler",
    equations: ["-y - z", "x + a*y", "b + z*(x - c)"],
    parameters: { a: 0.2, b: 0.2, c: 5.7 },
    at: [6.5134412, 0.4772013, 0.34164294],
    js: ([x, y, z], { a, b, c }) => [-(y + z), x + a! * y, b! + x * z - c! * z],
  },
  {
    name: "Thomas",
    equations: ["-a*x + b*sin(y)", "-a*y + b*sin(z)", "-a*z + b*sin(x)"],
    parameters: { a: 1.85, b: 10 },
    at: [2.199442, 2.3634225, 3.220197],
    js: ([x, y, z], { a, b }) => [
      b! * Math.sin(y) - a! * x,
      b! * Math.sin(z) - a! * y,
      b! * Math.sin(x) - a! * z,
    ],
  },
  {
    name: "Arnold–Beltrami–Childress",
    equations: ["A*sin(z) + C*cos(y)", "B*sin(x) + A*cos(z)", "C*sin(y) + B*cos(x)"],
    parameters: { A: Math.sqrt(3), B: Math.SQRT2, C: 1 },
    at: [-0.78450179, -0.62887672, -0.17620268],
    js: ([x, y, z], { A, B, C }) => [
      A! * Math.sin(z) + C! * Math.cos(y),
      B! * Math.sin(x) + A! * Math.cos(z),
      C! * Math.sin(y) + B! * Math.cos(x),
    ],
  },
  {
    name: "Sprott B",
    equations: ["y*z", "x - y", "1 - x*y"],
    parameters: {},
    at: [1.6878282, 1.4848132, -0.53706628],
    js: ([x, y, z]) => [z * y, x - y, 1 - y * x],
  },
  {
    name: "Kawczynski–Strizhak",
    equations: ["g*y - g*x*x*x + 3*m*g*x", "-2*m*x - y - z + b", "k*(x - z)"],
    parameters: { b: -0.4, g: 0.49, k: 0.2, m: 2.1 },
    at: [-1.160501, 5.8636902, -1.2031947],
    js: ([x, y, z], { b, g, k, m }) => [
      g! * (y - x ** 3 + 3 * m! * x),
      b! - 2 * m! * x - y - z,
      k! * (x - z),
    ],
  },
  {
    name: "Vallis El Niño",
    equations: ["b*y - c*(x + q)", "-y + x*z", "-z - x*y + 1"],
    parameters: { b: 102, c: 3, q: 0 },
    at: [-6.99286331487343, 0.023254276622294345, -0.1658177563067799],
    js: ([x, y, z], { b, c, q }) => [b! * y - c! * x - c! * q!, x * z - y, 1 - x * y - z],
  },
  {
    name: "Chua",
    equations: ["alpha*(y - x - m1*x - 0.5*(m0 - m1)*(abs(x + 1) - abs(x - 1)))", "x - y + z", "-beta*y"],
    parameters: { alpha: 15.6, beta: 28, m0: -1.142857, m1: -0.71429 },
    at: [1.1262351, -0.11386474, -0.78324421],
    js: ([x, y, z], { alpha, beta, m0, m1 }) => {
      const ramp = Math.abs(x) <= 1 ? m0! * x : m1! * x + Math.sign(x) * (m0! - m1!);
      return [alpha! * (y - x - ramp), x - y + z, -beta! * y];
    },
  },
  {
    name: "Nosé–Hoover",
    equations: ["y", "-x + y*z", "a - y*y"],
    parameters: { a: 1.5 },
    at: [-1.9758582, 0.24647527, 0.79024299],
    js: ([x, y, z], { a }) => [y, y * z - x, a! - y ** 2],
  },
  {
    name: "glycolytic oscillation",
    equations: [
      "nu - s1*x*(1 + x)*(1 + y)*(1 + y)/(l1 + (1 + x)*(1 + x)*(1 + y)*(1 + y))",
      "q1*s1*x*(1 + x)*(1 + y)*(1 + y)/(l1 + (1 + x)*(1 + x)*(1 + y)*(1 + y)) - s2*y*(1 + d*y)*(1 + z)*(1 + z)/(l2 + (1 + d*y)*(1 + d*y)*(1 + z)*(1 + z))",
      "q2*s2*y*(1 + d*y)*(1 + z)*(1 + z)/(l2 + (1 + d*y)*(1 + d*y)*(1 + z)*(1 + z)) - k*z",
    ],
    parameters: { d: 0, k: 4.422, l1: 5e8, l2: 100, nu: 1, q1: 50, q2: 0.02, s1: 22.2222, s2: 22.2222 },
    at: [29.453349256846987, 130.19350141357407, 0.18407087674169492],
    range: [0.1, 30],
    js: ([a, b, c], { d, k, l1, l2, nu, q1, q2, s1, s2 }) => {
      const [A, B, C, D] = [1 + a, (1 + b) ** 2, (1 + c) ** 2, 1 + d! * b];
      const phi = (a * A * B) / (l1! + A ** 2 * B);
      const eta = (b * D * C) / (l2! + D ** 2 * C);
      return [nu! - s1! * phi, q1! * s1! * phi - s2! * eta, q2! * s2! * eta - k! * c];
    },
  },
  {
    name: "Guckenheimer–Holmes",
    equations: [
      "a*x - b*y + c*z*x + d*z*(x*x + y*y)",
      "a*y + b*x + c*z*y",
      "e - z*z - f*(x*x + y*y) - a*z*z*z",
    ],
    parameters: { a: 0.4, b: 20.25, c: 3, d: 1.6, e: 1.7, f: 0.44 },
    at: [-0.55582369, 0.05181624, 0.37766104],
    js: ([x, y, z], { a, b, c, d, e, f }) => {
      const square = x ** 2 + y ** 2;
      return [
        x * (a! + c! * z) - b! * y + d! * z * square,
        y * (a! + c! * z) + b! * x,
        e! - z ** 2 - f! * square - a! * z ** 3,
      ];
    },
  },
  {
    name: "Halvorsen",
    equations: ["-a*x - b*(y + z) - y*y", "-a*y - b*(z + x) - z*z", "-a*z - b*(x + y) - x*x"],
    parameters: { a: 1.4, b: 4 },
    at: [-8.6807408, -2.4741399, 0.070775762],
    js: ([x, y, z], { a, b }) => [
      -(a! * x + b! * y + b! * z + y ** 2),
      -(a! * y + b! * z + b! * x + z ** 2),
      -(a! * z + b! * x + b! * y + x ** 2),
    ],
  },
  {
    name: "Duffing with its phase",
    equations: ["y", "-de*y - be*x - al*x*x*x + ga*cos(z)", "om"],
    parameters: { al: 1, be: -1, de: 0.1, ga: 0.35, om: 1.4 },
    at: [-1.1635382, -0.5092374, 0],
    js: ([x, y, z], { al, be, de, ga, om }) => [
      y,
      ga! * Math.cos(z) - de! * y - x * (be! + al! * x ** 2),
      om!,
    ],
  },
  {
    name: "isothermal chemical reaction",
    equations: ["mu*(ka + z) - x*y*y - x", "(x*y*y + x - y)/sg", "(y - z)/de"],
    parameters: { de: 1, ka: 2.5, mu: 0.29786, sg: 0.013 },
    at: [0.5141505602006595, 0.9984288208727641, 1.0061777118724],
    js: ([a, b, c], { de, ka, mu, sg }) => [
      mu! * ka! + mu! * c - a * (1 + b ** 2),
      (a * (1 + b ** 2) - b) / sg!,
      (b - c) / de!,
    ],
  },
  {
    name: "Rabinovich–Fabrikant",
    equations: ["y*z - y + y*x*x + g*x", "3*x*z + x - x*x*x + g*y", "-2*a*z - 2*x*y*z"],
    parameters: { a: 1.1, g: 0.87 },
    at: [-1.8207276, 0.83440917, 0.2078248],
    js: ([x, y, z], { a, g }) => [
      y * (z - 1 + x ** 2) + g! * x,
      x * (3 * z + 1 - x ** 2) + g! * y,
      -2 * z * (a! + x * y),
    ],
  },
  {
    name: "Dadras",
    equations: ["y - q*x + o*y*z", "r*y - x*z + z", "c*x*y - w*z"],
    parameters: { c: 2, w: 9, o: 2.7, q: 3, r: 1.7 },
    at: [1.0284085, -3.5348655, -0.72081646],
    js: ([x, y, z], { c, w, o, q, r }) => [
      y * (1 + o! * z) - q! * x,
      r! * y + z * (1 - x),
      c! * x * y - w! * z,
    ],
  },
  {
    name: "Rikitake",
    equations: ["-mu*x + y*z", "-mu*y - a*x + x*z", "1 - x*y"],
    parameters: { a: 1, mu: 1 },
    at: [-0.7791562791136255, -0.6302244598741468, 2.671200187214492],
    js: ([x, y, z], { a, mu }) => [z * y - mu! * x, x * (z - a!) - mu! * y, 1 - x * y],
  },
  {
    name: "Aizawa",
    equations: [
      "x*z - b*x - d*y",
      "d*x + y*z - b*y",
      "c + a*z - z*z*z/3 - x*x - y*y - w*z*(x*x + y*y) + g*z*x*x*x",
    ],
    parameters: { a: 0.95, b: 0.7, c: 0.6, d: 3.5, w: 0.25, g: 0.1 },
    at: [-0.78450179, -0.62887672, -0.17620268],
    js: ([x, y, z], { a, b, c, d, w, g }) => {
      const square = x ** 2 + y ** 2;
      return [
        x * (z - b!) - d! * y,
        d! * x + y * (z - b!),
        c! + a! * z - z ** 3 / 3 - square * (1 + w! * z) + g! * z * x ** 3,
      ];
    },
  },
  {
    name: "Chen–Lee",
    equations: ["a*x - y*z", "b*y + x*z", "c*z + x*y/3"],
    parameters: { a: 5, b: -10, c: -0.38 },
    at: [0.17177112, 0.10360479, 6.2553878],
    js: ([x, y, z], { a, b, c }) => [a! * x - y * z, b! * y + x * z, c! * z + (x * y) / 3],
  },
];

/** As expressions. */
export const CHAOTIC_CASES: readonly FunctionCase[] = flows.map(
  ({ name, equations, parameters, at, range }) => ({
    name: `flow of ${name}`,
    stateDim: 3,
    stateNames: ["x", "y", "z"],
    expressions: equations,
    parameters,
    points: [at],
    ...(range && { range }),
  }),
);

/** The same in WGSL. */
export const CHAOTIC_WGSL: readonly WgslCase[] = flows.map(({ name, equations, parameters, at, js }) => {
  const names = Object.keys(parameters);
  const given = names.map((key, i) => `  let ${key} = p[${i}];`);
  return {
    name: `flow of ${name}`,
    code: [
      `fn f(s: vec3f, u: array<f32, 1>, t: f32, p: array<f32, ${Math.max(1, names.length)}>) -> vec3f {`,
      "  let x = s.x; let y = s.y; let z = s.z;",
      ...given,
      `  return vec3f(${equations.join(", ")});`,
      "}",
    ].join("\n"),
    m: 3,
    x: at,
    p: Object.values(parameters),
    js: (x, _u, _t, p) => [
      ...js(x as unknown as Point, Object.fromEntries(names.map((key, i) => [key, p[i]!]))),
    ],
  };
});
