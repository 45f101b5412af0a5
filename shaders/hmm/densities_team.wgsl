// p(y_t | k) of all states as f 2^n in vectors F and N of a team, with the largest n taken out.
#import "hmm/density.wgsl"

// F, N := p(y_t | k) with the largest exponent taken out, which is returned.
fn densities(s: u32, t: u32) -> i32 {
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    let p = exp_parts(state_nats(s, t, k));
    put(F + k, p.f);
    put_e(N + k, p.n);
  }
  sync();
  var most = largest(N);
  if (most == NOTHING) { most = 0; }
  for (var k = lane; k < NUM_STATES; k += TEAM) { put_e(N + k, select(entry_e(N + k) - most, NOTHING, entry(F + k) == 0.0)); }
  sync();
  return most;
}

#ifdef EXTENDED
fn absorbed(value: Number, k: u32) -> Number { return normal(value.m * entry(F + k), max(value.e + entry_e(N + k), NOTHING)); }

// The vector at y := the one at x times p, entry by entry; not yet visible to others.
fn weigh(x: u32, y: u32) {
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    put_number(y + k, y + NUM_STATES + k, absorbed(Number(entry(x + k), entry_e(x + NUM_STATES + k)), k));
  }
}
#else
// The vector at y := the one at x times p, entry by entry, with the largest exponent taken out, which is returned; D are the
// exponents before that. y is not yet visible to others.
fn weigh(x: u32, y: u32) -> i32 {
  for (var k = lane; k < NUM_STATES; k += TEAM) { put_e(D + k, max(exponent_of(entry(x + k)) + entry_e(N + k), NOTHING)); }
  sync();
  let top = largest(D);
  for (var k = lane; k < NUM_STATES; k += TEAM) { put(y + k, scale(entry(x + k) * entry(F + k), entry_e(N + k) - top)); }
  return top;
}
#endif
