// What models written as expressions may call: the functions named in src/models/language/operations.ts, cut out one by one.
#import "lib/special.wgsl"
#import "lib/circular.wgsl"
#import "lib/hyperbolic.wgsl"
#import "lib/error_function.wgsl"

// xⁿ by squaring, n ≥ 1
fn integer_power_f32(x: f32, n: u32) -> f32 {
  var power = 1.0;
  var square = x;
  for (var rest = n; rest > 0u; rest >>= 1u) {
    if ((rest & 1u) == 1u) { power *= square; }
    if (rest > 1u) { square *= square; }
  }
  return power;
}

// x − y ⌊x/y⌋; x where y = 0. WGSL may divide 24 by 12 to a little less than 2.
fn modulo_f32(x: f32, y: f32) -> f32 {
  if (y == 0.0) { return x; }
  let size = abs(y);
  let along = x * sign(y);
  var rest = along - size * floor(along / size);
  if (rest < 0.0) { rest += size; }
  if (rest >= size) { rest -= size; }
  return rest * sign(y);
}

// To the nearest whole number, halves away from 0
fn round_f32(x: f32) -> f32 {
  let whole = trunc(x);
  return select(whole, whole + sign(x), abs(x - whole) >= 0.5);
}

// ∛x: one Newton step makes up for the logarithm
fn cbrt_f32(x: f32) -> f32 {
  if (x == 0.0) { return 0.0; }
  let size = abs(x);
  let y = exp_f32(log_f32(size) * 0.33333333);
  return sign(x) * (y - (y - size / (y * y)) * 0.33333333);
}

// √(x² + y²) without overflow
fn hypot_f32(x: f32, y: f32) -> f32 {
  let large = max(abs(x), abs(y));
  if (large == 0.0) { return 0.0; }
  let ratio = min(abs(x), abs(y)) / large;
  return large * sqrt(1.0 + ratio * ratio);
}

// log(1 + x), −10³⁰ where that is not a number
fn log1p_or_zero(x: f32) -> f32 {
  if (x <= -1.0) { return -1e30; }
  return log1p_f32(x);
}

// 1/(1 + e⁻ˣ)
fn logistic_f32(x: f32) -> f32 {
  let e = exp_f32(-abs(x));
  return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

// log(1 + eˣ)
fn softplus_f32(x: f32) -> f32 { return max(x, 0.0) + log1p_f32(exp_f32(-abs(x))); }

// 1/x, 0 at 0
fn reciprocal_or_zero(x: f32) -> f32 {
  return select(1.0 / select(x, 1.0, x == 0.0), 0.0, x == 0.0);
}

// 1 − x² without cancellation near ±1
fn one_minus_square(x: f32) -> f32 { return (1.0 - x) * (1.0 + x); }

// x, 0 where it stands for an infinite logarithm
fn finite_or_zero(x: f32) -> f32 { return select(0.0, x, abs(x) < 1e29); }

// ψ(x) = d log Γ(x)/dx, x > 0: Abramowitz & Stegun 6.3.18 above 8
fn digamma_f32(x: f32) -> f32 {
  var shifted = max(x, 1e-18);
  var sum = 0.0;
  while (shifted < 8.0) {
    sum += 1.0 / shifted;
    shifted += 1.0;
  }
  let z = 1.0 / (shifted * shifted);
  return log_f32(shifted) - 0.5 / shifted - z * (0.083333333 - z * (8.3333333e-3 - z * 3.9682540e-3)) - sum;
}

// ψ′(x), x > 0: Abramowitz & Stegun 6.4.12 above 8
fn trigamma_f32(x: f32) -> f32 {
  var shifted = max(x, 1e-18);
  var sum = 0.0;
  while (shifted < 8.0) {
    sum += 1.0 / (shifted * shifted);
    shifted += 1.0;
  }
  let y = 1.0 / shifted;
  let z = y * y;
  return sum + y * (1.0 + 0.5 * y + z * (0.16666667 - z * (0.033333333 - z * 0.023809524)));
}
