// kalman_filter by a team of invocations: the formulas, layout and source of kalman_filter_lane.wgsl.
// Memory   that of lib/filter_element_team.wgsl
#import "lib/filter_element_team.wgsl"
#import "lib/filter_records.wgsl"

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  combine(first, second, second, here);
}

// states[first] := states[second];  states[second] := element applied to it (the combine with Aᵢ = 0)
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  let j = element * ELEMENT_FLOATS;
  awake = here;
  load_state(X, U, second, here);
  store_state(first, X, U, here);
  load_likelihood(j);
  condition(A, Z, Z + N2, 1u);
  advance(j);
  store_state(second, X, U, here);
  sync();
}

// The square root Kalman filter from the state before the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  load_state(X, U, slot, here);
  for (var i = 0u; i < steps; i++) {
    let inside = here && lo + i < hi;
    let t = min(lo + i, max(hi, 1u) - 1u);
    let out = (s * params.block_steps + t) * STATE_FLOATS;
    predict(s, t);
    // At step 0 the state before the chunk is the prior itself. Not from slot s: the last chunk may have written its carry.
    load_state(X, U, slot, inside && params.block_start + t == 0u);
    if (inside && (params.flags & WRITE_PREDICTED) != 0u) {
      for (var k = lane; k < STATE_FLOATS; k += TEAM) { predicted[out + k] = entry(record_entry(k)); }
    }
    sync();
    update(s, t, emission_record(s, t));
    if (inside && (params.flags & WRITE_FILTERED) != 0u) {
      for (var k = lane; k < STATE_FLOATS; k += TEAM) { filtered[out + k] = entry(record_entry(k)); }
    }
    if (inside && lane == 0u) {
      var likelihood = 0.0;
      for (var k = 0u; k < EMISSION_DIM; k++) { likelihood = add_likelihood(likelihood, entry(E + k), entry(S + k * EMISSION_DIM + k)); }
      likelihoods[s * params.block_steps + t] = likelihood;
    }
    store_state(s, X, U, is_last && inside && lo + i + 1u == hi);
    sync();
  }
}
