// recurrence_each: every step of a trajectory by itself: its merit, and a new state that needs no scan.
// Grid     x workgroups of steps, y series
// Barriers workgroup, for the sum of merits
#import "recurrence/each_params.wgsl"
alias Vector = array<f32, STATE_DIM>;
#import "recurrence/trajectory_lane.wgsl"
#import "recurrence/merit_sum.wgsl"

// (J' r)_j of the step after t, by columns of J
fn pulled_back(s: u32, t: u32, p: Parameters) -> Vector {
  var out: Vector;
  let x = state_before(s, t);
  let u = step_inputs(s, t);
  var r = system(x, u, step_number(s, t), p);
  var unused = 0.0;
  residual(s, t, &r, &unused);
  var dx: Vector;
  for (var j = 0u; j < STATE_DIM; j++) {
    for (var i = 0u; i < STATE_DIM; i++) { dx[i] = select(0.0, 1.0, i == j); }
    let column = system_jvp(x, u, step_number(s, t), p, dx);
    out[j] = 0.0;
    for (var i = 0u; i < STATE_DIM; i++) { out[j] += slope_entry(column[i]) * r[i]; }
  }
  return out;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y + group.z * 65535u;
  let t = group.x * WORKGROUP + invocation;
  let length = indices[min(s, params.num_series - 1u)];
  var merit = 0.0;
  if (s < params.num_series && t < length) {
    let p = step_parameters();
    var f = system(state_before(s, t), step_inputs(s, t), step_number(s, t), p);
    var r = f;
    residual(s, t, &r, &merit);
    let row = s * params.trajectory_steps + indices[params.num_series + s] + t;
    if (RULE == 2u) {
      var back: Vector;
      for (var i = 0u; i < STATE_DIM; i++) { back[i] = 0.0; }
      if (t + 1u < length) { back = pulled_back(s, t + 1u, p); }
      for (var i = 0u; i < STATE_DIM; i++) { f[i] = current[row * STATE_DIM + i] + parameters[4] * (r[i] - back[i]); }
    }
    if (RULE == 0u) {
      for (var i = 0u; i < STATE_DIM; i++) { f[i] = current[row * STATE_DIM + i]; }
      elements[s * params.block_steps + t] = merit;
    }
    for (var i = 0u; i < STATE_DIM; i++) { put_entry(s, t, i, f[i], false); }
  }
  if (RULE == 0u) { return; }
  let sum = sum_merits(invocation, merit);
  if (invocation == 0u && s < params.num_series) { elements[s * params.partials + group.x] = sum; }
}
