// The element of the filter, by a team: its memory, predict, update, the fold of a chunk, the combine.
// Formulas: elements/kalman_filter_lane.wgsl.
// Memory   six matrices A U Z W V S and five vectors; WIDEST = max(n, m), 3n² + 2n·WIDEST + m² + 5 WIDEST floats
// Inactive teams (here = false) take part in every barrier and store nothing.
#import "lib/gaussian_team.wgsl"
#import "lib/likelihood.wgsl"
#import "lib/filter_slots.wgsl"
#import "lib/filter_model.wgsl"
const M2: u32 = EMISSION_DIM * EMISSION_DIM;
const RECORD_FLOATS: u32 = MN + M2;  // H, then Lr

const A: u32 = 0u;
const U: u32 = N2;
const Z: u32 = 2u * N2;
const W: u32 = 3u * N2;
const V: u32 = 3u * N2 + STATE_DIM * WIDEST;
const S: u32 = 3u * N2 + 2u * STATE_DIM * WIDEST;
const X: u32 = S + M2;
const ETA: u32 = X + WIDEST;
const E: u32 = X + 2u * WIDEST;
const T1: u32 = X + 3u * WIDEST;
const T2: u32 = X + 4u * WIDEST;
const OWN: u32 = X + 5u * WIDEST;  // what an element needs beyond

// X, U := moments after the transition into step t; V is used.
fn predict(s: u32, t: u32) {
  let f = weights_at(s, t);
  product_parameters(T1, f, X, STATE_DIM, STATE_DIM, 1u);
  copy(X, T1, STATE_DIM);
  add_parameter_vector(X, params.bias_offset + t * params.bias_step + s * params.bias_series);
  product_parameters(V, f, U, STATE_DIM, STATE_DIM, STATE_DIM);
  load_parameters(U, params.noise_offset + t * params.noise_step + s * params.noise_series, N2);
  arrow_top(U, V, STATE_DIM, STATE_DIM);
}

// Conditions X, U on y_t; leaves the factor of the innovation covariance in S, the gain in V [n, m], e in E; W is used.
fn update(s: u32, t: u32, record: u32) {
  product_parameters(E, record, X, EMISSION_DIM, STATE_DIM, 1u);
  product_parameters(W, record, U, EMISSION_DIM, STATE_DIM, STATE_DIM);
  load_parameters(S, record + MN, M2);
  arrow(S, W, V, U, EMISSION_DIM, STATE_DIM, STATE_DIM, NO_TOLERANCE);
  if (lane == 0u) {
    let at = (s * params.block_steps + t) * EMISSION_DIM;
    for (var i = 0u; i < EMISSION_DIM; i++) {
      var residual = observations[at + i] - entry(E + i);
      for (var j = 0u; j < i; j++) { residual -= entry(S + i * EMISSION_DIM + j) * entry(E + j); }
      put(E + i, divide(residual, entry(S + i * EMISSION_DIM + i)));
    }
  }
  sync();
  add_product(X, 1.0, V, E, STATE_DIM, EMISSION_DIM, 1u);
}

// X U A ETA Z := the identity
fn set_identity_element() {
  set_identity(A);
  fill(U, 2u * N2, 0.0);
  fill(X, 2u * WIDEST, 0.0);
}

// One more step at the end of A X U ETA Z. W, V, S, E, T1 are used.
fn fold_step(s: u32, t: u32, is_prior: bool) {
  predict(s, t);
  product_parameters(W, weights_at(s, t), A, STATE_DIM, STATE_DIM, STATE_DIM);
  copy(A, W, N2);
  load_state(X, U, s, is_prior);  // the prior takes the place of the transition into step 0
  if (is_prior) {
    for (var k = lane; k < N2; k += TEAM) { put(A + k, 0.0); }
  }
  sync();
  let record = emission_record(s, t);
  update(s, t, record);
  // W := G = S⁻¹ H A by columns; A −= V G; η += Gᵀe; Z = tria[Z, Gᵀ]
  product_parameters(W, record, A, EMISSION_DIM, STATE_DIM, STATE_DIM);
  for (var j = lane; j < STATE_DIM; j += TEAM) {
    for (var k = 0u; k < EMISSION_DIM; k++) {
      var value = entry(W + k * STATE_DIM + j);
      for (var l = 0u; l < k; l++) { value -= entry(S + k * EMISSION_DIM + l) * entry(W + l * STATE_DIM + j); }
      put(W + k * STATE_DIM + j, divide(value, entry(S + k * EMISSION_DIM + k)));
    }
  }
  sync();
  add_product(A, -1.0, V, W, STATE_DIM, EMISSION_DIM, STATE_DIM);
  add_product_transposed(ETA, W, E, STATE_DIM, EMISSION_DIM, 1u);
  transpose(V, W, EMISSION_DIM, STATE_DIM);
  arrow_top(Z, V, STATE_DIM, EMISSION_DIM);
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  set_identity_element();
  for (var i = 0u; i < params.chunk_length; i++) {
    let t = min(lo + i, hi - 1u);  // a team past its end repeats its last step, after its element is stored
    fold_step(s, t, params.block_start + t == 0u);
    awake = here && lo + i + 1u == hi;
    store_element(slot);
    sync();
  }
}

fn store_element(slot: u32) {
  let at = slot * ELEMENT_FLOATS;
  store_elements(at, A, N2);
  store_elements(at + AT_B, X, STATE_DIM);
  store_element_factor(at + AT_U, U);
  store_elements(at + AT_ETA, ETA, STATE_DIM);
  store_element_factor(at + AT_Z, Z);
}

// With X, U of the earlier, and η, Z of the later in T2 and at y: T2 := r, U := T, Ξ at xi. With rows = n the lower rows
// follow: the formula's X in V and Y at y. T1 and W are used.
fn condition(xi: u32, y: u32, rows: u32) {
  product_transposed(T1, y, X, STATE_DIM, STATE_DIM, 1u);
  add_product(T2, -1.0, y, T1, STATE_DIM, STATE_DIM, 1u);
  product_transposed(W, U, y, STATE_DIM, STATE_DIM, STATE_DIM);
  set_identity(xi);
  arrow(xi, W, V, y, STATE_DIM, STATE_DIM, rows, NO_TOLERANCE);
  solve_rows(U, xi);
}

// After condition(), with A of the earlier: A := B = A − T(XᵀA), V := AᵀY. W is used.
fn weigh(y: u32) {
  product_transposed(W, V, A, STATE_DIM, STATE_DIM, STATE_DIM);
  product_transposed(V, A, y, STATE_DIM, STATE_DIM, STATE_DIM);
  add_product(A, -1.0, U, W, STATE_DIM, STATE_DIM, STATE_DIM);
}

// After weigh(), with η, Z of the earlier in ETA, Z: those of both.
fn pull_back() {
  arrow_top(Z, V, STATE_DIM, STATE_DIM);
  add_product_transposed(ETA, A, T2, STATE_DIM, STATE_DIM, 1u);
}

// Element i before the likelihood in T2 and Z: A := B, ETA and Z := its likelihood; X, U := bᵢ, T. All of it is used.
fn precede(i: u32) {
  load_elements(X, i + AT_B, STATE_DIM);
  load_element_factor(U, i + AT_U);
  condition(A, Z, STATE_DIM);
  load_elements(A, i, N2);
  weigh(Z);
  load_element_factor(Z, i + AT_Z);
  load_elements(ETA, i + AT_ETA, STATE_DIM);
  pull_back();
}

// After condition(): X := Aⱼ(x + T Tᵀr) + bⱼ, U := tria[Uⱼ, AⱼT]. T1 and V are used.
fn advance(j: u32) {
  product_transposed(T1, U, T2, STATE_DIM, STATE_DIM, 1u);
  add_product(X, 1.0, U, T1, STATE_DIM, STATE_DIM, 1u);
  product_elements(T1, j, X, STATE_DIM, STATE_DIM, 1u);
  copy(X, T1, STATE_DIM);
  add_element_vector(X, j + AT_B);
  product_elements(V, j, U, STATE_DIM, STATE_DIM, STATE_DIM);
  load_element_factor(U, j + AT_U);
  arrow_top(U, V, STATE_DIM, STATE_DIM);
}

// elements[result] := elements[earlier] ⊗ elements[later]
fn combine(earlier: u32, later: u32, result: u32, here: bool) {
  let j = later * ELEMENT_FLOATS;
  awake = here;
  load_elements(T2, j + AT_ETA, STATE_DIM);
  load_element_factor(Z, j + AT_Z);
  precede(earlier * ELEMENT_FLOATS);
  advance(j);
  product_elements(W, j, A, STATE_DIM, STATE_DIM, STATE_DIM);
  copy(A, W, N2);
  store_element(result);
  sync();
}

// Where entry k of a state record (mean, then lower triangle by rows) stands in memory.
fn record_entry(k: u32) -> u32 {
  if (k < STATE_DIM) { return X + k; }
  return U + triangle_entry(k - STATE_DIM);
}
