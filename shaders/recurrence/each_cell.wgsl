// recurrence_each_cell: recurrence_each of a cell, a workgroup for STEPS steps, an invocation for each row.
// Grid     x workgroups of steps, y series
// Barriers workgroup, around every step and for the sums
#import "recurrence/each_params.wgsl"
#import "recurrence/step_cell.wgsl"
#import "recurrence/merit_sum.wgsl"
// Columns of J that are added up at a time.
const COLUMNS: u32 = 16u;
var<workgroup> products: array<f32, WORKGROUP * COLUMNS>;   // J_ij r_i
var<workgroup> back: array<f32, STATE_DIM>;                 // J' r of the step after

// back := J' r, every row of J by the invocation that has just evaluated it
fn pull_back(row: u32, r: f32) {
  for (var first = 0u; first < STATE_DIM; first += COLUMNS) {
    let count = min(COLUMNS, STATE_DIM - first);
    if (row < STATE_DIM) {
      for (var j = 0u; j < count; j++) { products[row * COLUMNS + j] = slope_entry(cell_slope(row, first + j)) * r; }
    }
    workgroupBarrier();
    if (row < count) {
      var sum = 0.0;
      for (var i = 0u; i < STATE_DIM; i++) { sum += products[i * COLUMNS + row]; }
      back[first + row] = sum;
    }
    workgroupBarrier();
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y + group.z * 65535u;
  if (s >= params.num_series) { return; }
  let length = indices[s];
  let lo = group.x * STEPS;
  let hi = min(length, lo + STEPS);
  if (invocation < STATE_DIM) { back[invocation] = 0.0; }
  var merit = 0.0;
  // From the end, so that the residual of the step after is at hand; RULE 2 begins with the first step of the workgroup behind.
  let steps = select(0u, hi - lo, lo < hi);
  let turns = select(steps, steps + 1u, RULE == 2u && hi < length && steps > 0u);
  for (var turn = 0u; turn < turns; turn++) {
    let t = lo + turns - 1u - turn;
    cell_step(s, t, invocation);
    var r = 0.0;
    if (invocation < STATE_DIM) {
      let value = cell_value(invocation);
      r = residual_entry(s, t, invocation, value);
      let own = merit_entry(value, r);
      let row = s * params.trajectory_steps + indices[params.num_series + s] + t;
      let state = current[row * STATE_DIM + invocation];
      if (RULE == 0u) {
        put_entry(s, t, invocation, state, false);
        merit = own;
      } else if (t < hi) {
        merit += own;
        let moved = select(value, state + parameters[4] * (r - back[invocation]), RULE == 2u);
        put_entry(s, t, invocation, moved, false);
      }
    }
    if (RULE == 2u) {
      workgroupBarrier();
      pull_back(invocation, r);
    }
    if (RULE == 0u) {
      let sum = sum_merits(invocation, select(0.0, merit, invocation < STATE_DIM));
      if (invocation == 0u) { elements[s * params.block_steps + t] = sum; }
      workgroupBarrier();
    }
  }
  if (RULE == 0u) { return; }
  let sum = sum_merits(invocation, merit);
  if (invocation == 0u) { elements[s * params.partials + group.x] = sum; }
}
