/** WGSL functions that use every form of statement, with what they compute in JavaScript. */
import type { WgslCase } from "./wgsl_flows.ts";

export const FORMS: readonly WgslCase[] = [
  {
    name: "piecewise by else if",
    code: `fn f(x: f32) -> f32 {
  if (x < -1.0) { return -2.0 * x * x; } else if x < 1.0 { return x * x * x; } else { return 3.0 * x - 2.0; }
}`,
    m: 1,
    x: [0.5],
    js: ([a]) => [a! < -1 ? -2 * a! * a! : a! < 1 ? a! ** 3 : 3 * a! - 2],
  },
  {
    name: "masked by select",
    code: `fn f(x: vec3f) -> vec3f { return select(x * x, exp(x), x > vec3f(0.0, 1.0, 0.0)); }`,
    m: 3,
    x: [0.5, 0.4, -0.7],
    js: ([a, b, c]) => [Math.exp(a!), b! * b!, c! * c!],
  },
  {
    name: "loop that leaves by the data",
    code: `fn f(x: f32) -> f32 {
  var guess = 1.0;
  loop {
    let next = 0.5 * (guess + x / guess);
    let done = abs(next - guess) < 1e-6;
    guess = next;
    if done { break; }
  }
  return guess * 0.5 * (1.0 + x / (guess * guess));
}`,
    m: 1,
    x: [3.1],
    js: ([a]) => [Math.sqrt(a!)],
  },
  {
    name: "continue",
    code: `fn f(x: array<f32, 6>) -> f32 {
  var sum = 0.0;
  for (var i = 0; i < 6; i++) {
    if i % 2 == 1 { continue; }
    if i > 3 { break; }
    sum += x[i] * x[i + 1];
  }
  return sum;
}`,
    m: 1,
    x: [1, 2, 3, 4, 5, 6],
    js: x => [x[0]! * x[1]! + x[2]! * x[3]!],
  },
  {
    name: "while and compound operators",
    code: `fn f(x: vec2f) -> vec2f {
  var y = x;
  var i = 3u;
  while (i > 0u) { y *= 1.1; y -= x.yx / 4.0; y /= 1.0 + 0.1 * y.x * y.x; y += 0.5; i -= 1u; }
  return y;
}`,
    m: 2,
    x: [0.8, -0.5],
    js: ([a, b]) => {
      let [p, q] = [a!, b!];
      for (let i = 0; i < 3; i++) {
        [p, q] = [p * 1.1 - b! / 4, q * 1.1 - a! / 4];
        const s = 1 + 0.1 * p * p;
        [p, q] = [p / s + 0.5, q / s + 0.5];
      }
      return [p, q];
    },
  },
  {
    name: "loop with continuing and break if",
    code: `fn f(x: f32) -> f32 {
  var term = 1.0; var sum = 0.0; var k = 1;
  loop { sum += term; if k == 2 { continue; } sum += 0.01 * x;
    continuing { term *= x / f32(k); k++; break if k > 8; } }
  return sum;
}`,
    m: 1,
    x: [0.6],
    js: ([a]) => {
      let [term, sum] = [1, 0];
      for (let k = 1; k <= 8; k++) {
        sum += term;
        if (k !== 2) sum += 0.01 * a!;
        term *= a! / k;
      }
      return [sum];
    },
  },
  {
    name: "for over an active number",
    code: `fn f(x: vec2f) -> f32 {
  var sum = 0.0;
  for (var s = x.x; s < 1.4; s += x.y) { if sum > 100.0 { break; } sum += s * s; }
  return sum;
}`,
    m: 1,
    x: [0.3, 0.7],
    js: ([a, b]) => {
      let sum = 0;
      for (let s = a!; s < 1.4; s += b!) sum += s * s;
      return [sum];
    },
  },
  {
    name: "nested calls",
    code: `fn g(a: f32) -> f32 { return a * sin(a); }
fn h(a: f32, b: f32) -> f32 { return g(a) + b * g(g(b)); }
fn f(x: vec2f) -> f32 { return h(g(x.x), h(x.y, x.x)); }`,
    m: 1,
    x: [0.8, 0.6],
    step: 0.01,
    js: ([a, b]) => {
      const g = (v: number) => v * Math.sin(v);
      const h = (v: number, w: number) => g(v) + w * g(g(w));
      return [h(g(a!), h(b!, a!))];
    },
  },
  {
    name: "pointers",
    code: `struct Both { a: f32, b: array<f32, 2> }
fn turn(a: ptr<function, f32>, b: ptr<function, f32>) { let old = *a; *a = *b * old; *b = old; }
fn grow(s: ptr<function, Both>, by: f32) -> f32 { (*s).b[1] += by * (*s).a; s.a = s.a * 2.0; return (*s).a; }
fn f(x: vec2f) -> array<f32, 3> {
  var s = Both(x.x, array(x.y, 1.0));
  let place = &s.b[1];
  var v = x.y;
  let g = grow(&s, x.x);
  *place += v;
  turn(&v, &s.a);
  return array(s.a + g, s.b[1], v * s.b[0]);
}`,
    m: 3,
    x: [0.7, 1.4],
    js: ([a, b]) => [b! + 2 * a!, 1 + a! * a! + b!, 2 * a! * b! * b!],
  },
];
