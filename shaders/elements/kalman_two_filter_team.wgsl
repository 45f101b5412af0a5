// kalman_two_filter by a team of invocations: the formulas, layout and source of kalman_two_filter_lane.wgsl.
// Memory   that of lib/filter_element_team.wgsl, then Ξ and the likelihood [Z; hᵀ] of what comes after: 2n² + n more
#import "lib/filter_element_team.wgsl"
const WRITE_CROSS: u32 = 1u;

const XI: u32 = OWN;
const AFTER: u32 = OWN + N2;  // Z, then h

@group(0) @binding(6) var<storage, read> filtered: array<f32>;             // [N, steps, n + n(n+1)/2]
@group(0) @binding(7) var<storage, read_write> smoothed: array<f32>;       // the same
@group(0) @binding(8) var<storage, read_write> cross: array<f32>;          // [N, steps, n, n] B of each step, none at step 0

// elements[second] := elements[second] ⊗ elements[first]: first in scan order is the later in time
fn element_combine(first: u32, second: u32, here: bool) {
  combine(second, first, second, here);
}

// states[first] := states[second];  states[second] := element applied to it
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  awake = here;
  load_state(Z + N2, Z, second, here);  // a state is h, then Z
  store_state(first, Z + N2, Z, here);
  precede(element * ELEMENT_FLOATS);
  store_state(second, Z + N2, Z, here);
  sync();
}

// X, U := filtered moments, conditioned on the likelihood of what comes after. W, V, XI, T1, T2 are used.
fn smooth_step(at: u32) {
  for (var k = lane; k < STATE_DIM; k += TEAM) { put(X + k, filtered[at + k]); }
  for (var k = lane; k < N2; k += TEAM) {
    let row = k / STATE_DIM;
    let column = k % STATE_DIM;
    var value = 0.0;
    if (column <= row) { value = filtered[at + STATE_DIM + row * (row + 1u) / 2u + column]; }
    put(U + k, value);
  }
  sync();
  copy(T2, AFTER + N2, STATE_DIM);
  condition(XI, AFTER, T2, 1u);
  copy(V, U, N2);
  fill(U, N2, 0.0);
  arrow_top(U, V, STATE_DIM, STATE_DIM, STATE_DIM);
}

// The recursion step by step from the likelihood of what comes after the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  load_state(AFTER + N2, AFTER, slot, here);
  for (var i = 0u; i < steps; i++) {
    let inside = here && lo + i < hi;
    let t = max(hi - min(i, hi), lo + 1u) - 1u;
    let at = s * params.block_steps + t;
    smooth_step(at * STATE_FLOATS);
    if (inside) {
      for (var k = lane; k < STATE_FLOATS; k += TEAM) { smoothed[at * STATE_FLOATS + k] = entry(record_entry(k)); }
    }
    sync();
    // Nothing comes before step 0: what its leaf would give is not used.
    set_identity_element();
    fold_step(s, t, false);
    condition(XI, AFTER, AFTER + N2, NEXT);
    weigh(AFTER);
    pull_back();
    if (inside && (params.flags & WRITE_CROSS) != 0u) {
      for (var k = lane; k < N2; k += TEAM) { cross[at * N2 + k] = entry(A + k); }
    }
    copy(AFTER, Z, NEXT_N);
    store_state(s, AFTER + N2, AFTER, is_last && inside && i + 1u == hi - lo);
    sync();
  }
}
