// One innovation's share of log N(y; ., S) without ½ log 2π; the host tells a singular S by the value SINGULAR.
#import "lib/log.wgsl"
const SINGULAR: f32 = -3.2e38;

fn add_likelihood(sum: f32, e: f32, pivot: f32) -> f32 {
  if (pivot == 0.0 || sum == SINGULAR) { return SINGULAR; }
  return sum - 0.5 * e * e - log_f32(abs(pivot));
}

// a / pivot; nothing where the pivot is zero
fn divide(a: f32, pivot: f32) -> f32 { return select(a / pivot, 0.0, pivot == 0.0); }
