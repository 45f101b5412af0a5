// Circular functions and their inverses to about 1 ulp of float32, absolute near the zeros of sin and cos beyond |x| = 8192;
// WGSL's own may be off by 5e-4. Polynomials: Moshier, Cephes (sinf, asinf, atanf).

// sin(x) where turn = 0, cos(x) where turn = 1
fn sine_f32(x: f32, turn: i32) -> f32 {
  let held = clamp(x, -1e9, 1e9);
  let k = round(held * 0.63661977);
  let r = ((held - k * 1.5703125) - k * 4.837512969970703e-4) - k * 7.549789948768648e-8;  // held − k π/2
  let z = r * r;
  let quarter = (i32(k) + turn) & 3;
  let sine = r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
  let cosine = 1.0 - 0.5 * z + z * z * (4.166664568298827e-2 + z * (-1.388731625493765e-3 + z * 2.443315711809948e-5));
  let value = select(sine, cosine, (quarter & 1) == 1);
  return select(value, -value, quarter >= 2);
}

fn sin_f32(x: f32) -> f32 { return sine_f32(x, 0); }

fn cos_f32(x: f32) -> f32 { return sine_f32(x, 1); }

fn tan_f32(x: f32) -> f32 { return sine_f32(x, 0) / sine_f32(x, 1); }

// asin(x), 0 ≤ x ≤ ½
fn asin_near(x: f32) -> f32 {
  let z = x * x;
  let tail = 1.6666752422e-1 + z * (7.4953002686e-2 + z * (4.5470025998e-2 + z * (2.4181311049e-2 + z * 4.2163199048e-2)));
  return x + x * z * tail;
}

// asin(x), held at the ends of [−1, 1]
fn asin_f32(x: f32) -> f32 {
  let size = min(abs(x), 1.0);
  if (size <= 0.5) { return sign(x) * asin_near(size); }
  return sign(x) * (1.57079633 - 2.0 * asin_near(sqrt(0.5 * (1.0 - size))));
}

// acos(x), held at the ends of [−1, 1]
fn acos_f32(x: f32) -> f32 {
  let size = min(abs(x), 1.0);
  if (size <= 0.5) { return 1.57079633 - sign(x) * asin_near(size); }
  let angle = 2.0 * asin_near(sqrt(0.5 * (1.0 - size)));
  return select(angle, 3.14159265 - angle, x < 0.0);
}

// atan(x), 0 ≤ x ≤ 1
fn atan_near(x: f32) -> f32 {
  let far = x > 0.41421356;
  let y = select(x, (x - 1.0) / (x + 1.0), far);
  let z = y * y;
  let angle = y + y * z * (-3.33329491539e-1 + z * (1.99777106478e-1 + z * (-1.38776856032e-1 + z * 8.05374449538e-2)));
  return select(angle, 0.78539816 + angle, far);
}

fn atan_f32(x: f32) -> f32 { return atan2_f32(x, 1.0); }

// The angle of (x, y); 0 at (0, 0)
fn atan2_f32(y: f32, x: f32) -> f32 {
  let large = max(abs(x), abs(y));
  if (large == 0.0) { return 0.0; }
  let near = atan_near(min(abs(x), abs(y)) / large);
  let first = select(near, 1.57079633 - near, abs(y) > abs(x));
  let upper = select(first, 3.14159265 - first, x < 0.0);
  return select(upper, -upper, y < 0.0);
}
