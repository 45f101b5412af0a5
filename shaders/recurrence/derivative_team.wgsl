// recurrence/derivative_lane.wgsl by a team: LA := J_t, LB := what comes in.
fn load_given(s: u32, t: u32) {
  load_step(s, t);
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(LB + k, next[(s * params.block_steps + t) * STATE_DIM + k]); }
  sync();
}

// X := X + LB
fn take_in() {
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(X + k, entry(X + k) + entry(LB + k)); }
  sync();
}

// X := LA' X
fn advance_back() {
  product_transposed(T1, LA, X, STATE_DIM, STATE_DIM, 1u);
  copy(X, T1, STATE_DIM);
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  set_identity(A);
  fill(X, STATE_DIM, 0.0);
  for (var i = 0u; i < params.chunk_length; i++) {
    let k = min(i, hi - lo - 1u);  // past the end, the last step again
    load_given(s, select(lo + k, hi - 1u - k, params.reverse == 1u));
    if (params.reverse == 1u) {
      product_transposed(W, LA, A, STATE_DIM, STATE_DIM, STATE_DIM);
      copy(A, W, N2);
      take_in();
      advance_back();
    } else {
      multiply();
      advance();
    }
    awake = here && lo + i + 1u == hi;
    store_element(slot);
    sync();
  }
}

fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (here) {
    for (var k = lane; k < STATE_DIM; k += TEAM) { put(X + k, states[slot * STATE_FLOATS + k]); }
  }
  sync();
  for (var i = 0u; i < steps; i++) {
    let inside = here && lo + i < hi;
    let k = min(i, max(hi - lo, 1u) - 1u);
    let t = select(lo + k, max(hi, 1u) - 1u - k, params.reverse == 1u);
    load_given(s, t);
    if (params.reverse == 1u) { take_in(); } else { advance(); }
    if (inside) {
      for (var k = lane; k < STATE_DIM; k += TEAM) { next[(s * params.block_steps + t) * STATE_DIM + k] = entry(X + k); }
    }
    if (params.reverse == 1u) { advance_back(); }
    if (inside && is_last && lo + i + 1u == hi) {
      for (var k = lane; k < STATE_DIM; k += TEAM) { states[s * STATE_FLOATS + k] = entry(X + k); }
    }
    sync();
  }
}
