// vector: v_c = G_c v_{c-1} + w_c over the chunks of the level below
// Combine  none: one invocation folds, levels recurse
// Layout   matrices f32, strides in the uniforms; w in vectors, replaced by v
// Needs    const STATE_DIM = n.  Twin src/scan/vector_scan.test.ts
const WRITES_CARRY = false;
@group(0) @binding(3) var<storage, read> matrices: array<f32>;

fn multiply_item(lane: u32, item: u32, v: ptr<function, Vector>) {
  let at = (lane / params.lanes_per_series) * params.matrix_series + row_of(item) * params.matrix_row;
  var out: Vector;
  #for i in 0 .. STATE_DIM
  {
  var sum_i = 0.0;
  #for j in 0 .. STATE_DIM
  sum_i += matrices[at + i * params.matrix_i + j * params.matrix_j] * (*v)[j];
  #end
  out[i] = sum_i;
  }
  #end
  *v = out;
}

fn fold_item(lane: u32, item: u32, v: ptr<function, Vector>) {
  multiply_item(lane, item, v);
  if (params.linear == 1u) { return; }
  let at = params.items_offset + (lane * params.items_stride + item) * STATE_DIM;
  #for i in 0 .. STATE_DIM
  (*v)[i] += vectors[at + i];
  #end
}

fn walk_item(lane: u32, item: u32, v: ptr<function, Vector>) {
  fold_item(lane, item, v);
  put_vector(params.items_offset + (lane * params.items_stride + item) * STATE_DIM, v);
}
