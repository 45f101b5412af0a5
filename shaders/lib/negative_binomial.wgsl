// log p(y | mean) − log p(y | y) of a count y > 0 of variance mean + mean²/size, d = mean − y.
// Needs    lib/special.wgsl
fn deviance(y: f32, mean: f32, size: f32, d: f32) -> f32 {
  let near = size * d / (y * (mean + size));
  let far = d / (y + size);
  if (near < -0.5 || abs(far) > 0.5) {
    var share = log1p_f32(max(near, -0.9));
    if (near < -0.5) { share = log_f32((mean / y) * ((y + size) / (mean + size))); }
    var rest = log_f32((mean + size) / (y + size));
    if (abs(far) <= 0.5) { rest = log1p_f32(far); }
    return y * share - size * rest;
  }
  return y * log1p_minus_f32(near) - size * log1p_minus_f32(far) - (size / (mean + size)) * d * far;
}
