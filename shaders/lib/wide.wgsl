// Whole numbers of 64 bits, as (low word, high word). Sums of them do not round, so their order does not matter.
#import "lib/philox.wgsl"

fn add_wide(a: vec2u, b: vec2u) -> vec2u {
  let low = a.x + b.x;
  return vec2u(low, a.y + b.y + select(0u, 1u, low < a.x));
}

// a − b, a ≥ b
fn subtract_wide(a: vec2u, b: vec2u) -> vec2u { return vec2u(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x)); }

fn less_wide(a: vec2u, b: vec2u) -> bool { return a.y < b.y || (a.y == b.y && a.x < b.x); }

fn shift_left_wide(a: vec2u, k: u32) -> vec2u {
  if (k == 0u) { return a; }
  if (k >= 32u) { return vec2u(0u, a.x << (k - 32u)); }
  return vec2u(a.x << k, (a.y << k) | (a.x >> (32u - k)));
}

fn shift_right_wide(a: vec2u, k: u32) -> vec2u {
  if (k == 0u) { return a; }
  if (k >= 64u) { return vec2u(0u, 0u); }
  if (k >= 32u) { return vec2u(a.y >> (k - 32u), 0u); }
  return vec2u((a.x >> k) | (a.y << (32u - k)), a.y >> k);
}

// a k below 2⁶⁴
fn times_wide(a: vec2u, k: u32) -> vec2u { return vec2u(a.x * k, multiply_high(a.x, k) + a.y * k); }

struct Quotient {
  whole: vec2u,
  rest: u32,
}

// a / n, 1 ≤ n ≤ 2²⁴, byte by byte
fn divide_wide(a: vec2u, n: u32) -> Quotient {
  var whole = vec2u(0u, 0u);
  var rest = 0u;
  for (var k = 0u; k < 8u; k++) {
    let word = select(a.x, a.y, k < 4u);
    let part = (rest << 8u) | ((word >> (24u - 8u * (k % 4u))) & 255u);
    let digit = part / n;
    rest = part - digit * n;
    whole = vec2u((whole.x << 8u) | digit, (whole.y << 8u) | (whole.x >> 24u));
  }
  return Quotient(whole, rest);
}

// ⌊(x + ½) 2⁻³² total⌋
fn part_of_wide(x: u32, total: vec2u) -> vec2u {
  let low = vec2u(total.x * x, multiply_high(total.x, x));
  let half = shift_right_wide(total, 1u);
  let sum = add_wide(low, half);
  let carry = select(0u, 1u, less_wide(sum, low));
  return add_wide(vec2u(total.y * x, multiply_high(total.y, x)), vec2u(sum.y, carry));
}

// As a float, 2⁻³⁹ for every unit
fn float_wide(a: vec2u) -> f32 { return f32(a.y) * 0.0078125 + f32(a.x) * 1.8189894e-12; }
