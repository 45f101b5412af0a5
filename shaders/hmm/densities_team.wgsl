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
