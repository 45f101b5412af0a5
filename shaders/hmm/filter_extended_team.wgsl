// hmm_filter by a team, extended: an exponent for each entry, x[K] then e[K] in a vector and in each row of a matrix.
fn load_state(slot: u32) {
  for (var k = lane; k < ROW_WORDS; k += TEAM) { put_e(X + k, bitcast<i32>(states[slot * STATE_WORDS + k])); }
  sync();
}

fn store_state(slot: u32) {
  for (var k = lane; k < ROW_WORDS; k += TEAM) { states[slot * STATE_WORDS + k] = bitcast<u32>(entry_e(X + k)); }
}

fn is_lost() -> bool { return false; }
fn refresh() { recentre(X, X + NUM_STATES); }
fn vector_total() -> Number { return total(X, X + NUM_STATES); }
fn predicted_total() -> Number { return total(Y, Y + NUM_STATES); }
fn predicted_share(k: u32, all: Number) -> f32 { return share(Y, Y + NUM_STATES, k, all); }
fn write_share(at: u32, k: u32, all: Number) {
  outputs[at] = select(entry(X + k) / all.m, 0.0, all.m == 0.0);
  outputs[at + 1u] = f32(max(entry_e(X + NUM_STATES + k), LOWEST) - max(all.e, LOWEST));
}

// Y := Xᵀ A
fn predict(a: u32, moving: bool) {
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    if (moving) { put_number(Y + k, Y + NUM_STATES + k, predicted_number(X, X + NUM_STATES, a, k)); }
    else { put_number(Y + k, Y + NUM_STATES + k, Number(entry(X + k), entry_e(X + NUM_STATES + k))); }
  }
  sync();
}

// X_k := Y_k p_k
fn absorb() {
  weigh(Y, X);
  sync();
}

// states[first] := states[second];  states[second] := xᵀ M
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  load_state(second);
  if (here) { store_state(first); }
  let base = element * ELEMENT_WORDS;
  for (var b = lane; b < NUM_STATES; b += TEAM) {
    var top = NOTHING;
    for (var k = 0u; k < NUM_STATES; k++) {
      top = max(top, entry_e(X + NUM_STATES + k) + element_e(base + k * ROW_WORDS + NUM_STATES + b));
    }
    var sum = 0.0;
    for (var k = 0u; k < NUM_STATES; k++) {
      let e = max(entry_e(X + NUM_STATES + k) + element_e(base + k * ROW_WORDS + NUM_STATES + b), NOTHING);
      sum += scale_down(entry(X + k) * element_x(base + k * ROW_WORDS + b), e - top);
    }
    put_number(Y + b, Y + NUM_STATES + b, normal(sum, top));
  }
  sync();
  for (var k = lane; k < ROW_WORDS; k += TEAM) { put_e(X + k, entry_e(Y + k)); }
  sync();
  refresh();
  if (here) { store_state(second); }
  sync();
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  for (var i = lane; i < N2; i += TEAM) {
    let one = i / NUM_STATES == i % NUM_STATES;
    let at = M + i / NUM_STATES * ROW_WORDS + i % NUM_STATES;
    put(at, select(0.0, 1.0, one));
    put_e(at + NUM_STATES, select(NOTHING, 0, one));
  }
  sync();
  let base = slot * ELEMENT_WORDS;
  let keep = (s * params.kept_stride + lo / params.chunk_length) * ELEMENT_WORDS;
  for (var i = 0u; i < params.chunk_length; i++) {
    let t = min(lo + i, max(hi, 1u) - 1u);  // past the end, the last step again
    densities(s, t);
    let a = transition_at(s, t);
    let moving = moves(t);
    for (var at = lane; at < N2; at += TEAM) {
      let k = at % NUM_STATES;
      let row = M + at / NUM_STATES * ROW_WORDS;
      var value = Number(entry(row + k), entry_e(row + NUM_STATES + k));
      if (moving) { value = predicted_number(row, row + NUM_STATES, a, k); }
      let to = row + W - M + k;
      put_number(to, to + NUM_STATES, absorbed(value, k));
    }
    sync();
    for (var at = lane; at < ELEMENT_WORDS; at += TEAM) { put_e(M + at, entry_e(W + at)); }
    sync();
    if (here && lo + i + 1u == hi) {
      for (var at = lane; at < ELEMENT_WORDS; at += TEAM) {
        let word = bitcast<u32>(entry_e(M + at));
        elements[base + at] = word;
        if ((params.flags & KEEP) != 0u) { kept[keep + at] = word; }
      }
    }
    sync();
  }
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) { multiply_elements(first, second, second, here); }
#import "hmm/combine_extended_team.wgsl"
