// Sums of products to about 2⁻³⁶ of their terms: (whole, part), whole a whole number, what the sum says being whole + part.
// A factor is two words, the first of 12 bits: the product of two first words is exact, its whole part is added to whole, where sums of
// whole numbers are exact below 2²⁴, and only what is left of it rounds.
// Twin src/models/hmm/emissions/two_words.ts

// x, through a mask of bits: no compiler can reorder sums across it, as some do, which would round what is small here away. What it
// clears is the last bit of 24, which the difference of x and a whole number near it does not have.
fn masked(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffffffeu); }

// The first 12 bits of x.
fn first_word(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }

// sum + x
fn add_exact(sum: vec2f, x: f32) -> vec2f {
  let whole = round(x);
  return vec2f(sum.x + whole, sum.y + masked(x - whole));
}

// sum + a b
fn add_product(sum: vec2f, a: vec2f, b: vec2f) -> vec2f {
  let exact = add_exact(sum, a.x * b.x);
  return vec2f(exact.x, exact.y + (a.x * b.y + a.y * (b.x + b.y)));
}

// The sum as two words, held where its square is finite.
fn two_words(sum: vec2f) -> vec2f {
  let held = clamp(sum, vec2f(-1e18), vec2f(1e18));
  let first = first_word(held.x);
  return vec2f(first, masked(held.x - first) + held.y);
}

// Of standard deviations in two words the sums are in units of 1/64: 24 bits of them reach 2.6e5.
const UNIT: f32 = 64.0;

// sum − ½ (w_e² − w_r²) of w_e = w_r + f: sum − ½ f (2 w_r + f). f in units, w_r not.
fn add_half_square(sum: vec2f, w: vec2f, f: vec2f) -> vec2f {
  var g = add_exact(f, 2.0 * UNIT * w.x);
  g.y += 2.0 * UNIT * w.y;
  return add_product(sum, (-0.5 / (UNIT * UNIT)) * two_words(f), two_words(g));
}
