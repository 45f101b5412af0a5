/** WGSL functions of models with what they compute, written in JavaScript by hand. */

type Numbers = readonly number[];

export interface WgslCase {
  readonly name: string;
  readonly code: string;
  /** Name of the function; "f" if left out. */
  readonly entry?: string;
  readonly m: number;
  readonly x: Numbers;
  readonly u?: Numbers;
  readonly t?: number;
  readonly p?: Numbers;
  /** Of the differences, where the usual one is too wide. */
  readonly step?: number;
  readonly js: (x: Numbers, u: Numbers, t: number, p: Numbers) => number[];
}

const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));

export const FLOWS: readonly WgslCase[] = [
  {
    name: "lorenz",
    code: `fn f(x: array<f32, 3>, u: array<f32, 1>, t: f32, p: array<f32, 3>) -> array<f32, 3> {
  return array<f32, 3>(p[0] * (x[1] - x[0]), x[0] * (p[1] - x[2]) - x[1], x[0] * x[1] - p[2] * x[2]);
}`,
    m: 3,
    x: [1.2, -0.7, 2.5],
    p: [10, 28, 2.5],
    js: ([a, b, c], _u, _t, p) => [p[0]! * (b! - a!), a! * (p[1]! - c!) - b!, a! * b! - p[2]! * c!],
  },
  {
    name: "roessler",
    code: `const A = 0.2; const B = 0.2; const C = 5.7;
fn f(x: vec3f) -> vec3f { return vec3f(-x.y - x.z, x.x + A * x.y, B + x.z * (x.x - C)); }`,
    m: 3,
    x: [0.4, -1.1, 0.6],
    js: ([a, b, c]) => [-b! - c!, a! + 0.2 * b!, 0.2 + c! * (a! - 5.7)],
  },
  {
    name: "pendulum with torque",
    code: `struct State { angle: f32, rate: f32 }
fn f(x: State, u: array<f32, 1>, t: f32, p: vec2f) -> State {
  let rate = -p.x * sin(x.angle) - p.y * x.rate + u[0] * cos(t);
  return State(x.rate, rate);
}`,
    m: 2,
    x: [0.8, -0.3],
    u: [0.7],
    t: 0.6,
    p: [9.81, 0.1],
    js: ([a, b], u, t, p) => [b!, -p[0]! * Math.sin(a!) - p[1]! * b! + u[0]! * Math.cos(t)],
  },
  {
    name: "Van der Pol",
    code: `fn f(x: vec2<f32>, p: f32) -> vec2<f32> { return vec2(x.y, p * (1 - x.x * x.x) * x.y - x.x); }`,
    m: 2,
    x: [1.3, 0.4],
    p: [1.7],
    js: ([a, b], _u, _t, p) => [b!, p[0]! * (1 - a! * a!) * b! - a!],
  },
  {
    name: "FitzHugh-Nagumo",
    code: `fn f(x: vec2f, u: array<f32, 1>) -> vec2f {
  let cubic = pow(abs(x.x), 3.0) * sign(x.x) / 3.0;
  return vec2f(x.x - cubic - x.y + u[0], 0.08 * (x.x + 0.7 - 0.8 * x.y));
}`,
    m: 2,
    x: [-0.9, 0.3],
    u: [0.5],
    js: ([v, w], u) => [v! - v! ** 3 / 3 - w! + u[0]!, 0.08 * (v! + 0.7 - 0.8 * w!)],
  },
  {
    name: "Lotka-Volterra",
    code: `fn f(x: array<f32, 2>, u: array<f32, 1>, t: f32, p: array<f32, 4>) -> array<f32, 2> {
  var y = x;
  y[0] *= p[0] - p[1] * x[1];
  y[1] *= p[3] * x[0] - p[2];
  return y;
}`,
    m: 2,
    x: [1.5, 0.8],
    p: [0.6, 0.9, 0.4, 0.3],
    js: ([a, b], _u, _t, p) => [a! * (p[0]! - p[1]! * b!), b! * (p[3]! * a! - p[2]!)],
  },
  {
    name: "double well",
    code: `fn f(x: f32, t: f32) -> f32 { return 4.0 * x * (1.0 - x * x) + 0.1 * cos(t); }`,
    m: 1,
    x: [0.7],
    t: 1.1,
    js: ([a], _u, t) => [4 * a! * (1 - a! * a!) + 0.1 * Math.cos(t)],
  },
  {
    name: "Lorenz-96",
    code: `const N = 8;
fn f(x: array<f32, N>, u: array<f32, 1>, t: f32, p: array<f32, 1>) -> array<f32, N> {
  var y: array<f32, N>;
  for (var i = 0; i < N; i++) {
    let before = x[(i + N - 1) % N];
    y[i] = (x[(i + 1) % N] - x[(i + N - 2) % N]) * before - x[i] + p[0];
  }
  return y;
}`,
    m: 8,
    x: [0.3, 1.2, -0.5, 0.9, 2.1, -1.3, 0.2, 0.7],
    p: [8],
    js: (x, _u, _t, p) => x.map((v, i) => (x[(i + 1) % 8]! - x[(i + 6) % 8]!) * x[(i + 7) % 8]! - v + p[0]!),
  },
  {
    name: "Chua",
    code: `fn diode(v: f32, p: array<f32, 4>) -> f32 {
  return p[3] * v + 0.5 * (p[2] - p[3]) * (abs(v + 1.0) - abs(v - 1.0));
}
fn f(x: vec3f, u: array<f32, 1>, t: f32, p: array<f32, 4>) -> vec3f {
  return vec3f(p[0] * (x.y - x.x - diode(x.x, p)), x.x - x.y + x.z, -p[1] * x.y);
}`,
    m: 3,
    x: [1.6, 0.2, -0.9],
    p: [15.6, 28, -1.143, -0.714],
    js: ([a, b, c], _u, _t, p) => {
      const g = p[3]! * a! + 0.5 * (p[2]! - p[3]!) * (Math.abs(a! + 1) - Math.abs(a! - 1));
      return [p[0]! * (b! - a! - g), a! - b! + c!, -p[1]! * b!];
    },
  },
  {
    name: "coordinated turn",
    code: `struct Craft { px: f32, py: f32, vx: f32, vy: f32, turn: f32 }
const DT: f32 = 0.5;
fn f(s: Craft) -> Craft {
  let angle = s.turn * DT;
  var along = DT;
  var across = 0.0;
  if abs(s.turn) > 1e-4 {
    along = sin(angle) / s.turn;
    across = (1.0 - cos(angle)) / s.turn;
  }
  var next = s;
  next.px += along * s.vx - across * s.vy;
  next.py += across * s.vx + along * s.vy;
  next.vx = cos(angle) * s.vx - sin(angle) * s.vy;
  next.vy = sin(angle) * s.vx + cos(angle) * s.vy;
  return next;
}`,
    m: 5,
    x: [1, 2, 0.8, -0.6, 0.9],
    js: ([px, py, vx, vy, w]) => {
      const [s, c] = [Math.sin(w! * 0.5), Math.cos(w! * 0.5)];
      const [along, across] = [s / w!, (1 - c) / w!];
      return [
        px! + along * vx! - across * vy!,
        py! + across * vx! + along * vy!,
        c * vx! - s * vy!,
        s * vx! + c * vy!,
        w!,
      ];
    },
  },
  {
    name: "bearings",
    code: `fn f(x: array<f32, 4>, u: array<f32, 1>, t: f32, p: array<vec2f, 2>) -> array<f32, 2> {
  var y: array<f32, 2>;
  let here = vec2f(x[0], x[1]);
  for (var i = 0u; i < 2u; i++) {
    let d = here - p[i];
    y[i] = atan2(d.y, d.x);
  }
  return y;
}`,
    m: 2,
    x: [1.4, 2.2, 0.1, 0.2],
    p: [-1, -1, 3, -0.5],
    js: ([a, b], _u, _t, p) => [Math.atan2(b! - p[1]!, a! - p[0]!), Math.atan2(b! - p[3]!, a! - p[2]!)],
  },
  {
    name: "range and Doppler",
    code: `fn f(x: vec4f) -> vec2f {
  let r = length(x.xy);
  return vec2f(r, dot(x.xy, x.zw) / r) + vec2f(0.0, distance(x.zw, vec2f(1, 2)));
}`,
    m: 2,
    x: [2.2, 1.7, -0.4, 0.3],
    js: ([a, b, c, d]) => {
      const r = Math.hypot(a!, b!);
      return [r, (a! * c! + b! * d!) / r + Math.hypot(c! - 1, d! - 2)];
    },
  },
  {
    name: "GRU cell",
    code: `fn sigmoid(a: vec2f) -> vec2f { return 1.0 / (1.0 + exp(-a)); }
fn f(h: vec2f, u: vec2f, t: f32, p: array<mat2x2f, 6>) -> vec2f {
  let z = sigmoid(p[0] * u + p[1] * h);
  let r = sigmoid(p[2] * u + p[3] * h);
  let c = tanh(p[4] * u + p[5] * (r * h));
  return (1.0 - z) * h + z * c;
}`,
    m: 2,
    x: [0.3, -0.6],
    u: [0.9, 0.4],
    p: Array.from({ length: 24 }, (_, i) => Math.sin(1.7 * i + 0.3)),
    js: (h, u, _t, p) => {
      const mul = (k: number, v: Numbers) => [
        p[4 * k]! * v[0]! + p[4 * k + 2]! * v[1]!,
        p[4 * k + 1]! * v[0]! + p[4 * k + 3]! * v[1]!,
      ];
      const add = (a: Numbers, b: Numbers) => a.map((v, i) => v + b[i]!);
      const z = add(mul(0, u), mul(1, h)).map(sigmoid);
      const r = add(mul(2, u), mul(3, h)).map(sigmoid);
      const c = add(
        mul(4, u),
        mul(
          5,
          r.map((v, i) => v * h[i]!),
        ),
      ).map(Math.tanh);
      return h.map((v, i) => (1 - z[i]!) * v + z[i]! * c[i]!);
    },
  },
  {
    name: "MLP",
    code: `const H = 5;
fn f(x: array<f32, 3>, u: array<f32, 1>, t: f32, p: array<f32, 32>) -> array<f32, 2> {
  var hidden: array<f32, H>;
  var at = 0;
  for (var i = 0; i < H; i++) {
    var sum = p[at + 3];
    for (var j = 0; j < 3; j++) { sum += p[at + j] * x[j]; }
    hidden[i] = tanh(sum);
    at += 4;
  }
  var y: array<f32, 2>;
  for (var i = 0; i < 2; i++) {
    y[i] = p[at + H];
    for (var j = 0; j < H; j++) { y[i] += p[at + j] * hidden[j]; }
    at += H + 1;
  }
  return y;
}`,
    m: 2,
    x: [0.4, -0.8, 0.5],
    p: Array.from({ length: 32 }, (_, i) => Math.cos(2.3 * i)),
    js: (x, _u, _t, p) => {
      const hidden = [0, 1, 2, 3, 4].map(i =>
        Math.tanh(x.reduce((sum, v, j) => sum + p[4 * i + j]! * v, p[4 * i + 3]!)),
      );
      return [0, 1].map(i => hidden.reduce((sum, v, j) => sum + p[20 + 6 * i + j]! * v, p[25 + 6 * i]!));
    },
  },
  {
    name: "Runge-Kutta step",
    code: `fn flow(x: vec2f, t: f32) -> vec2f { return vec2f(x.y, -sin(x.x) - 0.2 * x.y + 0.3 * cos(t)); }
fn f(x: vec2f, u: array<f32, 1>, t: f32) -> vec2f {
  let h = 0.1;
  let a = flow(x, t);
  let b = flow(x + 0.5 * h * a, t + 0.5 * h);
  let c = flow(x + 0.5 * h * b, t + 0.5 * h);
  let d = flow(x + h * c, t + h);
  return x + h / 6.0 * (a + 2.0 * (b + c) + d);
}`,
    m: 2,
    x: [0.9, 0.4],
    t: 0.3,
    js: (x, _u, t) => {
      const flow = ([a, b]: Numbers, s: number) => [b!, -Math.sin(a!) - 0.2 * b! + 0.3 * Math.cos(s)];
      const add = (k: number, v: Numbers) => x.map((w, i) => w + k * v[i]!);
      const a = flow(x, t);
      const b = flow(add(0.05, a), t + 0.05);
      const c = flow(add(0.05, b), t + 0.05);
      const d = flow(add(0.1, c), t + 0.1);
      return x.map((v, i) => v + (0.1 / 6) * (a[i]! + 2 * (b[i]! + c[i]!) + d[i]!));
    },
  },
  {
    name: "SIR with Michaelis-Menten removal",
    code: `fn f(x: vec3f, u: array<f32,1>, t: f32, p: array<f32, 3>) -> vec3f {
  let beta = p[0] * (1.0 + 0.2 * sin(radians(90.0) * t));
  let infection = beta * x.x * x.y / (x.x + x.y + x.z);
  let removal = p[1] * x.y / (p[2] + x.y);
  return vec3f(-infection, infection - removal, removal);
}`,
    m: 3,
    x: [5, 2, 1.5],
    t: 0.4,
    p: [0.9, 0.5, 1.2],
    js: ([s, i, r], _u, t, p) => {
      const infection = (p[0]! * (1 + 0.2 * Math.sin((Math.PI / 2) * t)) * s! * i!) / (s! + i! + r!);
      const removal = (p[1]! * i!) / (p[2]! + i!);
      return [-infection, infection - removal, removal];
    },
  },
];
