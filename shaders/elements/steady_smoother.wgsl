// steady_smoother: the smoother's means with gains made beforehand; v is the smoothed mean of the step after
//   v ← m + E (v − m⁻ of the step after);  at the last step of a series v ← m
// Layout   tables, a row per distinct step, E [n, n] first
// Source   src/inference/smoother_schedule.ts
// Needs    const STATE_DIM = n.  Twin src/inference/steady_smoother.cpu.ts
const WRITES_CARRY = true;

@group(0) @binding(3) var<storage, read> tables: array<f32>;
@group(0) @binding(4) var<storage, read> filtered: array<f32>;
@group(0) @binding(5) var<storage, read> predicted: array<f32>;
@group(0) @binding(6) var<storage, read_write> smoothed: array<f32>;        // [lanes, steps, n]

fn fold_item(lane: u32, item: u32, v: ptr<function, Vector>) {
  let s = lane / params.lanes_per_series;
  let mean = s * params.mean_series + item * params.mean_step;
  if (params.block_start + item + 1u == indices[s]) {
    #for i in 0 .. STATE_DIM
    (*v)[i] = filtered[mean + i];
    #end
    return;
  }
  let row = s * params.table_series + row_of(item) * params.table_row;
  let ahead = s * params.ahead_series + (item + 1u) * params.ahead_step;
  var change: Vector;
  #for i in 0 .. STATE_DIM
  change[i] = (*v)[i] - predicted[ahead + i];
  #end
  #for i in 0 .. STATE_DIM
  {
  var sum_i = filtered[mean + i];
  #for j in 0 .. STATE_DIM
  sum_i += tables[row + i * STATE_DIM + j] * change[j];
  #end
  (*v)[i] = sum_i;
  }
  #end
}

fn walk_item(lane: u32, item: u32, v: ptr<function, Vector>) {
  fold_item(lane, item, v);
  let at = (lane * params.block_steps + item) * STATE_DIM;
  #for i in 0 .. STATE_DIM
  smoothed[at + i] = (*v)[i];
  #end
}
