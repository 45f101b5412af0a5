// kalman_filter_covariance by a team of invocations: the formulas, layout and source of kalman_filter_covariance_lane.wgsl.
// Memory   six matrices A P Z W V Y and six vectors; MEMORY_FLOATS = 6n² + 6n
// Inactive teams (here = false) take part in every barrier and store nothing.
#import "lib/gaussian_team.wgsl"
#import "lib/symmetric_team.wgsl"
#import "lib/log.wgsl"
#import "lib/precondition.wgsl"
#import "lib/filter_slots.wgsl"
#import "lib/filter_model.wgsl"
#import "lib/filter_records.wgsl"
const RECORD_FLOATS: u32 = MN;

const A: u32 = 0u;
const P: u32 = N2;
const Z: u32 = 2u * N2;      // J
const W: u32 = 3u * N2;
const V: u32 = 4u * N2;
const Y: u32 = 5u * N2;
const X: u32 = 6u * N2;
const ETA: u32 = X + STATE_DIM;
const R: u32 = X + 2u * STATE_DIM;
const T1: u32 = X + 3u * STATE_DIM;
const D: u32 = X + 4u * STATE_DIM;   // P h
const G: u32 = X + 5u * STATE_DIM;   // Aᵀh

// X, P := moments after the transition into step t; F stays in W, V is used.
fn predict(s: u32, t: u32) {
  load_parameters(W, weights_at(s, t), N2);
  product(T1, W, X, STATE_DIM, STATE_DIM, 1u);
  copy(X, T1, STATE_DIM);
  add_parameter_vector(X, params.bias_offset + t * params.bias_step + s * params.bias_series);
  product(V, W, P, STATE_DIM, STATE_DIM, STATE_DIM);
  load_parameters(P, params.noise_offset + t * params.noise_step + s * params.noise_series, N2);
  add_symmetric(P, 1.0, V, W);
}

// Conditions X, P on one entry y = hᵀz + N(0, 1), h at parameters[h], every invocation its rows; with `folding` also
// A, η, Z. Leaves the innovation and its variance.
fn update(h: u32, y: f32, folding: bool, innovation: ptr<function, f32>, spread: ptr<function, f32>) {
  var e = y;
  for (var i = 0u; i < STATE_DIM; i++) { e -= parameters[h + i] * entry(X + i); }
  for (var i = lane; i < STATE_DIM; i += TEAM) {
    var v = 0.0;
    for (var j = 0u; j < STATE_DIM; j++) { v += entry(P + i * STATE_DIM + j) * parameters[h + j]; }
    put(D + i, v);
    if (folding) {
      var g = 0.0;
      for (var j = 0u; j < STATE_DIM; j++) { g += parameters[h + j] * entry(A + j * STATE_DIM + i); }
      put(G + i, g);
    }
  }
  sync();
  var variance = 1.0;
  for (var i = 0u; i < STATE_DIM; i++) { variance += parameters[h + i] * entry(D + i); }
  let inverse = 1.0 / variance;
  for (var i = lane; i < STATE_DIM; i += TEAM) {
    let row = P + i * STATE_DIM;
    let gain = entry(D + i) * inverse;
    put(X + i, entry(X + i) + gain * e);
    var d = -gain;
    for (var j = 0u; j < STATE_DIM; j++) {
      let value = entry(row + j) - gain * entry(D + j);
      put(row + j, value);
      d += value * parameters[h + j];
    }
    d *= inverse;
    for (var j = 0u; j < STATE_DIM; j++) { put(row + j, entry(row + j) - d * entry(D + j)); }
    if (folding) {
      let g = entry(G + i) * inverse;
      put(ETA + i, entry(ETA + i) + g * e);
      for (var j = 0u; j < STATE_DIM; j++) {
        put(A + i * STATE_DIM + j, entry(A + i * STATE_DIM + j) - gain * entry(G + j));
        put(Z + i * STATE_DIM + j, entry(Z + i * STATE_DIM + j) + g * entry(G + j));
      }
    }
  }
  *innovation = e;
  *spread = variance;
  sync();
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  set_identity(A);
  fill(P, 2u * N2, 0.0);
  fill(X, 2u * STATE_DIM, 0.0);
  for (var i = 0u; i < params.chunk_length; i++) {
    let t = min(lo + i, hi - 1u);  // a team past its end repeats its last step, after its element is stored
    let is_prior = params.block_start + t == 0u;
    predict(s, t);
    product(V, W, A, STATE_DIM, STATE_DIM, STATE_DIM);
    copy(A, V, N2);
    load_state(X, P, s, is_prior);  // the prior takes the place of the transition into step 0
    if (is_prior) {
      for (var k = lane; k < N2; k += TEAM) { put(A + k, 0.0); }
    }
    mirror(P);
    let record = emission_record(s, t);
    var e = 0.0;
    var variance = 1.0;
    for (var k = 0u; k < EMISSION_DIM; k++) {
      update(record + k * STATE_DIM, observations[(s * params.block_steps + t) * EMISSION_DIM + k], true, &e, &variance);
    }
    awake = here && lo + i + 1u == hi;
    let at = slot * ELEMENT_FLOATS;
    store_elements(at, A, N2);
    store_elements(at + AT_B, X, STATE_DIM);
    store_element_factor(at + AT_U, P);
    store_elements(at + AT_ETA, ETA, STATE_DIM);
    store_element_factor(at + AT_Z, Z);
    sync();
  }
}

// From X, P of the first and element j of the second: J in Z, G in W, r in R, X := Aⱼ(x + X r) + bⱼ and, in Y,
// Ĉ = Y − (Y − X) Gᵀ, Y = C − G C. V and T1 are used.
fn condition(j: u32) {
  load_element_factor(Z, j + AT_Z);
  mirror(Z);
  load_elements(R, j + AT_ETA, STATE_DIM);
  add_product(R, -1.0, Z, X, STATE_DIM, STATE_DIM, 1u);
  product(W, P, Z, STATE_DIM, STATE_DIM, STATE_DIM);
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(W + k * STATE_DIM + k, entry(W + k * STATE_DIM + k) + 1.0); }
  copy(V, P, N2);
  solve(W, V);
  add_product(X, 1.0, V, R, STATE_DIM, STATE_DIM, 1u);
  product(W, V, Z, STATE_DIM, STATE_DIM, STATE_DIM);
  copy(Y, P, N2);
  add_product(Y, -1.0, W, P, STATE_DIM, STATE_DIM, STATE_DIM);
  for (var k = lane; k < N2; k += TEAM) { put(V + k, entry(Y + k) - entry(V + k)); }
  sync();
  add_symmetric(Y, -1.0, V, W);
  product_elements(T1, j, X, STATE_DIM, STATE_DIM, 1u);
  copy(X, T1, STATE_DIM);
  add_element_vector(X, j + AT_B);
}

// P := Aⱼ Y Aⱼᵀ + Cⱼ; V and W are used.
fn transform(j: u32) {
  load_elements(W, j, N2);
  product(V, W, Y, STATE_DIM, STATE_DIM, STATE_DIM);
  load_element_factor(P, j + AT_U);
  add_symmetric(P, 1.0, V, W);
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  let i = first * ELEMENT_FLOATS;
  let j = second * ELEMENT_FLOATS;
  awake = here;
  load_elements(X, i + AT_B, STATE_DIM);
  load_element_factor(P, i + AT_U);
  mirror(P);
  condition(j);
  // Ĵ = V + (VᵀC − Gᵀ) V in Z, V = J − J G
  copy(V, Z, N2);
  add_product(V, -1.0, Z, W, STATE_DIM, STATE_DIM, STATE_DIM);
  transpose(A, W, STATE_DIM, STATE_DIM);
  for (var k = lane; k < N2; k += TEAM) { put(A + k, -entry(A + k)); }
  sync();
  add_product_transposed(A, V, P, STATE_DIM, STATE_DIM, STATE_DIM);
  copy(Z, V, N2);
  add_product(Z, 1.0, A, V, STATE_DIM, STATE_DIM, STATE_DIM);
  // J = AᵢᵀĴ Aᵢ + Jᵢ in P
  load_elements(A, i, N2);
  product(V, Z, A, STATE_DIM, STATE_DIM, STATE_DIM);
  load_element_factor(P, i + AT_Z);
  add_product_transposed(P, A, V, STATE_DIM, STATE_DIM, STATE_DIM);
  copy(Z, P, N2);
  // B = Aᵢ − G Aᵢ in A
  product(V, W, A, STATE_DIM, STATE_DIM, STATE_DIM);
  for (var k = lane; k < N2; k += TEAM) { put(A + k, entry(A + k) - entry(V + k)); }
  sync();
  load_elements(ETA, i + AT_ETA, STATE_DIM);
  add_product_transposed(ETA, A, R, STATE_DIM, STATE_DIM, 1u);
  transform(j);
  product(V, W, A, STATE_DIM, STATE_DIM, STATE_DIM);
  store_elements(j, V, N2);
  store_elements(j + AT_B, X, STATE_DIM);
  store_element_factor(j + AT_U, P);
  store_elements(j + AT_ETA, ETA, STATE_DIM);
  store_element_factor(j + AT_Z, Z);
  sync();
}

// states[first] := states[second];  states[second] := element applied to it (the combine with Aᵢ = 0)
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  let j = element * ELEMENT_FLOATS;
  awake = here;
  load_state(X, P, second, here);
  store_state(first, X, P, here);
  mirror(P);
  condition(j);
  transform(j);
  store_state(second, X, P, here);
  sync();
}

// The Kalman filter from the state before the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  load_state(X, P, slot, here);
  mirror(P);
  for (var i = 0u; i < steps; i++) {
    let inside = here && lo + i < hi;
    let t = min(lo + i, max(hi, 1u) - 1u);
    let at = s * params.block_steps + t;
    let out = at * STATE_FLOATS;
    predict(s, t);
    // At step 0 the state before the chunk is the prior itself. Not from slot s: the last chunk may have written its carry.
    load_state(X, P, slot, inside && params.block_start + t == 0u);
    mirror(P);
    if (inside && (params.flags & WRITE_PREDICTED) != 0u) {
      for (var k = lane; k < STATE_FLOATS; k += TEAM) { predicted[out + k] = entry(record_entry(k)); }
    }
    let record = emission_record(s, t);
    var likelihood = 0.0;
    var ratio = 0.0;
    var e = 0.0;
    var variance = 1.0;
    for (var k = 0u; k < EMISSION_DIM; k++) {
      update(record + k * STATE_DIM, observations[at * EMISSION_DIM + k], false, &e, &variance);
      likelihood -= 0.5 * (e * e / variance + log_f32(variance));
      ratio = max(ratio, variance - 1.0);
    }
    if (inside && (params.flags & WRITE_FILTERED) != 0u) {
      for (var k = lane; k < STATE_FLOATS; k += TEAM) { filtered[out + k] = entry(record_entry(k)); }
    }
    if (inside && lane == 0u) { likelihoods[at] = mark_ratio(likelihood, ratio); }
    store_state(s, X, P, is_last && inside && lo + i + 1u == hi);
    sync();
  }
}

// Where entry k of a state record (mean, then lower triangle by rows) stands in memory.
fn record_entry(k: u32) -> u32 {
  if (k < STATE_DIM) { return X + k; }
  return P + triangle_entry(k - STATE_DIM);
}
