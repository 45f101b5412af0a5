// Elementary functions to about 1 ulp of float32, without NaN or infinity in or out; what WGSL has itself may be off by much more.
// Twin src/models/hmm/special.ts
#import "lib/log.wgsl"

// log(1 + x), x > −1
fn log1p_f32(x: f32) -> f32 {
  if (x < -0.3 || x > 0.42) { return log_f32(1.0 + x); }
  let s = x / (2.0 + x);   // log1p(x) = 2 artanh(s)
  let z = s * s;
  return 2.0 * s + 2.0 * s * z * (0.33333333 + z * (0.2 + z * (0.14285714 + z * (0.11111111 + z * 0.09090909))));
}

// log(1 + x) − x ≤ 0, x > −1, without cancellation near 0
fn log1p_minus_f32(x: f32) -> f32 {
  if (x < -0.5 || x > 0.6) { return log1p_f32(x) - x; }
  let s = x / (2.0 + x);
  let z = s * s;
  let tail = 0.33333333 + z * (0.2 + z * (0.14285714 + z * (0.11111111 + z * (0.09090909 + z * (0.07692308 + z * 0.06666667)))));
  return 2.0 * s * z * tail - s * x;
}

// eˣ, 0 below −87 and held at e⁸⁸
fn exp_f32(x: f32) -> f32 {
  if (x < -87.0) { return 0.0; }
  let k = round(min(x, 88.0) * 1.44269504);
  let r = (min(x, 88.0) - k * 0.693359375) + k * 2.12194440e-4;
  let p = r * r * (0.5 + r * (0.16666667 + r * (0.041666667 + r * (8.3333333e-3 + r * (1.3888889e-3 + r * 1.9841270e-4)))));
  return (1.0 + (r + p)) * bitcast<f32>(u32(i32(k) + 127) << 23u);
}

// eˣ − 1
fn expm1_f32(x: f32) -> f32 {
  if (abs(x) > 0.35) { return exp_f32(x) - 1.0; }
  return x + x * x * (0.5 + x * (0.16666667 + x * (0.041666667 + x * (8.3333333e-3 + x * (1.3888889e-3 + x * 1.9841270e-4)))));
}

// What Stirling's formula leaves out of log Γ(x): g(x) = log Γ(x) − (x − ½) log x + x − ½ log 2π, x ≥ 1
fn stirling_rest_f32(x: f32) -> f32 {
  var shifted = x;
  var rest = 0.0;
  while (shifted < 8.0) {
    // g(x) − g(x + 1) = (x + ½) log(1 + 1/x) − 1 = artanh(s)/s − 1, s = 1/(2x + 1)
    let s = 1.0 / (2.0 * shifted + 1.0);
    let z = s * s;
    rest += z * (0.33333333 + z * (0.2 + z * (0.14285714 + z * (0.11111111 + z * (0.09090909 + z * 0.07692308)))));
    shifted += 1.0;
  }
  let z = 1.0 / (shifted * shifted);
  return rest + (0.083333333 - z * (2.7777778e-3 - z * 7.9365079e-4)) / shifted;
}

// log Γ(x), x > 0
fn log_gamma_f32(x: f32) -> f32 {
  let y = select(x, x + 1.0, x < 1.0);
  let value = (y - 0.5) * log_f32(y) - y + 0.91893853 + stirling_rest_f32(y);
  return select(value, value - log_f32(x), x < 1.0);
}

// sin² of half an angle in [−π, π]
fn sine_half_squared_f32(angle: f32) -> f32 {
  let h = 0.5 * abs(angle);
  let near = h <= 0.78539816;
  let a = select(1.57079633 - h, h, near);
  let z = a * a;
  let sine = a + a * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
  return select(1.0 - sine * sine, sine * sine, near);
}

// log x, LOG_ZERO where x is not positive
fn log_or_zero(x: f32) -> f32 {
  if (x <= 0.0) { return -1e30; }
  return log_f32(x);
}

// xⁿ
fn whole_power_f32(x: f32, n: u32) -> f32 {
  var product = x;
  for (var i = 1u; i < n; i++) { product *= x; }
  return product;
}

// xʸ of x ≥ 0, and of x < 0 for whole y
fn power_f32(x: f32, y: f32) -> f32 {
  if (x == 0.0) { return select(0.0, 1.0, y == 0.0); }
  let size = exp_f32(y * log_f32(abs(x)));
  let odd = abs(y - 2.0 * floor(0.5 * y)) == 1.0;
  return select(size, -size, x < 0.0 && odd);
}
