// kalman_smoother_covariance by a team of invocations: formulas, layout, source of kalman_smoother_covariance_lane.wgsl.
// Memory   six matrices and five vectors; MEMORY_FLOATS = 6n² + 5n
// Inactive teams take part in every barrier and store nothing.
#import "lib/gaussian_team.wgsl"
#import "lib/symmetric_team.wgsl"
#import "lib/smoother_layout.wgsl"
#import "lib/filtered_team.wgsl"
#import "lib/precondition.wgsl"

const E: u32 = 0u;           // E of the range
const D: u32 = N2;           // L of the range, or the covariance of the state
const LE: u32 = 2u * N2;     // E of one step
const LD: u32 = 3u * N2;     // L of one step
const W: u32 = 4u * N2;
const PHI: u32 = 5u * N2;
const G: u32 = 6u * N2;      // g of the range, or the mean of the state
const LG: u32 = G + STATE_DIM;
const T1: u32 = G + 2u * STATE_DIM;
const AHEAD: u32 = G + 3u * STATE_DIM;      // predicted variances
const AMPLIFIED: u32 = G + 4u * STATE_DIM;  // of one step: lib/precondition.wgsl

// Lower Cholesky factor in place; a pivot of rounding size becomes 0, and its column with it.
fn cholesky(a: u32) {
  for (var k = 0u; k < STATE_DIM; k++) {
    let row = a + k * STATE_DIM;
    let diagonal = entry(row + k);
    var pivot = diagonal;
    for (var j = 0u; j < k; j++) { pivot -= entry(row + j) * entry(row + j); }
    let root = select(0.0, sqrt(max(pivot, 0.0)), pivot > VANISHING * diagonal);
    for (var i = k + 1u + lane; i < STATE_DIM; i += TEAM) {
      var sum = entry(a + i * STATE_DIM + k);
      for (var j = 0u; j < k; j++) { sum -= entry(a + i * STATE_DIM + j) * entry(row + j); }
      put(a + i * STATE_DIM + k, select(sum / root, 0.0, root == 0.0));
    }
    sync();
    if (lane == 0u) { put(row + k, root); }
  }
  sync();
}

// X := Wᵀ Φ⁻ᵀ, row by row; a zero pivot gives a zero column
fn solve_rows_forward(x: u32, w: u32, phi: u32) {
  for (var i = lane; i < STATE_DIM; i += TEAM) {
    for (var k = 0u; k < STATE_DIM; k++) {
      var value = entry(w + k * STATE_DIM + i);
      for (var j = 0u; j < k; j++) { value -= entry(x + i * STATE_DIM + j) * entry(phi + k * STATE_DIM + j); }
      let pivot = entry(phi + k * STATE_DIM + k);
      put(x + i * STATE_DIM + k, select(value / pivot, 0.0, pivot == 0.0));
    }
  }
  sync();
}

// The element of one step in LE, LG, LD. W, PHI, T1 are used.
fn backward(s: u32, t: u32) {
  let at = (s * params.block_steps + t) * STATE_FLOATS;
  let is_end = params.block_start + t + 1u >= indices[s];
  let f = params.weights_offset + (t + 1u) * params.weights_step + s * params.weights_series;
  let q = params.noise_offset + (t + 1u) * params.noise_step + s * params.noise_series;
  load_filtered(at, true);
  mirror(LD);
  product_parameters(T1, f, LG, STATE_DIM, STATE_DIM, 1u);
  add_parameter_vector(T1, params.bias_offset + (t + 1u) * params.bias_step + s * params.bias_series);
  load_parameters(LE, f, N2);
  product(W, LE, LD, STATE_DIM, STATE_DIM, STATE_DIM);
  load_parameters(PHI, q, N2);
  add_symmetric(PHI, 1.0, W, LE);
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(AHEAD + k, entry(PHI + k * STATE_DIM + k)); }
  cholesky(PHI);
  solve_rows_forward(LE, W, PHI);
  solve_rows_back(LE, PHI);
  for (var i = lane; i < STATE_DIM; i += TEAM) {
    var reach = 0.0;
    for (var k = 0u; k < STATE_DIM; k++) { reach += entry(LE + i * STATE_DIM + k) * entry(LE + i * STATE_DIM + k) * entry(AHEAD + k); }
    let variance = entry(LD + i * STATE_DIM + i);
    put(AMPLIFIED + i, select(reach / variance, 0.0, variance <= 0.0));
  }
  add_product(LG, -1.0, LE, T1, STATE_DIM, STATE_DIM, 1u);
  // M = P − E F P;  L = M − (M Fᵀ − E Q) Eᵀ
  add_product(LD, -1.0, LE, W, STATE_DIM, STATE_DIM, STATE_DIM);
  for (var k = lane; k < N2; k += TEAM) {
    let row = (k / STATE_DIM) * STATE_DIM;
    let column = k % STATE_DIM;
    var sum = 0.0;
    for (var o = 0u; o < STATE_DIM; o++) {
      sum += entry(LD + row + o) * parameters[f + column * STATE_DIM + o] - entry(LE + row + o) * parameters[q + o * STATE_DIM + column];
    }
    put(W + k, sum);
  }
  sync();
  add_symmetric(LD, -1.0, W, LE);
  load_filtered(at, is_end);  // the last step of a series: E = 0, g and L are the filtered moments
  if (is_end) {
    for (var k = lane; k < N2; k += TEAM) { put(LE + k, 0.0); }
    for (var k = lane; k < STATE_DIM; k += TEAM) { put(AMPLIFIED + k, 0.0); }
  }
  sync();
}

// G := LE G + LG
fn advance_mean() {
  product(T1, LE, G, STATE_DIM, STATE_DIM, 1u);
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(G + k, entry(T1 + k) + entry(LG + k)); }
  sync();
}

// D := LE D LEᵀ + LD; LE D stays in W.
fn advance_covariance() {
  product(W, LE, D, STATE_DIM, STATE_DIM, STATE_DIM);
  copy(D, LD, N2);
  add_symmetric(D, 1.0, W, LE);
}

fn store_element(slot: u32) {
  let at = slot * ELEMENT_FLOATS;
  store_elements(at, E, N2);
  store_elements(at + AT_G, G, STATE_DIM);
  store_element_factor(at + AT_D, D);
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  set_identity(E);
  fill(D, N2, 0.0);
  fill(G, STATE_DIM, 0.0);
  for (var i = 0u; i < params.chunk_length; i++) {
    backward(s, max(hi - min(i, hi), lo + 1u) - 1u);
    advance_covariance();
    product(W, LE, E, STATE_DIM, STATE_DIM, STATE_DIM);
    copy(E, W, N2);
    advance_mean();
    awake = here && lo + i + 1u == hi;
    store_element(slot);
    sync();
  }
}

// elements[second] := elements[second] ⊗ elements[first]: first in scan order is the later in time
fn element_combine(first: u32, second: u32, here: bool) {
  let j = first * ELEMENT_FLOATS;
  let i = second * ELEMENT_FLOATS;
  awake = here;
  load_elements(LE, i, N2);
  load_elements(LG, i + AT_G, STATE_DIM);
  load_element_factor(LD, i + AT_D);
  load_elements(E, j, N2);
  load_elements(G, j + AT_G, STATE_DIM);
  load_element_factor(D, j + AT_D);
  mirror(D);
  advance_covariance();
  advance_mean();
  product(W, LE, E, STATE_DIM, STATE_DIM, STATE_DIM);
  copy(E, W, N2);
  store_element(second);
  sync();
}

// states[first] := states[second];  states[second] := E z + g, E P Eᵀ + L
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  let i = element * ELEMENT_FLOATS;
  awake = here;
  load_state(G, D, second, here);
  store_state(first, G, D, here);
  mirror(D);
  load_elements(LE, i, N2);
  load_elements(LG, i + AT_G, STATE_DIM);
  load_element_factor(LD, i + AT_D);
  advance_covariance();
  advance_mean();
  store_state(second, G, D, here);
  sync();
}

// The Rauch–Tung–Striebel recursion from the state after the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  load_state(G, D, slot, here);
  mirror(D);
  for (var i = 0u; i < steps; i++) {
    let inside = here && lo + i < hi;
    let t = max(hi - min(i, hi), lo + 1u) - 1u;
    let at = s * params.block_steps + t;
    backward(s, t);
    advance_covariance();
    if (inside && (params.flags & WRITE_CROSS) != 0u) {
      for (var k = lane; k < N2; k += TEAM) { cross[at * N2 + k] = entry(W + k); }
    }
    advance_mean();
    if (inside) {
      for (var k = lane; k < STATE_DIM; k += TEAM) { smoothed[at * STATE_FLOATS + k] = entry(G + k); }
      for (var k = lane; k < TRIANGLE; k += TEAM) { smoothed[at * STATE_FLOATS + STATE_DIM + k] = entry(D + triangle_entry(k)); }
      if (lane == 0u) {
        var most = 0.0;
        for (var k = 0u; k < STATE_DIM; k++) { most = max(most, entry(AMPLIFIED + k)); }
        smoothed[at * STATE_FLOATS + STATE_DIM] = mark_amplified(entry(D), most);
      }
    }
    store_state(s, G, D, is_last && inside && i + 1u == hi - lo);
    sync();
  }
}
