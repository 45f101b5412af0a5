// backward_sampler: what a draw of the states adds to the smoothed mean
//   v ← E v + D ε;  at the last step of a series v ← U ε
// Layout   tables, rows of E [n, n] and D packed by rows
// Source   src/inference/backward_sampler.cpu.ts: z_t − E(z_t | y) for both sides of its recursion
// Needs    const STATE_DIM = n.  Twin src/inference/backward_sampler.cpu.ts
#import "lib/normals.wgsl"
const WRITES_CARRY = true;

@group(0) @binding(3) var<storage, read> tables: array<f32>;
@group(0) @binding(4) var<storage, read_write> draws: array<f32>;  // [lanes, steps, n]

fn add_noise(lane: u32, item: u32, at: u32, v: ptr<function, Vector>) {
  let s = lane / params.lanes_per_series;
  let draw = params.first_draw + lane % params.lanes_per_series;
  var e = step_normals(vec2u(params.seed_low, params.seed_high), params.first_series + s, draw, params.block_start + item);
  // The sign of a column is free: the diagonal counts as positive, so that draws do not depend on it.
  #for j in 0 .. STATE_DIM
  e[j] = select(e[j], -e[j], tables[at + j * (j + 1) / 2 + j] < 0.0);
  #end
  #for i in 0 .. STATE_DIM
  {
  var sum_i = 0.0;
  #for j in 0 .. i + 1
  sum_i += tables[at + i * (i + 1) / 2 + j] * e[j];
  #end
  (*v)[i] += sum_i;
  }
  #end
}

fn fold_item(lane: u32, item: u32, v: ptr<function, Vector>) {
  let s = lane / params.lanes_per_series;
  let is_last = params.block_start + item + 1u == indices[s];
  let row = s * params.table_series + row_of(item) * params.table_row;
  var out: Vector;
  if (!(is_last && params.last_offset > 0u)) {
    #for i in 0 .. STATE_DIM
    {
    var sum_i = 0.0;
    #for j in 0 .. STATE_DIM
    sum_i += tables[row + i * STATE_DIM + j] * (*v)[j];
    #end
    out[i] = sum_i;
    }
    #end
  }
  if (params.linear == 0u) {
    let noise = row + params.factor_offset;
    add_noise(lane, item, select(noise, params.last_offset + row_of(item) * TRIANGLE, is_last && params.last_offset > 0u), &out);
  }
  *v = out;
}

fn walk_item(lane: u32, item: u32, v: ptr<function, Vector>) {
  fold_item(lane, item, v);
  let at = (lane * params.block_steps + item) * STATE_DIM;
  #for i in 0 .. STATE_DIM
  draws[at + i] = (*v)[i];
  #end
}
