// newton_mobius of a cell, by a team: the formulas, layout and source of newton_mobius_lane.wgsl. An invocation has coordinates of its own.
// Memory   three vectors, and the maps of a chunk; MEMORY_FLOATS = 7n
#import "lib/matrix_team.wgsl"
const SIDE: u32 = STATE_DIM;
const ELEMENT_FLOATS: u32 = 4u * STATE_DIM;
const STATE_FLOATS: u32 = STATE_DIM;
const LA: u32 = 0u;
const LB: u32 = STATE_DIM;
const XS: u32 = 2u * STATE_DIM;
const M: u32 = 3u * STATE_DIM;
#import "recurrence/trajectory_cell.wgsl"
#import "recurrence/diagonal_cell.wgsl"
#import "recurrence/mobius.wgsl"

fn kept_map(i: u32) -> vec4f {
  let at = M + 4u * i;
  return vec4f(entry(at), entry(at + 1u), entry(at + 2u), entry(at + 3u));
}

fn keep_map(i: u32, map: vec4f) {
  for (var k = 0u; k < 4u; k++) { put(M + 4u * i + k, map[k]); }
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  for (var i = lane; i < STATE_DIM; i += TEAM) { keep_map(i, SAME); }
  for (var step = 0u; step < params.chunk_length; step++) {
    load_blocks(s, lo + min(step, hi - lo - 1u));
    if (lo + step < hi) {
      for (var i = lane; i < STATE_DIM; i += TEAM) { keep_map(i, mobius_product(mobius_step(entry(LA + i)), kept_map(i))); }
    }
    sync();
  }
  if (here) {
    for (var i = lane; i < STATE_DIM; i += TEAM) { put_map(slot, i, kept_map(i)); }
  }
  sync();
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  if (here) {
    for (var i = lane; i < STATE_DIM; i += TEAM) { put_map(second, i, mobius_product(map_of(second, i), map_of(first, i))); }
  }
  sync();
}

// states[first] := states[second];  states[second] := the map of it
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (here) {
    for (var i = lane; i < STATE_DIM; i += TEAM) { split_variance(first, second, element, i); }
  }
  sync();
}
