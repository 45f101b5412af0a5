// recurrence_sequential: s_t = f(s_{t−1}, u_t, t), one series per invocation, from the state that the steps before left.
// Grid     x (y continues x): series
struct Params {
  num_series: u32,
  num_steps: u32,       // T
  block_start: u32,
  block_end: u32,
#import "recurrence/params.wgsl"
}
alias Vector = array<f32, STATE_DIM>;
alias Inputs = array<f32, INPUT_DIM>;
alias Parameters = array<f32, PARAMETERS>;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;        // [N] lengths
@group(0) @binding(3) var<storage, read_write> next: array<f32>;     // s [N, T, D]

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let s = id.x + id.y * 65535u * WORKGROUP;
  if (s >= params.num_series) { return; }
  var p: Parameters;
  for (var i = 0u; i < PARAMETERS; i++) { p[i] = parameters[params.p_offset + i]; }
  var x: Vector;
  let row = s * params.num_steps;
  for (var i = 0u; i < STATE_DIM; i++) {
    if (params.block_start == 0u) { x[i] = parameters[params.initial_offset + s * STATE_DIM + i]; }
    else { x[i] = next[(row + params.block_start - 1u) * STATE_DIM + i]; }
  }
  let end = min(indices[s], params.block_end);
  for (var t = params.block_start; t < end; t++) {
    var u: Inputs;
    let at = params.input_offset + s * params.input_series + t * params.input_step;
    for (var i = 0u; i < INPUT_DIM; i++) { u[i] = parameters[at + i]; }
    x = system(x, u, f32(t), p);
    for (var i = 0u; i < STATE_DIM; i++) { next[(row + t) * STATE_DIM + i] = x[i]; }
  }
}
