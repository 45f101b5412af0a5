// Whole powers of two.
const NO_LOG: f32 = -1e30;

// ⌊log2 x⌋, 0 of 0
fn exponent_of(x: f32) -> i32 {
  let bits = (bitcast<u32>(x) >> 23u) & 0xffu;
  return select(i32(bits) - 127, 0, bits == 0u);
}

// 2^e, −126 ≤ e ≤ 127
fn power(e: i32) -> f32 { return bitcast<f32>(u32(e + 127) << 23u); }

// log(2^e √square), NO_LOG of 0
fn log_of(e: f32, square: f32) -> f32 {
  if (square == 0.0) { return NO_LOG; }
  return e * 0.69314718 + 0.5 * log(square);
}
