// A number m 2^e with its own whole exponent; 0 is m = 0, e = NOTHING.
#import "hmm/power.wgsl"
struct Number {
  m: f32,
  e: i32,
}

// x 2^e with m in [1, 2); exponents saturate.
fn normal(x: f32, e: i32) -> Number {
  let shift = exponent_of(x);
  if (shift == NOTHING || e <= NOTHING) { return Number(0.0, NOTHING); }
  return Number(scale(x, -shift), max(e + shift, LOWEST));
}
