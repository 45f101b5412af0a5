// Hyperbolic functions and their inverses to a few ulp of float32, held below 3e38.
#import "lib/special.wgsl"

fn sinh_f32(x: f32) -> f32 {
  let e = expm1_f32(abs(x));
  return sign(x) * 0.5 * (e + e / (e + 1.0));
}

fn cosh_f32(x: f32) -> f32 {
  let e = exp_f32(abs(x));
  return 0.5 * (e + 1.0 / e);
}

// 1/cosh(x), 0 beyond 87
fn sech_f32(x: f32) -> f32 {
  if (abs(x) > 87.0) { return 0.0; }
  return 1.0 / cosh_f32(x);
}

// tanh(x): Moshier, Cephes (tanhf) near 0
fn tanh_f32(x: f32) -> f32 {
  let z = x * x;
  if (abs(x) < 0.625) {
    return x + x * z * (-3.33332819422e-1 + z * (1.33314422036e-1 + z * (-5.37397155531e-2 + z * (2.06390887954e-2 - z * 5.70498872745e-3))));
  }
  return sign(x) * (1.0 - 2.0 / (exp_f32(2.0 * abs(x)) + 1.0));
}

fn asinh_f32(x: f32) -> f32 {
  let size = abs(x);
  if (size > 1e8) { return sign(x) * (log_f32(size) + 0.69314718); }
  return sign(x) * log1p_f32(size + size * size / (1.0 + sqrt(1.0 + size * size)));
}

// acosh(x), 0 below 1
fn acosh_f32(x: f32) -> f32 {
  if (x > 1e8) { return log_f32(x) + 0.69314718; }
  let above = max(x - 1.0, 0.0);
  return log1p_f32(above + sqrt(above * (above + 2.0)));
}

// atanh(x), held at ±8.66, the value next to ±1
fn atanh_f32(x: f32) -> f32 {
  let size = min(abs(x), 0.99999994);
  return sign(x) * 0.5 * log1p_f32(2.0 * size / (1.0 - size));
}
