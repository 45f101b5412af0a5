// kalman_smoother by a team of invocations: the formulas, layout and source of kalman_smoother_lane.wgsl.
// Memory   six matrices, two of them with a row more, and three vectors; MEMORY_FLOATS = 6n² + 5n
// Inactive teams take part in every barrier and store nothing.
#import "lib/gaussian_team.wgsl"
#import "lib/whiten.wgsl"
#import "lib/whiten_team.wgsl"
#import "lib/smoother_layout.wgsl"
#import "lib/filtered_team.wgsl"
const TOLERANCE: f32 = 2.4e-7;  // relative to its row, a pivot of the predicted factor that counts as zero

const E: u32 = 0u;           // E of the range
const D: u32 = N2;           // D of the range, or the factor of the state
const LE: u32 = 2u * N2;     // E of one step
const LD: u32 = LE + NEXT_N;   // D of one step, then w
const W: u32 = LD + NEXT_N;
const PHI: u32 = W + N2;
const G: u32 = PHI + N2;     // g of the range, or the mean of the state
const LG: u32 = G + STATE_DIM;
const T1: u32 = G + 2u * STATE_DIM;

// The element of one step in LE, LG, LD. W, PHI, T1 are used.
fn backward(s: u32, t: u32) {
  let at = (s * params.block_steps + t) * STATE_FLOATS;
  let is_end = params.block_start + t + 1u >= indices[s];
  let f = params.weights_offset + (t + 1u) * params.weights_step + s * params.weights_series;
  load_filtered(at, true);
  whiten_mean(LG, LD, MOST_DEVIATIONS);
  product_parameters(T1, f, LG, STATE_DIM, STATE_DIM, 1u);
  add_parameter_vector(T1, params.bias_offset + (t + 1u) * params.bias_step + s * params.bias_series);
  product_parameters(W, f, LD, STATE_DIM, STATE_DIM, STATE_DIM);
  load_parameters(PHI, params.noise_offset + (t + 1u) * params.noise_step + s * params.noise_series, N2);
  arrow(PHI, W, LE, LD, STATE_DIM, STATE_DIM, NEXT, NEXT, TOLERANCE);
  solve_rows_back(LE, PHI);
  add_product(LG, 1.0, LD, LD + N2, STATE_DIM, STATE_DIM, 1u);
  add_product(LG, -1.0, LE, T1, STATE_DIM, STATE_DIM, 1u);
  load_filtered(at, is_end);  // the last step of a series: E = 0, g and D are the filtered moments
  if (is_end) {
    for (var k = lane; k < N2; k += TEAM) { put(LE + k, 0.0); }
  }
  sync();
}

// G := LE G + LG
fn advance_mean() {
  product(T1, LE, G, STATE_DIM, STATE_DIM, 1u);
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(G + k, entry(T1 + k) + entry(LG + k)); }
  sync();
}

// D := tria[LD, LE D]
fn advance_factor() {
  product(W, LE, D, STATE_DIM, STATE_DIM, STATE_DIM);
  copy(D, LD, N2);
  arrow_top(D, W, STATE_DIM, STATE_DIM, STATE_DIM);
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
    advance_factor();
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
  advance_factor();
  advance_mean();
  product(W, LE, E, STATE_DIM, STATE_DIM, STATE_DIM);
  copy(E, W, N2);
  store_element(second);
  sync();
}

// states[first] := states[second];  states[second] := E z + g, tria[D, E U]
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  let i = element * ELEMENT_FLOATS;
  awake = here;
  load_state(G, D, second, here);
  store_state(first, G, D, here);
  load_elements(LE, i, N2);
  load_elements(LG, i + AT_G, STATE_DIM);
  load_element_factor(LD, i + AT_D);
  advance_factor();
  advance_mean();
  store_state(second, G, D, here);
  sync();
}

// The square root Rauch–Tung–Striebel recursion from the state after the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  load_state(G, D, slot, here);
  for (var i = 0u; i < steps; i++) {
    let inside = here && lo + i < hi;
    let t = max(hi - min(i, hi), lo + 1u) - 1u;
    let at = s * params.block_steps + t;
    backward(s, t);
    if (inside && (params.flags & WRITE_CROSS) != 0u) {  // E P = (E U) Uᵀ
      for (var k = lane; k < N2; k += TEAM) {
        let row = k / STATE_DIM;
        let column = k % STATE_DIM;
        var sum = 0.0;
        for (var l = 0u; l <= column; l++) {
          var eu = 0.0;  // (E U) at row, l
          for (var j = l; j < STATE_DIM; j++) { eu += entry(LE + row * STATE_DIM + j) * entry(D + j * STATE_DIM + l); }
          sum += eu * entry(D + column * STATE_DIM + l);
        }
        cross[at * N2 + k] = sum;
      }
    }
    advance_factor();
    advance_mean();
    if (inside) {
      for (var k = lane; k < STATE_DIM; k += TEAM) { smoothed[at * STATE_FLOATS + k] = entry(G + k); }
      for (var k = lane; k < TRIANGLE; k += TEAM) { smoothed[at * STATE_FLOATS + STATE_DIM + k] = entry(D + triangle_entry(k)); }
    }
    store_state(s, G, D, is_last && inside && i + 1u == hi - lo);
    sync();
  }
}
