/** WGSL functions at the edges: names that clash, depths and lengths that compilers mind, variables that loops must make anew. */
import type { WgslCase } from "./wgsl_flows.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

export const HARD: readonly WgslCase[] = [
  {
    name: "words of WGSL and names that are made",
    code: `struct Dual { value: f32, from: f32, new: array<f32, 2> }
struct jvp { tangent: vec2f }
const jacobian = 2.0;
fn second(case_0: f32) -> f32 { let case_0_x = case_0 * case_0; let v = case_0_x * case_0; return v; }
fn pow_2(new: f32) -> f32 { let d_new = new * 3.0; let dx = d_new; return dx * new; }
fn value(target: Dual, async: jvp) -> f32 { return target.from * target.new[1] + second(async.tangent.x) + jacobian * target.value; }
fn f(x: vec2f) -> vec2f {
  let d_x = x * x; var r = d_x.x; let filter = Dual(r, d_x.y, array(1.0, r)); r *= 2.0;
  var l = vec2f(); let pow = pow_2(x.y); l.x = pow; let case_0_jvp = value(filter, jvp(d_x)); l.y = case_0_jvp + r;
  return l;
}`,
    m: 2,
    x: [0.7, -0.4],
    js: ([a, b]) => [3 * b! * b!, b! * b! * a! * a! + a! ** 6 + 2 * a! * a! + 2 * a! * a!],
  },
  {
    name: "letters of other alphabets",
    code: `fn наклон(δ: f32) -> f32 { return δ * δ; } fn f(x: vec2f) -> f32 { let ψ_2 = x.x; return наклон(ψ_2) * x.y; }`,
    m: 1,
    x: [0.7, -0.4],
    js: ([a, b]) => [a! * a! * b!],
  },
  {
    name: "a sum of 440 products and a product of 80 factors",
    code: `fn f(x: vec2f) -> vec2f {
  return vec2f(${range(440)
    .map(i => `${i % 7}.25 * x.${"xy"[i % 2]} * x.x`)
    .join("\n    + ")}, ${range(80)
    .map(i => `(1.0 + 0.01 * x.${"xy"[i % 2]})`)
    .join(" * ")});
}`,
    m: 2,
    x: [0.7, -0.4],
    js: ([a, b]) => [
      range(440).reduce((sum, i) => sum + ((i % 7) + 0.25) * (i % 2 ? b! : a!) * a!, 0),
      (1 + 0.01 * a!) ** 40 * (1 + 0.01 * b!) ** 40,
    ],
  },
  {
    name: "ninety brackets in each other",
    code: `fn f(x: vec2f) -> vec2f {
  return vec2f(${"(1.0 + 0.5 * x.x * ".repeat(90)}x.y${")".repeat(90)}, ${"-(0.5 - sqrt(1.5 + ".repeat(30)}x.y${"))".repeat(30)});
}`,
    m: 2,
    x: [0.7, -0.4],
    js: ([a, b]) => [
      range(90).reduce(v => 1 + 0.5 * a! * v, b!),
      range(30).reduce(v => -(0.5 - Math.sqrt(1.5 + v)), b!),
    ],
  },
  {
    name: "forty calls in each other",
    code: `fn g(a: f32) -> f32 { return a / (1.0 + a * a) + 0.5 * a; }
fn f(x: f32) -> f32 { return ${"g(".repeat(40)}x${")".repeat(40)}; }`,
    m: 1,
    x: [0.7],
    js: ([a]) => [range(40).reduce(v => v / (1 + v * v) + 0.5 * v, a!)],
  },
  {
    name: "a hundred branches by else if",
    code: `fn f(x: f32) -> f32 {
  ${range(100)
    .map(i => `if x < ${i}.5 { return x * x * ${i}.0; }`)
    .join(" else ")}
  return 0.0;
}`,
    m: 1,
    x: [70.2],
    js: ([a]) => [70 * a! * a!],
  },
  {
    name: "the least and the largest numbers",
    code: `const LEAST = -2147483648; const HUGE = 3.4028234e38f;
fn f(x: vec2f) -> vec2f { var k: i32 = LEAST; k += 2147483647; return vec2f(x.x * 1e-46 + x.y / HUGE, x.x * f32(k) * -0.0 + 1e-30 * x.x * 1e30); }`,
    m: 2,
    x: [0.7, -0.4],
    js: ([a]) => [0, a!],
  },
  {
    name: "variables of a loop that begin at zero every time",
    code: `struct S { a: f32, k: i32, v: vec2f }
fn f(x: vec2f) -> vec2f {
  var total = vec2f();
  for (var i = 0; i < 3; i++) {
    var a: array<f32, 2>; var v: vec2f; var s: S; var c: f32; var k: i32; var m: mat2x2f;
    for (var j = 0; j < 2; j++) { var inner: f32; inner += x[j]; a[j] += inner * x.x; c += inner; k++; m[j] += x; }
    v += x * c; s.v += v; s.a += a[0] + a[1]; s.k += k;
    total += s.v * s.a * f32(s.k) + m * x;
  }
  return total;
}`,
    m: 2,
    x: [0.7, -0.4],
    js: ([a, b]) => [a!, b!].map(w => 6 * w * (a! + b!) * (a! + b!) * a! + 3 * w * (a! + b!)),
  },
  {
    name: "indices that are computed, into everything",
    code: `const TABLE = array<vec2f, 3>(vec2f(1.0, 2.0), vec2f(3.0, 4.0), vec2f(5.0, 6.0)); const MIX = mat2x2f(1.0, 2.0, 3.0, 4.0);
struct Row { cells: array<vec3f, 2> }
fn rows(x: vec3f) -> array<Row, 2> { return array(Row(array(x, x.yzx)), Row(array(x * x, x.zxy * 2.0))); }
fn f(x: vec3f, t: f32) -> vec3f {
  let i = i32(t); let j = i + 1; let y = rows(x);
  var m = mat3x3f(x, x.yzx, x * x); m[i][j] *= x[i]; m[j] += y[i].cells[j - 1];
  var nested: array<array<f32, 3>, 2>; nested[i][j] = x[j]; nested[i - 1][i] = nested[i][j] * x[0];
  return vec3f(rows(x)[i].cells[i][j] + TABLE[j][i] * x[i], m[j][i] * MIX[i][i - 1] + (x * 2.0)[i], nested[0][i] + m[i][j]);
}`,
    m: 3,
    x: [0.7, -0.4, 1.2],
    t: 1,
    js: ([a, b, c]) => [2 * b! + 6 * b!, 3 * (b! * b! + 2 * a!) + 2 * b!, c! * a! + a! * b!],
  },
  {
    name: "a switch in a loop, and ways out of both",
    code: `fn f(x: vec2f) -> f32 {
  var sum = 0.0; var i = 0;
  while true {
    i++;
    switch i { case 1: { continue; } case 2: { sum += x.x; break; } case 3, 4: { sum *= x.y; } case 9: { break; } default: { sum += x.x * x.y; } }
    if i > 5 { break; }
    for (;;) { sum += 0.5 * x.x; if i > 3 { return sum * sum; } break; }
  }
  return sum;
}`,
    m: 1,
    x: [0.7, -0.4],
    // 2: x + x/2; 3: times y, + x/2; 4: times y, + x/2
    js: ([a, b]) => [((1.5 * a! * b! + 0.5 * a!) * b! + 0.5 * a!) ** 2],
  },
  {
    name: "hyperbolic functions far out",
    code: `fn f(x: vec2f) -> vec3f { return vec3f(tanh(x.x), tanh(-x.x * 3.0) + x.y * tanh(x.y), atan(x.x * 1e6) + x.y); }`,
    m: 3,
    x: [95, 0.3],
    js: ([a, b]) => [Math.tanh(a!), Math.tanh(-3 * a!) + b! * Math.tanh(b!), Math.atan(a! * 1e6) + b!],
  },
];
