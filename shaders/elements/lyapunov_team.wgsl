// lyapunov by a team of invocations: the formulas, layout and source of lyapunov_lane.wgsl.
// Memory   three matrices and five vectors; MEMORY_FLOATS = 3n² + 5n
#import "lib/matrix_team.wgsl"
const ELEMENT_FLOATS: u32 = N2 + 1u;
const STATE_FLOATS: u32 = STATE_DIM + 1u;
const A: u32 = 0u;
const LA: u32 = N2;
const W: u32 = 2u * N2;
const X: u32 = 3u * N2;
const LB: u32 = X + STATE_DIM;
const T1: u32 = X + 2u * STATE_DIM;
const XS: u32 = X + 3u * STATE_DIM;
#import "recurrence/trajectory_team.wgsl"
#import "recurrence/scale.wgsl"

var<private> exponent: f32;

// Scales `count` entries; adds what was taken out to the exponent.
fn rescale(target_at: u32, a: u32, count: u32) {
  var peak = 0.0;
  for (var i = 0u; i < count; i++) { peak = max(peak, abs(tame(entry(a + i)))); }
  let e = exponent_of(peak);
  for (var i = lane; i < count; i += TEAM) { put(target_at + i, tame(entry(a + i)) * power(-e)); }
  exponent += f32(e);
  sync();
}

// A := LA A
fn multiply() {
  product(W, LA, A, STATE_DIM, STATE_DIM, STATE_DIM);
  rescale(A, W, N2);
}

// X := LA X
fn push() {
  product(T1, LA, X, STATE_DIM, STATE_DIM, 1u);
  rescale(X, T1, STATE_DIM);
}

fn store_element(slot: u32) {
  store_elements(slot * ELEMENT_FLOATS, A, N2);
  if (awake && lane == 0u) { elements[(slot + 1u) * ELEMENT_FLOATS - 1u] = exponent; }
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  set_identity(A);
  exponent = 0.0;
  for (var i = 0u; i < params.chunk_length; i++) {
    load_step(s, lo + min(i, hi - lo - 1u));
    multiply();
    awake = here && lo + i + 1u == hi;
    store_element(slot);
    sync();
  }
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  awake = here;
  exponent = 0.0;
  load_elements(A, first * ELEMENT_FLOATS, N2);
  load_elements(LA, second * ELEMENT_FLOATS, N2);
  if (here) { exponent = elements[(first + 1u) * ELEMENT_FLOATS - 1u] + elements[(second + 1u) * ELEMENT_FLOATS - 1u]; }
  multiply();
  store_element(second);
  sync();
}

// states[first] := states[second];  states[second] := M v
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  awake = here;
  exponent = 0.0;
  if (here) {
    exponent = states[(second + 1u) * STATE_FLOATS - 1u];
    for (var k = lane; k < STATE_DIM; k += TEAM) { put(X + k, states[second * STATE_FLOATS + k]); }
  }
  sync();
  state_copy(second, first, here);
  load_elements(LA, element * ELEMENT_FLOATS, N2);
  if (here) { exponent += elements[(element + 1u) * ELEMENT_FLOATS - 1u]; }
  push();
  if (here) {
    for (var k = lane; k < STATE_DIM; k += TEAM) { states[second * STATE_FLOATS + k] = entry(X + k); }
    if (lane == 0u) { states[(second + 1u) * STATE_FLOATS - 1u] = exponent; }
  }
  sync();
}

fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  exponent = 0.0;
  if (here) {
    for (var k = lane; k < STATE_DIM; k += TEAM) { put(X + k, states[slot * STATE_FLOATS + k]); }
    exponent = states[(slot + 1u) * STATE_FLOATS - 1u];
  }
  sync();
  for (var i = 0u; i < steps; i++) {
    load_step(s, lo + min(i, max(hi - lo, 1u) - 1u));
    push();
    if (here && lo + i < hi && lane == 0u) {
      var square = 0.0;
      for (var k = 0u; k < STATE_DIM; k++) { square += entry(X + k) * entry(X + k); }
      next[s * params.block_steps + lo + i] = log_of(exponent, square);
    }
    sync();
  }
}
