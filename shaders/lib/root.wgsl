// 1/√x to about 1 ulp: WGSL's may be off by 2, always to the same side on a device, which would add up in log|S|.
const TINY: f32 = 1e-36;  // squares below this are zero: their roots would lose their digits to flushing

fn inverse_root(x: f32) -> f32 {
  let y = inverseSqrt(x);
  return y * (1.5 - 0.5 * (x * y) * y);
}
