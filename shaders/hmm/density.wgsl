// exp(l) = f 2^n with f in [0.7, 1.42], to about 1 ulp however far below 0 l is.
// n = round(l / log 2); l − n log 2 in two parts (Cody & Waite), then the Taylor polynomial of degree 7.
#import "hmm/power.wgsl"

struct Density {
  f: f32,
  n: i32,
}

fn exp_parts(l: f32) -> Density {
  if (l <= 0.5 * LOG_ZERO) { return Density(0.0, NOTHING); }
  let c = clamp(l, -3e8, 3e8);
  let n = round(c * 1.44269504);
  let r = clamp((c - n * 0.693359375) + n * 0.00021219444, -1.0, 1.0);
  let f = 1.0 + r * (1.0 + r * (0.5 + r * (0.16666667 + r * (0.041666667 + r * (0.008333333 + r * (0.0013888889 + r * 0.0001984127))))));
  return Density(f, i32(n));
}

// log p(y_t | z_t = k) less the baseline
fn state_log_likelihood(s: u32, t: u32, k: u32) -> f32 {
  return finite_density(emission_log_likelihood((s * params.block_steps + t) * params.record_floats, indices[params.num_series + k]));
}
