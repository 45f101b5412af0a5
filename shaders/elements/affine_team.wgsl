// affine by a team of invocations: the formulas, layout and source of affine_lane.wgsl.
// Memory   three matrices and three vectors; MEMORY_FLOATS = 3n² + 3n
#import "lib/matrix_team.wgsl"
const ELEMENT_FLOATS: u32 = N2 + STATE_DIM;
const STATE_FLOATS: u32 = STATE_DIM;
const A: u32 = 0u;
const LA: u32 = N2;
const W: u32 = 2u * N2;
const X: u32 = 3u * N2;
const LB: u32 = X + STATE_DIM;
const T1: u32 = X + 2u * STATE_DIM;

@group(0) @binding(3) var<storage, read> biases: array<f32>;
@group(0) @binding(6) var<storage, read_write> outputs: array<f32>;        // [N, steps, n]

// X := LA X + LB
fn advance() {
  product(T1, LA, X, STATE_DIM, STATE_DIM, 1u);
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(X + k, entry(T1 + k) + entry(LB + k)); }
  sync();
}

fn load_step(s: u32, t: u32) {
  let at = params.bias_offset + t * params.bias_step + s * params.bias_series;
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(LB + k, biases[at + k]); }
  load_parameters(LA, params.weights_offset + t * params.weights_step + s * params.weights_series, N2);
}

fn store_element(slot: u32) {
  store_elements(slot * ELEMENT_FLOATS, A, N2);
  store_elements(slot * ELEMENT_FLOATS + N2, X, STATE_DIM);
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  set_identity(A);
  fill(X, STATE_DIM, 0.0);
  for (var i = 0u; i < params.chunk_length; i++) {
    let k = min(i, hi - lo - 1u);  // past the end, the last step again
    load_step(s, select(lo + k, hi - 1u - k, params.reverse == 1u));
    product(W, LA, A, STATE_DIM, STATE_DIM, STATE_DIM);
    copy(A, W, N2);
    advance();
    awake = here && lo + i + 1u == hi;
    store_element(slot);
    sync();
  }
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  awake = here;
  load_elements(A, first * ELEMENT_FLOATS, N2);
  load_elements(X, first * ELEMENT_FLOATS + N2, STATE_DIM);
  load_elements(LA, second * ELEMENT_FLOATS, N2);
  load_elements(LB, second * ELEMENT_FLOATS + N2, STATE_DIM);
  product(W, LA, A, STATE_DIM, STATE_DIM, STATE_DIM);
  copy(A, W, N2);
  advance();
  store_element(second);
  sync();
}

// states[first] := states[second];  states[second] := A z + b
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  awake = here;
  if (here) {
    for (var k = lane; k < STATE_DIM; k += TEAM) {
      let value = states[second * STATE_DIM + k];
      states[first * STATE_DIM + k] = value;
      put(X + k, value);
    }
  }
  load_elements(LA, element * ELEMENT_FLOATS, N2);
  load_elements(LB, element * ELEMENT_FLOATS + N2, STATE_DIM);
  advance();
  if (here) {
    for (var k = lane; k < STATE_DIM; k += TEAM) { states[second * STATE_DIM + k] = entry(X + k); }
  }
  sync();
}

fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (here) {
    for (var k = lane; k < STATE_DIM; k += TEAM) { put(X + k, states[slot * STATE_DIM + k]); }
  }
  sync();
  for (var i = 0u; i < steps; i++) {
    let inside = here && lo + i < hi;
    let k = min(i, max(hi - lo, 1u) - 1u);
    let t = select(lo + k, max(hi, 1u) - 1u - k, params.reverse == 1u);
    load_step(s, t);
    advance();
    if (inside) {
      for (var k = lane; k < STATE_DIM; k += TEAM) { outputs[(s * params.block_steps + t) * STATE_DIM + k] = entry(X + k); }
      if (is_last && lo + i + 1u == hi) {
        for (var k = lane; k < STATE_DIM; k += TEAM) { states[s * STATE_DIM + k] = entry(X + k); }
      }
    }
    sync();
  }
}
