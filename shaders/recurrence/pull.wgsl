// recurrence_pull: dL/du_t = (∂f/∂u)' λ_t of every step, and (∂f/∂p)' λ_t summed over each chunk of steps; one invocation per chunk.
// Sums over chunks are the host's, in float64.
// Grid     x workgroups of chunks, y (and z) series
struct Params {
  num_series: u32,
  block_steps: u32,       // T
  chunk_length: u32,
  first_chunk: u32,       // of this dispatch
  chunks: u32,            // of a series
  parameter_count: u32,
  partial_offset: u32,    // floats of `pulled` before the sums
#import "recurrence/params.wgsl"
}
alias Vector = array<f32, STATE_DIM>;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;              // [N] lengths
@group(0) @binding(4) var<storage, read_write> pulled: array<f32>;         // [N, T, d], then sums [N, chunks, P]
#import "recurrence/trajectory_lane.wgsl"                                  // next: λ

var<private> at_inputs: u32;
var<private> at_parameters: u32;

fn pulled_input(k: u32, value: f32) { pulled[at_inputs + k] += value; }
fn pulled_parameter(k: u32, value: f32) { pulled[at_parameters + k] += value; }

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y + group.z * 65535u;
  let chunk = params.first_chunk + group.x * WORKGROUP + invocation;
  if (s >= params.num_series || chunk >= params.chunks) { return; }
  let p = step_parameters();
  at_parameters = params.partial_offset + (s * params.chunks + chunk) * params.parameter_count;
  for (var k = 0u; k < params.parameter_count; k++) { pulled[at_parameters + k] = 0.0; }
  let lo = chunk * params.chunk_length;
  let hi = min(lo + params.chunk_length, indices[s]);
  for (var t = lo; t < hi; t++) {
    let row = s * params.block_steps + t;
    at_inputs = row * params.input_step;
    for (var k = 0u; k < params.input_step; k++) { pulled[at_inputs + k] = 0.0; }
    var weights: Vector;
    for (var i = 0u; i < STATE_DIM; i++) { weights[i] = next[row * STATE_DIM + i]; }
    let before = system_pull(state_before(s, t), step_inputs(s, t), step_number(s, t), p, weights);
  }
}
