// The element of the filter, by a team: its memory, predict, update, the fold of a chunk, the combine.
// Formulas: elements/kalman_filter_lane.wgsl.
// Memory   A, [U; wᵀ], [Z; hᵀ], W, V, S and four vectors; WIDEST = max(n, m), 3n² + 2n + 2(n + 1)·WIDEST + m² + 4 WIDEST floats
// Inactive teams (here = false) take part in every barrier and store nothing.
#import "lib/gaussian_team.wgsl"
#import "lib/likelihood.wgsl"
#import "lib/whiten.wgsl"
#import "lib/whiten_team.wgsl"
#import "lib/filter_slots.wgsl"
#import "lib/filter_model.wgsl"
const M2: u32 = EMISSION_DIM * EMISSION_DIM;
const RECORD_FLOATS: u32 = MN + M2;  // H, then Lr

const A: u32 = 0u;
const U: u32 = N2;                       // then w
const Z: u32 = U + NEXT_N;               // then h
const W: u32 = Z + NEXT_N;
const V: u32 = W + NEXT * WIDEST;
const S: u32 = V + NEXT * WIDEST;
const X: u32 = S + M2;
const E: u32 = X + WIDEST;
const T1: u32 = X + 2u * WIDEST;
const T2: u32 = X + 3u * WIDEST;
const OWN: u32 = X + 4u * WIDEST;        // what an element needs beyond

// X, U := moments after the transition into step t; V is used.
fn predict(s: u32, t: u32) {
  let f = weights_at(s, t);
  product_parameters(T1, f, X, STATE_DIM, STATE_DIM, 1u);
  copy(X, T1, STATE_DIM);
  add_parameter_vector(X, params.bias_offset + t * params.bias_step + s * params.bias_series);
  product_parameters(V, f, U, STATE_DIM, STATE_DIM, STATE_DIM);
  load_parameters(U, params.noise_offset + t * params.noise_step + s * params.noise_series, N2);
  arrow_top(U, V, STATE_DIM, STATE_DIM, STATE_DIM);
}

// Conditions X, U on y_t; leaves the factor of the innovation covariance in S, the gain in V [n, m], e in E; W is used.
fn update(s: u32, t: u32, record: u32) {
  product_parameters(W, record, U, EMISSION_DIM, STATE_DIM, STATE_DIM);
  load_parameters(S, record + MN, M2);
  var limit = -1.0;
  for (var i = 0u; i < EMISSION_DIM; i++) {
    var total = 0.0;
    for (var j = 0u; j < STATE_DIM; j++) { total += entry(W + i * STATE_DIM + j) * entry(W + i * STATE_DIM + j); }
    let noise = entry(S + i * EMISSION_DIM + i);
    if (total > WIDE * noise * noise) { limit = MOST_DEVIATIONS; }
  }
  whiten_mean(X, U, limit);
  product_parameters(E, record, X, EMISSION_DIM, STATE_DIM, 1u);
  arrow(S, W, V, U, EMISSION_DIM, STATE_DIM, NEXT, NEXT, NO_TOLERANCE);
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
  add_product(X, 1.0, U, U + N2, STATE_DIM, STATE_DIM, 1u);
  for (var k = lane; k < EMISSION_DIM; k += TEAM) { put(E + k, entry(E + k) - entry(V + MN + k)); }
  sync();
}

// A X U [Z; hᵀ] := the identity
fn set_identity_element() {
  set_identity(A);
  fill(U, 2u * NEXT_N, 0.0);
  fill(X, WIDEST, 0.0);
}

// One more step at the end of A X U [Z; hᵀ]. W, V, S, E, T1 are used.
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
  // W := G = S⁻¹ H A by columns; A −= V G; [Z; hᵀ] = tria[Z, Gᵀ; hᵀ, eᵀ]
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
  transpose(V, W, EMISSION_DIM, STATE_DIM);
  copy(V + MN, E, EMISSION_DIM);
  arrow_top(Z, V, STATE_DIM, EMISSION_DIM, NEXT);
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
  store_elements(at + AT_ETA, Z + N2, STATE_DIM);
  store_element_factor(at + AT_Z, Z);
}

// [Z; hᵀ] := the likelihood of the element at `at`
fn load_likelihood(at: u32) {
  load_element_factor(Z, at + AT_Z);
  load_elements(Z + N2, at + AT_ETA, STATE_DIM);
}

// X, U given the likelihood z, h: X := the mean, U := T, Ξ at xi, h := h̃, W is used. See lib/filter_element_lane.wgsl.
// With rows = n + 1, h must follow z; the formula's [X; μᵀ] is left in V and [Y; ρᵀ] at z. With rows = 1, z is left as it was.
fn condition(xi: u32, z: u32, h: u32, rows: u32) {
  let mu = V + (rows - 1u) * STATE_DIM;
  whiten_mean(X, U, MOST_DEVIATIONS);
  copy(mu, U + N2, STATE_DIM);
  product_transposed(T1, z, X, STATE_DIM, STATE_DIM, 1u);
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(h + k, entry(h + k) - entry(T1 + k)); }
  product_transposed(W, U, z, STATE_DIM, STATE_DIM, STATE_DIM);
  set_identity(xi);
  arrow(xi, W, V, h - (rows - 1u) * STATE_DIM, STATE_DIM, STATE_DIM, rows, rows - 1u, NO_TOLERANCE);
  solve_rows(U, xi);
  add_product(X, 1.0, U, mu, STATE_DIM, STATE_DIM, 1u);
}

// After condition() of all rows, with A of the earlier: A := B = A − T(XᵀA), V := [AᵀY; ρᵀ]. W is used.
fn weigh(z: u32) {
  product_transposed(W, V, A, STATE_DIM, STATE_DIM, STATE_DIM);
  product_transposed(V, A, z, STATE_DIM, STATE_DIM, STATE_DIM);
  copy(V + N2, z + N2, STATE_DIM);
  add_product(A, -1.0, U, W, STATE_DIM, STATE_DIM, STATE_DIM);
}

// After weigh(), with the likelihood of the earlier in Z: that of both.
fn pull_back() { arrow_top(Z, V, STATE_DIM, STATE_DIM, NEXT); }

// Element i before the likelihood in Z: A := B, Z := the likelihood of both; X, U := bᵢ given it, T. All of it is used.
fn precede(i: u32) {
  load_elements(X, i + AT_B, STATE_DIM);
  load_element_factor(U, i + AT_U);
  condition(A, Z, Z + N2, NEXT);
  load_elements(A, i, N2);
  weigh(Z);
  load_likelihood(i);
  pull_back();
}

// X := Aⱼ X + bⱼ, U := tria[Uⱼ, AⱼU]. T1 and V are used.
fn advance(j: u32) {
  product_elements(T1, j, X, STATE_DIM, STATE_DIM, 1u);
  copy(X, T1, STATE_DIM);
  add_element_vector(X, j + AT_B);
  product_elements(V, j, U, STATE_DIM, STATE_DIM, STATE_DIM);
  load_element_factor(U, j + AT_U);
  arrow_top(U, V, STATE_DIM, STATE_DIM, STATE_DIM);
}

// elements[result] := elements[earlier] ⊗ elements[later]
fn combine(earlier: u32, later: u32, result: u32, here: bool) {
  let j = later * ELEMENT_FLOATS;
  awake = here;
  load_likelihood(j);
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
