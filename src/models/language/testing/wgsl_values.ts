/** WGSL functions that use every kind of value, with what they compute in JavaScript. */
import type { WgslCase } from "./wgsl_flows.ts";

export const VALUES: readonly WgslCase[] = [
  {
    name: "structs in arrays",
    code: `struct Point { position: vec2f, weight: f32, tag: i32 }
struct Cloud { points: array<Point, 2>, scale: f32, }
fn f(x: array<f32, 3>) -> vec2f {
  var c: Cloud;
  c.scale = x[2];
  for (var i = 0; i < 2; i++) { c.points[i] = Point(vec2f(x[i], f32(i) * x[2]), x[i] * x[i], i); }
  c.points[1].position.y *= 3.0;
  var sum = vec2f();
  for (var i = 0; i < 2; i++) {
    let q = c.points[i];
    sum += q.weight * q.position * f32(q.tag + 1) * c.scale;
  }
  return sum;
}`,
    m: 2,
    x: [0.9, -0.4, 1.3],
    js: ([a, b, c]) => [a! ** 3 * c! + 2 * b! ** 3 * c!, 2 * b! * b! * 3 * c! * c!],
  },
  {
    name: "components and swizzles",
    code: `fn f(x: vec4f) -> vec4f {
  var y = x.wzyx;
  y.x = y.y * x.r; y[1] = y.x + x.bgr.y; y = vec4f(y.y, y.x, y.zw);
  let i = 2;
  y[i] += y[i + 1] * y[0];
  return y.xyzw;
}`,
    m: 4,
    x: [0.5, -0.7, 1.2, 0.8],
    js: ([a, b, c]) => {
      const p = c! * a!;
      const q = p + b!;
      return [q, p, b! + a! * q, a!];
    },
  },
  {
    name: "switch",
    code: `fn mode(k: i32, a: f32) -> f32 {
  var y = 0.0;
  switch k {
    case 0: { y = a; y *= a; y += 1.0; }
    case 1, 2: { y = sin(a); if k == 2 { break; } y = y * y; }
    case 3, default { return exp(a); }
  }
  return y + 0.5 * a;
}
fn f(x: array<f32, 4>) -> array<f32, 4> {
  var y: array<f32, 4>;
  for (var i = 0; i < 4; i++) { y[i] = mode(i, x[i]); }
  return y;
}`,
    m: 4,
    x: [0.4, 0.5, 0.6, 0.7],
    js: ([a, b, c, d]) => [
      a! * a! + 1 + 0.5 * a!,
      Math.sin(b!) ** 2 + 0.5 * b!,
      Math.sin(c!) + 0.5 * c!,
      Math.exp(d!),
    ],
  },
  {
    name: "early return",
    code: `fn first(x: array<f32, 3>) -> f32 {
  for (var i = 0; i < 3; i++) { if x[i] > 0.0 { return x[i] * x[i]; } }
  return -1.0;
}
fn f(x: array<f32, 3>) -> f32 { return first(x) * x[2]; }`,
    m: 1,
    x: [-0.5, 1.5, 0.7],
    js: x => [x[1]! ** 2 * x[2]!],
  },
  {
    name: "matrices",
    code: `fn f(x: array<f32, 3>) -> array<f32, 3> {
  let c = cos(x[0]); let s = sin(x[0]);
  let r = mat2x2f(c, s, -s, c);
  var m = mat3x3<f32>(vec3f(1, x[1], 0), vec3f(x[2], 2, x[0]), vec3f(0.5, 0, x[1]));
  m[2] += vec3f(x[0]); m[1].y *= 1.5; m[0][2] = x[1] * x[2];
  let v = r * vec2f(x[1], x[2]) * transpose(r);
  let w = (m * vec3f(1.0, x[1], 2.0)) + vec3f(x[2]) * m - 2.0 * m[0];
  let n = m * transpose(m) - m * 0.5;
  return array(v.x + w.z, determinant(m) + v.y, w.x * w.y + n[1][2] / determinant(r));
}`,
    m: 3,
    x: [0.4, 0.9, -0.6],
    js: ([a, b, c]) => {
      const [co, si] = [Math.cos(a!), Math.sin(a!)];
      const m = [
        [1, b!, b! * c!],
        [c!, 3, a!],
        [0.5 + a!, a!, b! + a!],
      ];
      // r (r^T-right) of a vector: v * transpose(r) = r v
      const rot = ([p, q]: number[]) => [co * p! - si * q!, si * p! + co * q!];
      const v = rot(rot([b!, c!]));
      const right = [1, b!, 2];
      const w = [0, 1, 2].map(
        i =>
          [0, 1, 2].reduce((sum, k) => sum + m[k]![i]! * right[k]!, 0) +
          m[i]!.reduce((sum, e) => sum + c! * e, 0) -
          2 * m[0]![i]!,
      );
      const det =
        m[0]![0]! * (m[1]![1]! * m[2]![2]! - m[1]![2]! * m[2]![1]!) -
        m[0]![1]! * (m[1]![0]! * m[2]![2]! - m[1]![2]! * m[2]![0]!) +
        m[0]![2]! * (m[1]![0]! * m[2]![1]! - m[1]![1]! * m[2]![0]!);
      const n12 = [0, 1, 2].reduce((sum, k) => sum + m[k]![2]! * m[k]![1]!, 0) - 0.5 * m[1]![2]!;
      return [v[0]! + w[2]!, det + v[1]!, w[0]! * w[1]! + n12];
    },
  },
  {
    name: "integers and bits",
    code: `fn hash(i: u32) -> u32 { var h = i * 2654435761u; h ^= h >> 15; h = (h << 3) | (h >> 29); return h % 5u; }
fn f(x: array<f32, 5>) -> f32 {
  var sum = 0.0; var k: i32 = -7;
  for (var i = 0u; i < 5u; i++) {
    let j = i32(hash(i));
    sum += x[j] * f32(k / 2 + (k % 3) * -1 + i32(bool(i & 1u)));
    k += bitcast<i32>(i) + abs(-2) - max(1, 2);
    if !(j < 3 && k != 4) || ~k == 0 { sum = sum + x[i] * x[j]; }
  }
  return sum;
}`,
    m: 1,
    x: [0.3, 0.5, 0.8, -0.4, 1.1],
    js: x => {
      let sum = 0;
      let k = -7;
      for (let i = 0; i < 5; i++) {
        let h = Math.imul(i, 2654435761) >>> 0;
        h = (h ^ (h >>> 15)) >>> 0;
        h = ((h << 3) | (h >>> 29)) >>> 0;
        const j = h % 5;
        sum += x[j]! * (Math.trunc(k / 2) - (k % 3) + (i & 1));
        k += i;
        if (!(j < 3 && k !== 4) || ~k === 0) sum += x[i]! * x[j]!;
      }
      return [sum];
    },
  },
  {
    name: "constants, shadowing, blocks and aliases",
    code: `alias Real = f32; const WEIGHTS = array<f32, 3>(0.1, 0.2, 0.3); const TWO = 1 + 1; const HALF = 1.0 / TWO;
const_assert TWO == 2;
fn f(x: array<Real, 3>) -> Real {
  const SCALE = TWO * 3; let target = x[0]; var new: Real = 0.0;
  { let x = target * HALF; new += x; { let x = 3.0 * new; new = new + x; } }
  for (var i = 0; i < 3; i++) { let sin = x[i]; new += WEIGHTS[i] * sin * SCALE; }
  ;
  return new - 0x1.8p1 * x[1] + 1e-1f * x[2] / 1;
}`,
    m: 1,
    x: [0.2, 0.4, 0.7],
    js: ([a, b, c]) => [2 * a! + 6 * (0.1 * a! + 0.2 * b! + 0.3 * c!) - 3 * b! + 0.1 * c!],
  },
  {
    name: "arguments by name",
    code: `fn f(t: f32, x: vec2f) -> vec2f { _ = t; return x * x.x * t; }`,
    m: 2,
    x: [0.4, 0.9],
    t: 2,
    js: ([a, b], _u, t) => [a! * a! * t, a! * b! * t],
  },
  {
    name: "tokens that wgsl_reflect trips over",
    code: `fn f(x: array<array<vec2<f32>, 1>, 2,>) -> f32 {
  var s = x[0][0].x-2.0; /* a /* nested */ comment */
  if (1 & 3) == 1 { s = (s - x[1][0].y)-1.0; }
  let b = (x[1][0]).x>=0.0;
  if b { s *= 2.; } // end
  return (s)*(x[0][0]).yx.x;
}`,
    m: 1,
    x: [0.4, 0.9, 1.2, -0.3],
    js: ([a, b, , d]) => [2 * (a! - 2 - d! - 1) * b!],
  },
  {
    name: "active in inactive, and back",
    code: `fn both(a: f32, k: i32, b: vec2f) -> vec2f { if k > 0 { return b * a; } return b; }
fn f(x: vec2f, t: f32) -> vec2f {
  var y = vec2f(t);
  for (var i = 0; i < 3; i++) { y = both(y.x, i, vec2f(t, 1.0)) + both(t, i, x) * y; }
  return y;
}`,
    m: 2,
    x: [0.4, -0.8],
    t: 0.9,
    js: ([a, b], _u, t) => {
      let y = [t, t];
      for (let i = 0; i < 3; i++) {
        const s = i > 0 ? y[0]! : 1;
        const r = i > 0 ? t : 1;
        y = [t * s + a! * r * y[0]!, s + b! * r * y[1]!];
      }
      return y;
    },
  },
];
