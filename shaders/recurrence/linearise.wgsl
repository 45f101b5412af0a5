// recurrence_linearise: A_t and r_t of every step as the parameters of a Kalman filter for the change of the trajectory, and the merit of
// each workgroup's steps. With a diagonal A every coordinate is a filter of its own.
// Grid     x workgroups of steps, y series
// Barriers workgroup, for the sum of merits
struct Params {
  num_series: u32,
  block_steps: u32,      // T
  bias_offset: u32,      // floats of `model` before r
  state_floats: u32,     // of a state that the filter starts from
  partials: u32,         // workgroups of a series
#import "recurrence/params.wgsl"
}
const N2: u32 = STATE_DIM * STATE_DIM;
alias Vector = array<f32, STATE_DIM>;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;              // [N] lengths, or [N, D] of them
@group(0) @binding(4) var<storage, read_write> elements: array<f32>;       // [N, partials] merits
@group(0) @binding(5) var<storage, read_write> states: array<f32>;         // what the filter starts from
#import "recurrence/trajectory_lane.wgsl"                                  // next: the model

var<workgroup> merits: array<f32, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y + group.z * 65535u;
  let t = group.x * WORKGROUP + invocation;
  let copies = select(STATE_DIM, 1u, DIAGONAL == 3u);
  var merit = 0.0;
  if (s < params.num_series && t < indices[min(s, params.num_series - 1u) * copies]) {
    let p = step_parameters();
    let x = state_before(s, t);
    let u = step_inputs(s, t);
    var r = system(x, u, step_number(t), p);
    residual(s, t, &r, &merit);
    for (var i = 0u; i < STATE_DIM; i++) {
      let at = select((s * STATE_DIM + i) * params.block_steps + t, (s * params.block_steps + t) * STATE_DIM + i, DIAGONAL == 3u);
      next[params.bias_offset + at] = r[i];
      // The state of step 0 is known up to its noise alone: mean r_0, factor I.
      if (t == 0u) {
        let start = select((s * STATE_DIM + i) * params.state_floats, s * params.state_floats + i, DIAGONAL == 3u);
        states[start] = r[i];
        let factor = select(start + 1u, s * params.state_floats + STATE_DIM + i * (i + 1u) / 2u, DIAGONAL == 3u);
        if (DIAGONAL == 3u) {
          for (var j = 0u; j < i; j++) { states[factor + j] = 0.0; }
          states[factor + i] = 1.0;
        } else {
          states[factor] = 1.0;
        }
      }
    }
    var dx: Vector;
    if (DIAGONAL == 1u) {
      for (var i = 0u; i < STATE_DIM; i++) { dx[i] = parameters[params.probe_offset + i]; }
      let product = system_jvp(x, u, step_number(t), p, dx);
      for (var i = 0u; i < STATE_DIM; i++) {
        next[(s * STATE_DIM + i) * params.block_steps + t] = slope_entry(product[i] * dx[i]);
      }
    } else {
      for (var j = 0u; j < STATE_DIM; j++) {
        for (var i = 0u; i < STATE_DIM; i++) { dx[i] = select(0.0, 1.0, i == j); }
        let column = system_jvp(x, u, step_number(t), p, dx);
        if (DIAGONAL == 0u) {
          next[(s * STATE_DIM + j) * params.block_steps + t] = slope_entry(column[j]);
        } else {
          for (var i = 0u; i < STATE_DIM; i++) {
            next[(s * params.block_steps + t) * N2 + i * STATE_DIM + j] = slope_entry(column[i]);
          }
        }
      }
    }
  }
  merits[invocation] = merit;
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (invocation < half) { merits[invocation] += merits[invocation + half]; }
  }
  if (invocation == 0u && s < params.num_series) { elements[s * params.partials + group.x] = merits[0]; }
}
