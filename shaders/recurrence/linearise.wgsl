// recurrence_linearise: A_t and r_t of every step as the parameters of a Kalman filter for the change of the trajectory, and the merit of
// each workgroup's steps.
// Grid     x workgroups of steps, y series
// Barriers workgroup, for the sum of merits
#import "recurrence/linearise_params.wgsl"
alias Vector = array<f32, STATE_DIM>;
#import "recurrence/trajectory_lane.wgsl"                                  // next: the model
#import "recurrence/merit_sum.wgsl"
#import "recurrence/filter_start.wgsl"

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y + group.z * 65535u;
  let t = group.x * WORKGROUP + invocation;
  var merit = 0.0;
  if (s < params.num_series && t < indices[min(s, params.num_series - 1u)]) {
    let p = step_parameters();
    let x = state_before(s, t);
    let u = step_inputs(s, t);
    var r = system(x, u, step_number(s, t), p);
    residual(s, t, &r, &merit);
    let row = s * params.block_steps + t;
    for (var i = 0u; i < STATE_DIM; i++) {
      next[params.bias_offset + row * STATE_DIM + i] = r[i];
      if (t == 0u) { start_filter(s, i, r[i]); }
    }
    var dx: Vector;
    for (var j = 0u; j < STATE_DIM; j++) {
      for (var i = 0u; i < STATE_DIM; i++) { dx[i] = select(0.0, 1.0, i == j); }
      let column = system_jvp(x, u, step_number(s, t), p, dx);
      for (var i = 0u; i < STATE_DIM; i++) { next[(row * STATE_DIM + i) * STATE_DIM + j] = slope_entry(column[i]); }
    }
  }
  let sum = sum_merits(invocation, merit);
  if (invocation == 0u && s < params.num_series) { elements[s * params.partials + group.x] = sum; }
}
