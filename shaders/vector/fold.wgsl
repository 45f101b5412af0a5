// vector fold: what every chunk makes of a zero vector, into the level above.
// Grid     one invocation per chunk and lane
#import "vector/params.wgsl"
#import ELEMENT

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
#instantiate "vector/chunk.wgsl" FROM=main
  var v: Vector;
  #for i in 0 .. STATE_DIM
  v[i] = select(0.0, 1.0, params.linear == 1u && lane % STATE_DIM == i);
  #end
  for (var k = lo; k < hi; k++) {
    let item = select(k, lo + hi - 1u - k, params.reverse == 1u);
    fold_item(lane, item, &v);
  }
  put_vector(params.parent_offset + (lane * params.chunks + chunk) * STATE_DIM, &v);
}
