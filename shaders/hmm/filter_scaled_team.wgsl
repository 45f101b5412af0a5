// hmm_filter by a team, scaled: one exponent for each row (hmm/row_lane.wgsl says what is lost).
// The vector stands in X, its prediction in Y, its exponent in vector_e.
var<private> vector_e: i32;

fn load_state(slot: u32) {
  for (var k = lane; k < NUM_STATES; k += TEAM) { put(X + k, bitcast<f32>(states[slot * STATE_WORDS + k])); }
  vector_e = bitcast<i32>(states[slot * STATE_WORDS + NUM_STATES]);
  sync();
}

fn store_state(slot: u32) {
  for (var k = lane; k < NUM_STATES; k += TEAM) { states[slot * STATE_WORDS + k] = bitcast<u32>(entry(X + k)); }
  if (lane == 0u) { states[slot * STATE_WORDS + NUM_STATES] = bitcast<u32>(vector_e); }
}

fn is_lost() -> bool { return vector_e == LOST; }
fn refresh() { vector_e = select(0, vector_e, vector_e == LOST || vector_e == NOTHING); }
fn vector_total() -> Number { return total(X, vector_e); }
fn predicted_total() -> Number { return total(Y, vector_e); }
fn predicted_share(k: u32, all: Number) -> f32 { return share(Y, k, all); }
fn write_share(at: u32, k: u32, all: Number) { outputs[at] = share(X, k, all); }

// Y := Xᵀ A
fn predict(a: u32, moving: bool) {
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    if (moving) { put(Y + k, predicted_entry(X, a, k)); } else { put(Y + k, entry(X + k)); }
  }
  sync();
}

// X_k := Y_k p_k
fn absorb() {
  let top = weigh(Y, X);
  settle(top);
}

// X, its entries brought to 2^−top from exponents D, as a row: lost, empty or with its exponent.
fn settle(top: i32) {
  let lost = any_lost(D, top);
  if (vector_e != LOST && vector_e != NOTHING) { vector_e = select(vector_e + top, NOTHING, top < LOWEST); }
  if (lost && vector_e != NOTHING) { vector_e = LOST; }
  if (vector_e == LOST || vector_e == NOTHING) {
    for (var k = lane; k < NUM_STATES; k += TEAM) { put(X + k, 0.0); }
  }
  sync();
}

// states[first] := states[second];  states[second] := xᵀ M
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  load_state(second);
  if (here) { store_state(first); }
  let base = element * ELEMENT_WORDS;
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    let e = element_e(base + k * ROW_WORDS + NUM_STATES);
    put_e(ROW_E + k, select(NOTHING, e, entry(X + k) > 0.0));
    put_e(D + k, select(NOTHING, max(exponent_of(entry(X + k)) + max(min(e, -LOWEST), NOTHING), NOTHING), entry(X + k) > 0.0));
  }
  sync();
  let lost = largest(ROW_E) == LOST;
  let top = largest(D);
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    put(Y + k, 0.0);
    if (entry(X + k) > 0.0 && top > LOWEST) { put(Y + k, scale(entry(X + k), max(min(entry_e(ROW_E + k), -LOWEST), NOTHING) - top)); }
  }
  sync();
  for (var b = lane; b < NUM_STATES; b += TEAM) {
    var sum = 0.0;
    var any = false;
    for (var k = 0u; k < NUM_STATES; k++) {
      let m = element_x(base + k * ROW_WORDS + b);
      sum += entry(Y + k) * m;
      any = any || (entry(X + k) > 0.0 && m > 0.0);
    }
    put(F + b, sum);
    put_e(D + b, select(NOTHING, max(exponent_of(sum), -1000), any));
  }
  sync();
  let shift = largest(D);
  for (var b = lane; b < NUM_STATES; b += TEAM) { put(X + b, scale(entry(F + b), -shift)); }
  if (lost) { vector_e = LOST; }
  settle(shift);
  refresh();
  if (here) { store_state(second); }
  sync();
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  for (var i = lane; i < N2; i += TEAM) { put(M + i, select(0.0, 1.0, i / NUM_STATES == i % NUM_STATES)); }
  for (var i = lane; i < NUM_STATES; i += TEAM) { put_e(ROW_E + i, 0); }
  sync();
  let base = slot * ELEMENT_WORDS;
  let keep = (s * params.kept_stride + lo / params.chunk_length) * ELEMENT_WORDS;
  for (var i = 0u; i < params.chunk_length; i++) {
    let t = min(lo + i, max(hi, 1u) - 1u);  // past the end, the last step again
    densities(s, t);
    let a = transition_at(s, t);
    let moving = moves(t);
    for (var at = lane; at < N2; at += TEAM) {
      let row = at / NUM_STATES * NUM_STATES;
      if (moving) { put(W + at, predicted_entry(M + row, a, at - row)); } else { put(W + at, entry(M + at)); }
    }
    sync();
    for (var row = lane; row < NUM_STATES; row += TEAM) {
      var top = NOTHING;
      var bottom = LOST;
      for (var k = 0u; k < NUM_STATES; k++) {
        let e = max(exponent_of(entry(W + row * NUM_STATES + k)) + entry_e(N + k), NOTHING);
        top = max(top, e);
        if (e > LOWEST) { bottom = min(bottom, e); }
      }
      put_e(TOP + row, top);
      put_e(D + row, bottom);
    }
    sync();
    settle_rows();
    for (var at = lane; at < N2; at += TEAM) {
      let k = at % NUM_STATES;
      put(M + at, scale(entry(W + at) * entry(F + k), entry_e(N + k) - entry_e(TOP + at / NUM_STATES)));
    }
    sync();
    if (here && lo + i + 1u == hi) {
      for (var at = lane; at < ELEMENT_WORDS; at += TEAM) {
        let row = at / ROW_WORDS;
        let k = at % ROW_WORDS;
        var word = bitcast<u32>(entry_e(ROW_E + row));
        if (k < NUM_STATES) { word = bitcast<u32>(entry(M + row * NUM_STATES + k)); }
        elements[base + at] = word;
        if ((params.flags & KEEP) != 0u) { kept[keep + at] = word; }
      }
    }
    sync();
  }
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) { multiply_elements(first, second, second, here); }
#import "hmm/combine_scaled_team.wgsl"
