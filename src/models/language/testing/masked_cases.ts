/** Functions of which a mask leaves out parts; what it leaves out has no value there. */
import type { FunctionCase } from "./function_cases.ts";
import type { WgslCase } from "./wgsl_flows.ts";

export const MASKED_CASES: readonly FunctionCase[] = [
  {
    name: "masked logarithm and root",
    stateDim: 2,
    inputDim: 2,
    expressions: [
      "u0 > 0 and x0 > 0 ? log(x0)*sqrt(x0) : x1^2",
      "x1 > 0.5 ? sqrt(x1 - 0.5)*u1 : x1 < -0.5 ? log(-x1)*x0 : x0*x1",
    ],
  },
  {
    name: "masked sum of channels",
    stateDim: 3,
    inputDim: 3,
    expressions:
      "[u0 > 0 ? 1 : 0, u1 > 0 ? 1 : 0, u2 > 0 ? 1 : 0] .* tanh(A*x) + x .* [x0 < 0 ? 0 : 1, 1, x2 > x1 ? 2 : 0]",
    parameters: {
      A: [
        [0.5, -1.2, 0.3],
        [0.9, 0.1, -0.4],
        [-0.6, 0.7, 1.1],
      ],
    },
  },
];

export const MASKED_WGSL: readonly WgslCase[] = [
  {
    name: "masked logarithm and root",
    code: `fn f(x: vec2f, u: array<f32, 2>) -> vec2f {
  let seen = u[0] > 0.0 && x.x > 0.0;
  let root = select(0.0, sqrt(max(x.y - 0.5, 0.25)), x.y > 0.5);
  var y = vec2f(x.y * x.y, x.x * x.y);
  if (seen) { y.x = log(x.x) * sqrt(x.x); }
  if (x.y > 0.5) { y.y = root * u[1]; }
  return y;
}`,
    m: 2,
    x: [1.4, 1.7],
    u: [0.3, -0.8],
    js: ([a, b], u) => [Math.log(a!) * Math.sqrt(a!), Math.sqrt(b! - 0.5) * u[1]!],
  },
  {
    name: "masked logarithm and root, left out",
    code: `fn f(x: vec2f, u: array<f32, 2>) -> vec2f {
  return vec2f(select(x.y * x.y, log(x.x) * sqrt(x.x), u[0] > 0.0 && x.x > 0.0), select(x.x * x.y, sqrt(x.y - 0.5), x.y > 0.5));
}`,
    m: 2,
    x: [-1.4, -0.7],
    u: [0.3, -0.8],
    js: ([a, b]) => [b! * b!, a! * b!],
  },
  {
    name: "masked sum of channels",
    code: `fn f(x: vec3f, u: vec3f, t: f32, p: mat3x3f) -> vec3f {
  let gate = select(vec3f(0), vec3f(1), u > vec3f(0));
  let hold = vec3f(select(1.0, 0.0, x.x < 0.0), 1.0, select(0.0, 2.0, x.z > x.y));
  return gate * tanh(p * x) + x * hold;
}`,
    m: 3,
    x: [0.7, -0.9, 0.4],
    u: [0.5, -0.5, 0.2],
    p: [0.5, 0.9, -0.6, -1.2, 0.1, 0.7, 0.3, -0.4, 1.1],
    js: ([a, b, c]) => [
      Math.tanh(0.5 * a! - 1.2 * b! + 0.3 * c!) + a!,
      b!,
      Math.tanh(-0.6 * a! + 0.7 * b! + 1.1 * c!) + 2 * c!,
    ],
  },
];
