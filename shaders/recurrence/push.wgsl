// recurrence_push: ∂f/∂u du_t + ∂f/∂p dp of every step, one invocation each.
// Grid     x workgroups of steps, y (and z) series
struct Params {
  num_series: u32,
  block_steps: u32,       // T
  first_row: u32,         // step of this dispatch
  parameter_offset: u32,  // floats of `changes` before dp
#import "recurrence/params.wgsl"
}
alias Vector = array<f32, STATE_DIM>;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;              // [N] lengths
@group(0) @binding(4) var<storage, read> changes: array<f32>;              // du [N, T, d], then dp [P]
#import "recurrence/trajectory_lane.wgsl"                                  // next: what comes out

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y + group.z * 65535u;
  let t = params.first_row + group.x * WORKGROUP + invocation;
  if (s >= params.num_series) { return; }
  if (t >= indices[s]) { return; }
  let row = s * params.block_steps + t;
  var dx: Vector;
  var du: Inputs;
  var dp: Parameters;
  for (var k = 0u; k < params.input_step; k++) { du[k] = changes[row * params.input_step + k]; }
  for (var k = 0u; k < PARAMETERS; k++) { dp[k] = changes[params.parameter_offset + k]; }
  var out = system_push(state_before(s, t), step_inputs(s, t), step_number(s, t), step_parameters(), dx, du, dp);
  for (var i = 0u; i < STATE_DIM; i++) { next[row * STATE_DIM + i] = out[i]; }
}
