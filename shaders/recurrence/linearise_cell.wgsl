// recurrence_linearise_cell: recurrence_linearise of a cell, a workgroup for STEPS steps, its invocations by rows.
// Grid     x workgroups of steps, y series
// Barriers workgroup, around every step and for the sum of merits
#import "recurrence/linearise_params.wgsl"
#import "recurrence/step_cell.wgsl"                                        // next: the model
#import "recurrence/merit_sum.wgsl"
#import "recurrence/filter_start.wgsl"

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y + group.z * 65535u;
  if (s >= params.num_series) { return; }
  let hi = min(indices[s], (group.x + 1u) * STEPS);
  var merit = 0.0;
  for (var t = group.x * STEPS; t < hi; t++) {
    cell_step(s, t, invocation);
    for (var i = invocation; i < STATE_DIM; i += WORKGROUP) {
      let value = cell_value(i);
      let r = residual_entry(s, t, i, value);
      merit += merit_entry(value, r);
      let row = (s * params.block_steps + t) * STATE_DIM + i;
      next[params.bias_offset + row] = r;
      if (t == 0u) { start_filter(s, i, r); }
      for (var j = 0u; j < STATE_DIM; j++) { next[row * STATE_DIM + j] = slope_entry(cell_slope(i, j)); }
    }
  }
  let sum = sum_merits(invocation, merit);
  if (invocation == 0u) { elements[s * params.partials + group.x] = sum; }
}
