// log_f32: natural logarithm of x > 0 to about 1 ulp; WGSL's own may be off by 2⁻²¹ absolute near 1.
// x = 2^e f with f in [√½, √2); log f = 2 artanh(s), s = (f − 1)/(f + 1), as an odd polynomial in s.
fn log_f32(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let e = i32((bits + 0x004afb0du) >> 23u) - 127;  // rounds so that f is in [√½, √2)
  let f = bitcast<f32>(bits - (u32(e) << 23u));
  let g = f - 1.0;
  let s = g / (2.0 + g);
  let z = s * s;
  let tail = z * (0.6666667 + z * (0.4 + z * (0.2857143 + z * 0.22222222)));  // 2/3, 2/5, 2/7, 2/9
  let k = f32(e);
  return k * 0.693359375 + (g - (s * (g - tail)) + k * -0.00021219444);
}
