// vector walk: the recursion over every chunk from the vector before it, with outputs.
// Grid     one invocation per chunk and lane
#import "vector/params.wgsl"
#import ELEMENT

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
#instantiate "vector/chunk.wgsl" FROM=main
  let backwards = params.reverse == 1u;
  let is_first = select(chunk == 0u, hi == items, backwards);
  let before = select(chunk - 1u, chunk + 1u, backwards);
  var at = params.carry_in + lane * STATE_DIM;
  if (!is_first) { at = params.parent_offset + (lane * params.chunks + before) * STATE_DIM; }
  var v = vector_at(at);
  for (var k = lo; k < hi; k++) {
    let item = select(k, lo + hi - 1u - k, backwards);
    walk_item(lane, item, &v);
  }
  if (WRITES_CARRY && select(hi == items, lo == 0u, backwards)) { put_vector(params.carry_out + lane * STATE_DIM, &v); }
}
