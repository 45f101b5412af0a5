// newton by a team of invocations: the formulas, layout and source of newton_lane.wgsl.
// Memory   three matrices and five vectors; MEMORY_FLOATS = 3n² + 5n
#import "lib/matrix_team.wgsl"
const ELEMENT_FLOATS: u32 = N2 + STATE_DIM + 1u;
const STATE_FLOATS: u32 = STATE_DIM + 1u;
const A: u32 = 0u;
const LA: u32 = N2;
const W: u32 = 2u * N2;
const X: u32 = 3u * N2;
const LB: u32 = X + STATE_DIM;
const T1: u32 = X + 2u * STATE_DIM;
const XS: u32 = X + 3u * STATE_DIM;
const MOST: u32 = X + 4u * STATE_DIM;
#import "recurrence/trajectory_team.wgsl"

var<private> merit: f32;

// A := LA A
fn multiply() {
  product(W, LA, A, STATE_DIM, STATE_DIM, STATE_DIM);
  for (var i = lane; i < N2; i += TEAM) { put(A + i, tame(entry(W + i))); }
  sync();
}

// X := LA X + LB
fn advance() {
  product(T1, LA, X, STATE_DIM, STATE_DIM, 1u);
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(X + k, entry(T1 + k) + entry(LB + k)); }
  sync();
}

fn tame_x() {
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(X + k, tame(entry(X + k))); }
  sync();
}

// LB := r_t; the first of the team adds to the merit.
fn residual(s: u32, t: u32) {
  for (var k = lane; k < STATE_DIM; k += TEAM) {
    let value = entry(LB + k);
    let r = residual_entry(s, t, k, value);
    put(LB + k, r);
    put(T1 + k, merit_entry(value, r));
  }
  sync();
  if (lane == 0u) {
    for (var k = 0u; k < STATE_DIM; k++) { merit += entry(T1 + k); }
  }
  sync();
}

fn store_element(slot: u32) {
  store_elements(slot * ELEMENT_FLOATS, A, N2);
  store_elements(slot * ELEMENT_FLOATS + N2, X, STATE_DIM);
}

#ifdef DERIVATIVE
#import "recurrence/derivative_team.wgsl"
#else
fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  set_identity(A);
  fill(X, STATE_DIM, 0.0);
  merit = 0.0;
  for (var i = 0u; i < params.chunk_length; i++) {
    let t = lo + min(i, hi - lo - 1u);  // past the end, the last step again
    load_step(s, t);
    residual(s, t);
    multiply();
    advance();
    tame_x();
    awake = here && lo + i + 1u == hi;
    store_element(slot);
    if (awake && lane == 0u) { elements[(slot + 1u) * ELEMENT_FLOATS - 1u] = merit; }
    sync();
  }
}
#endif

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  awake = here;
  load_elements(A, first * ELEMENT_FLOATS, N2);
  load_elements(X, first * ELEMENT_FLOATS + N2, STATE_DIM);
  load_elements(LA, second * ELEMENT_FLOATS, N2);
  load_elements(LB, second * ELEMENT_FLOATS + N2, STATE_DIM);
  multiply();
  advance();
  tame_x();
  store_element(second);
  if (here && lane == 0u) {
    elements[(second + 1u) * ELEMENT_FLOATS - 1u] += elements[(first + 1u) * ELEMENT_FLOATS - 1u];
  }
  sync();
}

// states[first] := states[second];  states[second] := A δ + b
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  awake = here;
  if (here) {
    for (var k = lane; k < STATE_DIM; k += TEAM) {
      let value = states[second * STATE_FLOATS + k];
      states[first * STATE_FLOATS + k] = value;
      put(X + k, value);
    }
  }
  load_elements(LA, element * ELEMENT_FLOATS, N2);
  load_elements(LB, element * ELEMENT_FLOATS + N2, STATE_DIM);
  advance();
  tame_x();
  if (here) {
    for (var k = lane; k < STATE_DIM; k += TEAM) { states[second * STATE_FLOATS + k] = entry(X + k); }
  }
  sync();
}

#ifndef DERIVATIVE
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (here) {
    for (var k = lane; k < STATE_DIM; k += TEAM) { put(X + k, states[slot * STATE_FLOATS + k]); }
  }
  fill(MOST, STATE_DIM, 0.0);
  for (var i = 0u; i < steps; i++) {
    let inside = here && lo + i < hi;
    let t = lo + min(i, max(hi - lo, 1u) - 1u);
    load_step(s, t);
    advance();
    var astray = false;
    for (var k = 0u; k < STATE_DIM; k++) { astray = astray || is_astray(entry(X + k), entry(LB + k)); }
    sync();
    if (inside) {
      for (var k = lane; k < STATE_DIM; k += TEAM) {
        let change = put_entry(s, t, k, entry(X + k), astray);
        put(X + k, change);
        put(MOST + k, max(entry(MOST + k), abs(change)));
      }
    }
    sync();
  }
  if (here && lane == 0u) {
    var most = 0.0;
    for (var k = 0u; k < STATE_DIM; k++) { most = max(most, entry(MOST + k)); }
    states[(slot + 1u) * STATE_FLOATS - 1u] = most;
  }
  sync();
}
#endif
