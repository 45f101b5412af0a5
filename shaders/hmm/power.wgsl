// Powers of two and exponents, exact: numbers are x 2^e with a whole e kept apart from x.
const NOTHING: i32 = -1073741824;  // −2³⁰: the exponent of 0
const LOWEST: i32 = -536870912;    // −2²⁹: exponents saturate here
const LOST: i32 = 2147483647;      // exponent of a row that lost an entry which may matter
const LOST_PROBABILITY: f32 = -1.0;  // a probability that hangs on one

// ⌊log2 x⌋ of x ≥ 0; NOTHING below 2⁻¹²⁶
fn exponent_of(x: f32) -> i32 {
  let field = i32(bitcast<u32>(x) >> 23u);
  return select(field - 127, NOTHING, field == 0);
}

// 2^j, j in [−126, 127]
fn power_of_two(j: i32) -> f32 { return bitcast<f32>(u32(j + 127) << 23u); }

// x 2^j; 0 where that is below 2⁻¹²⁶
fn scale(x: f32, j: i32) -> f32 {
  let near = clamp(j, -252, 252);
  let half = near / 2;
  return x * power_of_two(half) * power_of_two(near - half);
}

// x 2^j for j ≤ 0
fn scale_down(x: f32, j: i32) -> f32 { return select(x * power_of_two(max(j, -126)), 0.0, j < -126); }

// k log 2, to the accuracy of its rounding
fn times_log2(k: i32) -> f32 { return f32(k) * 0.693359375 - f32(k) * 0.00021219444; }
