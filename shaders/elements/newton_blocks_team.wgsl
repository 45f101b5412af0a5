// newton_blocks of a cell, by a team: the formulas, layout and source of newton_blocks_lane.wgsl. An invocation has coordinates k of its
// own, with all B × B entries of the diagonals there; of others it reads the state before, and their merits at the end.
// Memory   two of B diagonals a coordinate and four vectors; MEMORY_FLOATS = 2 B n + 4 n, n more within a trust region
#import "lib/matrix_team.wgsl"
const BB: u32 = BLOCKS * BLOCKS;
const SIDE: u32 = STATE_DIM / BLOCKS;
const BN: u32 = BB * SIDE;
const ELEMENT_FLOATS: u32 = BN + STATE_DIM + 1u;
const STATE_FLOATS: u32 = STATE_DIM + 1u;
const A: u32 = 0u;
const LA: u32 = BN;
const X: u32 = 2u * BN;
const LB: u32 = X + STATE_DIM;
const T1: u32 = X + 2u * STATE_DIM;
const XS: u32 = X + 3u * STATE_DIM;
#import "recurrence/trajectory_cell.wgsl"
#import "recurrence/diagonal_cell.wgsl"
#ifdef TRUST
const P: u32 = XS + STATE_DIM;
#import "recurrence/trust_cell.wgsl"
#endif

// A := LA A at coordinate k
fn multiply(k: u32) {
  var out: array<f32, BB>;
  for (var i = 0u; i < BLOCKS; i++) {
    for (var j = 0u; j < BLOCKS; j++) {
      var sum = 0.0;
      for (var c = 0u; c < BLOCKS; c++) { sum += entry(LA + (i * BLOCKS + c) * SIDE + k) * entry(A + (c * BLOCKS + j) * SIDE + k); }
      out[i * BLOCKS + j] = tame(sum);
    }
  }
  for (var i = 0u; i < BB; i++) { put(A + i * SIDE + k, out[i]); }
}

// X := LA X + LB at coordinate k
fn advance(k: u32) {
  var out: array<f32, BLOCKS>;
  for (var i = 0u; i < BLOCKS; i++) {
    out[i] = entry(LB + i * SIDE + k);
    for (var c = 0u; c < BLOCKS; c++) { out[i] += entry(LA + (i * BLOCKS + c) * SIDE + k) * entry(X + c * SIDE + k); }
  }
  for (var i = 0u; i < BLOCKS; i++) { put(X + i * SIDE + k, out[i]); }
}

fn tame_x(k: u32) {
  for (var i = k; i < STATE_DIM; i += SIDE) { put(X + i, tame(entry(X + i))); }
}

fn store_coordinate(slot: u32, k: u32) {
  for (var i = k; i < BN; i += SIDE) { elements[slot * ELEMENT_FLOATS + i] = entry(A + i); }
  for (var i = k; i < STATE_DIM; i += SIDE) { elements[slot * ELEMENT_FLOATS + BN + i] = entry(X + i); }
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  for (var i = lane; i < BN; i += TEAM) { put(A + i, select(0.0, 1.0, (i / SIDE) % (BLOCKS + 1u) == 0u)); }
  fill(X, STATE_DIM, 0.0);
  fill(T1, STATE_DIM, 0.0);
#ifdef TRUST
  load_variances(params.num_series + slot, here);
#endif
  for (var step = 0u; step < params.chunk_length; step++) {
    let t = lo + min(step, hi - lo - 1u);
    load_blocks(s, t);
    if (lo + step < hi) {
      for (var k = lane; k < SIDE; k += TEAM) {
        for (var i = k; i < STATE_DIM; i += SIDE) {
          let value = entry(LB + i);
          let r = residual_entry(s, t, i, value);
          put(LB + i, r);
          put(T1 + i, entry(T1 + i) + merit_entry(value, r));
        }
#ifdef TRUST
        put(LB + k, kept(k) * entry(LB + k));
#endif
        multiply(k);
        advance(k);
        tame_x(k);
      }
    }
    sync();
  }
  if (here) {
    for (var k = lane; k < SIDE; k += TEAM) { store_coordinate(slot, k); }
    if (lane == 0u) {
      var merit = 0.0;
      for (var i = 0u; i < STATE_DIM; i++) { merit += entry(T1 + i); }
      elements[(slot + 1u) * ELEMENT_FLOATS - 1u] = merit;
    }
  }
  sync();
}

fn load_element(slot: u32, a: u32, b: u32, k: u32) {
  for (var i = k; i < BN; i += SIDE) { put(a + i, elements[slot * ELEMENT_FLOATS + i]); }
  for (var i = k; i < STATE_DIM; i += SIDE) { put(b + i, elements[slot * ELEMENT_FLOATS + BN + i]); }
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  if (here) {
    for (var k = lane; k < SIDE; k += TEAM) {
      load_element(first, A, X, k);
      load_element(second, LA, LB, k);
      multiply(k);
      advance(k);
      tame_x(k);
      store_coordinate(second, k);
    }
    if (lane == 0u) { elements[(second + 1u) * ELEMENT_FLOATS - 1u] += elements[(first + 1u) * ELEMENT_FLOATS - 1u]; }
  }
  sync();
}

// states[first] := states[second];  states[second] := A δ + b
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (here) {
    for (var k = lane; k < SIDE; k += TEAM) {
      for (var i = k; i < STATE_DIM; i += SIDE) {
        let value = states[second * STATE_FLOATS + i];
        states[first * STATE_FLOATS + i] = value;
        put(X + i, value);
      }
      load_element(element, LA, LB, k);
      advance(k);
      tame_x(k);
      for (var i = k; i < STATE_DIM; i += SIDE) { states[second * STATE_FLOATS + i] = entry(X + i); }
    }
  }
  sync();
}

fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  for (var k = lane; k < SIDE; k += TEAM) {
    for (var i = k; i < STATE_DIM; i += SIDE) {
      put(T1 + i, 0.0);
      if (here) { put(X + i, states[slot * STATE_FLOATS + i]); }
    }
  }
  sync();
#ifdef TRUST
  load_variances(slot, here);
#endif
  for (var step = 0u; step < steps; step++) {
    let inside = here && lo + step < hi;
    let t = lo + min(step, max(hi - lo, 1u) - 1u);
    load_blocks(s, t);
    if (inside) {
      for (var k = lane; k < SIDE; k += TEAM) {
#ifdef TRUST
        put(LB + k, held_entry(s, t, k, entry(LB + k), kept(k)));
#endif
        advance(k);
        for (var i = k; i < STATE_DIM; i += SIDE) {
          let change = put_entry(s, t, i, entry(X + i), is_astray(entry(X + i), entry(LB + i)));
          put(X + i, change);
          put(T1 + i, max(entry(T1 + i), abs(change)));
        }
      }
    }
    sync();
  }
  if (here && lane == 0u) {
    var most = 0.0;
    for (var i = 0u; i < STATE_DIM; i++) { most = max(most, entry(T1 + i)); }
    states[(slot + 1u) * STATE_FLOATS - 1u] = most;
  }
  sync();
}
