// hmm_smoother by a team, extended: x[K] then e[K] in every vector.
fn load_state(slot: u32) {
  for (var k = lane; k < ROW_WORDS; k += TEAM) { put_e(B + k, bitcast<i32>(states[slot * STATE_WORDS + k])); }
  sync();
}

fn load_ones() {
  for (var k = lane; k < NUM_STATES; k += TEAM) { put_number(B + k, B + NUM_STATES + k, Number(1.0, 0)); }
  sync();
}

fn store_state(slot: u32) {
  for (var k = lane; k < ROW_WORDS; k += TEAM) { states[slot * STATE_WORDS + k] = bitcast<u32>(entry_e(B + k)); }
}

fn is_lost() -> bool { return false; }
fn note_lost(all: Number, inside: bool) {}

fn read_filtered(s: u32, index: u32) {
  let at = (s * (params.block_steps + 1u) + index) * 2u * NUM_STATES;
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    put_number(A + k, A + NUM_STATES + k, normal(FILTERED[at + 2u * k], i32(FILTERED[at + 2u * k + 1u])));
  }
  sync();
}

// P := α β
fn posterior() {
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    let e = max(entry_e(A + NUM_STATES + k) + entry_e(B + NUM_STATES + k), NOTHING);
    put_number(P + k, P_E + k, normal(entry(A + k) * entry(B + k), e));
  }
  sync();
}

fn posterior_total() -> Number { return total(P, P_E); }
fn posterior_share(k: u32, all: Number) -> f32 { return share(P, P_E, k, all); }

// G := γ over the prediction, entry by entry
fn over_prediction(a: u32, all: Number) {
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    let p = predicted_number(A, A + NUM_STATES, a, k);
    let g = entry(P + k);
    var r = Number(0.0, NOTHING);
    if (g > 0.0 && p.m > 0.0) { r = normal(g / (p.m * all.m), entry_e(P_E + k) - all.e - p.e); }
    put_number(G + k, G + NUM_STATES + k, r);
  }
  sync();
}

// α_i A_ik r_k
fn joint(a: u32, i: u32, k: u32) -> f32 {
  let at = i * NUM_STATES + k;
  let e = max(max(entry_e(A + NUM_STATES + i) + entry_e(G + NUM_STATES + k), NOTHING) + i32(transitions[a + N2 + at]), NOTHING);
  return scale(entry(A + i) * transitions[a + at] * entry(G + k), e);
}

// β := A r, where there is a step before, with its largest exponent taken out, which is returned
fn spread(a: u32, moving: bool) -> i32 {
  for (var i = lane; i < NUM_STATES; i += TEAM) {
    var top = NOTHING;
    for (var k = 0u; k < NUM_STATES; k++) {
      top = max(top, entry_e(G + NUM_STATES + k) + i32(transitions[a + N2 + i * NUM_STATES + k]));
    }
    var sum = 0.0;
    for (var k = 0u; k < NUM_STATES; k++) {
      let e = max(entry_e(G + NUM_STATES + k) + i32(transitions[a + N2 + i * NUM_STATES + k]), NOTHING);
      sum += scale_down(entry(G + k) * transitions[a + i * NUM_STATES + k], e - top);
    }
    if (moving) { put_number(B + i, B + NUM_STATES + i, normal(sum, top)); }
  }
  sync();
  return recentre(B, B + NUM_STATES);
}

fn store_carry(slot: u32) { store_state(slot); }

// spread did it
fn level(inside: bool) {}

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
    let row = base + i * ROW_WORDS;
    var top = NOTHING;
    for (var k = 0u; k < NUM_STATES; k++) { top = max(top, entry_e(B + NUM_STATES + k) + element_e(row + NUM_STATES + k)); }
    var sum = 0.0;
    for (var k = 0u; k < NUM_STATES; k++) {
      let e = max(entry_e(B + NUM_STATES + k) + element_e(row + NUM_STATES + k), NOTHING);
      sum += scale_down(entry(B + k) * element_x(row + k), e - top);
    }
    put_number(A + i, A + NUM_STATES + i, normal(sum, top));
  }
  sync();
  for (var k = lane; k < ROW_WORDS; k += TEAM) { put_e(B + k, entry_e(A + k)); }
  sync();
  recentre(B, B + NUM_STATES);
}
#import "hmm/combine_extended_team.wgsl"
