// hmm_smoother by a team, scaled.
var<private> vector_lost: bool;

fn load_state(slot: u32) {
  for (var k = lane; k < NUM_STATES; k += TEAM) { put(B + k, bitcast<f32>(states[slot * STATE_WORDS + k])); }
  vector_lost = bitcast<i32>(states[slot * STATE_WORDS + NUM_STATES]) == LOST;
  sync();
}

fn load_ones() {
  for (var k = lane; k < NUM_STATES; k += TEAM) { put(B + k, 1.0); }
  vector_lost = false;
  sync();
}

fn store_state(slot: u32) {
  for (var k = lane; k < NUM_STATES; k += TEAM) { states[slot * STATE_WORDS + k] = bitcast<u32>(entry(B + k)); }
  if (lane == 0u) { states[slot * STATE_WORDS + NUM_STATES] = bitcast<u32>(select(0, LOST, vector_lost)); }
}

fn is_lost() -> bool { return vector_lost; }

fn read_filtered(s: u32, index: u32) {
  let at = (s * (params.block_steps + 1u) + index) * NUM_STATES;
  for (var k = lane; k < NUM_STATES; k += TEAM) { put(A + k, FILTERED[at + k]); }
  sync();
}

// P := α β
fn posterior() {
  for (var k = lane; k < NUM_STATES; k += TEAM) { put(P + k, entry(A + k) * entry(B + k)); }
  sync();
}

fn posterior_total() -> Number { return total(P, 0); }
fn posterior_share(k: u32, all: Number) -> f32 { return share(P, k, all); }
fn note_lost(all: Number, inside: bool) {
  if (inside && params.lost_bits > 0u && all.m < 7.9e-31) { vector_lost = true; }  // 2⁻¹⁰⁰
}

// G := γ over the prediction, entry by entry
fn over_prediction(a: u32, all: Number) {
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    let p = predicted_entry(A, a, k);
    let g = entry(P + k);
    var r = 0.0;
    if (g > 0.0 && p > 0.0) { r = g / all.m / p; }
    put(G + k, r);
  }
  sync();
}

// α_i A_ik r_k
fn joint(a: u32, i: u32, k: u32) -> f32 { return (entry(A + i) * entry(G + k)) * transitions[a + i * NUM_STATES + k]; }

// β := A r, where there is a step before; returns the exponent that was taken out: none
fn spread(a: u32, moving: bool) -> i32 {
  for (var i = lane; i < NUM_STATES; i += TEAM) {
    var sum = 0.0;
    for (var k = 0u; k < NUM_STATES; k++) { sum += transitions[a + i * NUM_STATES + k] * entry(G + k); }
    if (moving) { put(B + i, sum); }
    put_e(D + i, exponent_of(entry(B + i)));
  }
  sync();
  return 0;
}

// β for the block before: its largest entry about 1; exponents of β are in D.
fn store_carry(slot: u32) {
  var top = NOTHING;
  var bottom = LOST;
  for (var k = 0u; k < NUM_STATES; k++) {
    top = max(top, entry_e(D + k));
    if (entry_e(D + k) > LOWEST) { bottom = min(bottom, entry_e(D + k)); }
  }
  let lost = vector_lost || (params.lost_bits > 0u && bottom < top - i32(params.lost_bits));
  for (var k = lane; k < NUM_STATES; k += TEAM) { states[slot * STATE_WORDS + k] = bitcast<u32>(scale(entry(B + k), -top)); }
  if (lane == 0u) { states[slot * STATE_WORDS + NUM_STATES] = bitcast<u32>(select(0, LOST, lost)); }
}

// β with its largest entry about 1
fn level(inside: bool) {
  for (var k = lane; k < NUM_STATES; k += TEAM) { put_e(D + k, exponent_of(entry(B + k))); }
  sync();
  let top = largest(D);
  for (var k = lane; k < NUM_STATES; k += TEAM) { put(B + k, scale(entry(B + k), -top)); }
  if (any_lost(D, top) && inside) { vector_lost = true; }
}

// states[first] := states[second];  states[second] := M β
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  load_state(second);
  if (here) { store_state(first); }
  through_chunk(element);
  if (here) { store_state(second); }
  sync();
}

// β := M β
fn through_chunk(element: u32) {
  let base = element * ELEMENT_WORDS;
  for (var i = lane; i < NUM_STATES; i += TEAM) {
    var sum = 0.0;
    var any = false;
    for (var k = 0u; k < NUM_STATES; k++) {
      let m = element_x(base + i * ROW_WORDS + k);
      sum += m * entry(B + k);
      any = any || (m > 0.0 && entry(B + k) > 0.0);
    }
    let e = element_e(base + i * ROW_WORDS + NUM_STATES);
    let d = max(max(exponent_of(sum), -1000) + max(min(e, -LOWEST), LOWEST), LOWEST + 1);
    put(A + i, sum);
    put_e(ROW_E + i, e);
    put_e(D + i, select(NOTHING, d, any && e > LOWEST));
  }
  sync();
  if (largest(ROW_E) == LOST) { vector_lost = true; }
  let top = largest(D);
  for (var i = lane; i < NUM_STATES; i += TEAM) {
    let e = select(0, max(min(entry_e(ROW_E + i), -LOWEST), LOWEST) - top, entry_e(D + i) > NOTHING);
    put(B + i, scale(entry(A + i), e));
  }
  if (any_lost(D, top)) { vector_lost = true; }
}
#import "hmm/combine_scaled_team.wgsl"
