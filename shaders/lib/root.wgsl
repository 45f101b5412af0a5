// Roots and scales of the factorisations.
const TINY: f32 = 1e-36;  // squares below this are zero: their roots would lose their digits to flushing

// 1/√x to about 1 ulp: WGSL's may be off by 2, always to the same side on a device, which would add up in log|S|.
fn inverse_root(x: f32) -> f32 {
  let y = inverseSqrt(x);
  return y * (1.5 - 0.5 * (x * y) * y);
}

// The power of two below x > 0, as far as it has an inverse: scaling by it does not round, so nothing adds up.
fn power_of_two(x: f32) -> f32 { return bitcast<f32>(clamp(bitcast<u32>(x) & 0x7f800000u, 0x00800000u, 0x7e800000u)); }
