// exp(l) = f 2^n with f in [0.7, 1.42], to about 1 ulp however far below 0 l is; l is a whole number and the rest.
// n = round(l / log 2); l − n log 2 in two parts (Cody & Waite), then the Taylor polynomial of degree 7. log 2 = 2839/4096 + 3.2e-5: within
// 5e5 nats the first part is a whole number of 1/4096, as exact as l.
#import "hmm/power.wgsl"
#import "lib/nats.wgsl"

struct Density {
  f: f32,
  n: i32,
}

fn exp_parts(l: vec2f) -> Density {
  let sum = l.x + l.y;
  if (sum <= 0.5 * LOG_ZERO) { return Density(0.0, NOTHING); }
  let c = clamp(sum, -3e8, 3e8);
  let n = round(c * 1.44269504);
  var r = clamp((c - n * 0.693359375) + n * 0.00021219444, -1.0, 1.0);
  if (abs(l.x) < 5e5 && abs(l.y) < 5e5) {
    let whole = round(l.y);
    let first = 4096 * (i32(l.x) + i32(whole)) - 2839 * i32(n);
    r = clamp(f32(first) / 4096.0 + (masked(l.y - whole) - n * 3.1946185e-5), -1.0, 1.0);
  }
  let f = 1.0 + r * (1.0 + r * (0.5 + r * (0.16666667 + r * (0.041666667 + r * (0.008333333 + r * (0.0013888889 + r * 0.0001984127))))));
  return Density(f, i32(n));
}

// log p(y_t | z_t = k) less the baseline
fn state_nats(s: u32, t: u32, k: u32) -> vec2f {
  return finite_nats(emission_nats((s * params.block_steps + t) * params.record_floats, indices[params.num_series + k]));
}
