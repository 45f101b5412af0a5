// Standard normals of one step of one draw: Philox 4x32-10 and Box-Muller, as in src/inference/random/step_normals.ts.
// Source   Salmon, Moraes, Dror & Shaw 2011, doi:10.1145/2063384.2063405; sine and cosine: Cephes, single/sinf.c
#import "lib/log.wgsl"
#import "lib/philox.wgsl"
const STEP_NORMALS_STREAM: u32 = 0x53414d50u;  // "SAMP"
const BLOCKS: u32 = (STATE_DIM + 3u) / 4u;
const NORMALS: u32 = 4u * BLOCKS;
alias Normals = array<f32, NORMALS>;

// log((a + ½) 2⁻³²); near 1 through log1p(−v) = −2 artanh(v / (2 − v)).
fn log_uniform(a: u32) -> f32 {
  if (a < 0x80000000u) { return log_f32((f32(a) + 0.5) * 2.3283064365386963e-10); }
  let v = (f32(~a) + 0.5) * 2.3283064365386963e-10;
  let s = v / (2.0 - v);
  let z = s * s;
  let tail = z * (0.33333333 + z * (0.2 + z * (0.14285714 + z * (0.11111111 + z * (0.09090909 + z * (0.07692308 + z * 0.06666667))))));
  return -2.0 * (s + s * tail);
}

fn normal_pair(a: u32, b: u32) -> vec2f {
  let radius = sqrt(-2.0 * log_uniform(a));
  let shifted = b + 0x20000000u;
  let phi = (f32(i32(shifted & 0x3fffffffu) - 0x20000000) + 0.5) * 1.4629180792671596e-9;  // 2⁻³⁰ π/2
  let square = phi * phi;
  let sine = phi + phi * square * (-1.6666654611e-1 + square * (8.3321608736e-3 - square * 1.9515295891e-4));
  let cosine = 1.0 - 0.5 * square + square * square * (4.166664568298827e-2 + square * (-1.388731625493765e-3 + square * 2.443315711809948e-5));
  let quadrant = shifted >> 30u;
  let turned = select(vec2f(cosine, sine), vec2f(-sine, cosine), (quadrant & 1u) == 1u);
  return select(radius, -radius, quadrant >= 2u) * turned;
}

fn step_normals(seed: vec2u, series: u32, draw: u32, step: u32) -> Normals {
  var out: Normals;
  for (var k = 0u; k < BLOCKS; k++) {
    let words = philox(vec4u(step * BLOCKS + k, draw, series, STEP_NORMALS_STREAM), seed);
    let first = normal_pair(words.x, words.y);
    let second = normal_pair(words.z, words.w);
    out[4u * k] = first.x;
    out[4u * k + 1u] = first.y;
    out[4u * k + 2u] = second.x;
    out[4u * k + 3u] = second.y;
  }
  return out;
}
