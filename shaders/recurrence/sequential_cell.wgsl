// recurrence_sequential_cell: s_t of a cell, one step after the other, one workgroup per series.
// Grid     x (y continues x): series
// Barriers workgroup, around every step
struct Params {
  num_series: u32,
  num_steps: u32,       // T
  block_start: u32,
  block_end: u32,
#import "recurrence/params.wgsl"
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;        // [N] lengths
@group(0) @binding(3) var<storage, read_write> next: array<f32>;     // s [N, T, D]

var<workgroup> before: array<f32, STATE_DIM>;
var<private> at_inputs: u32;

fn cell_state(j: u32) -> f32 { return before[j]; }
fn cell_input(k: u32) -> f32 { return parameters[at_inputs + k]; }
fn cell_parameter(k: u32) -> f32 { return parameters[params.p_offset + k]; }

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.x + group.y * 65535u;
  if (s >= params.num_series) { return; }
  let row = s * params.num_steps;
  for (var i = invocation; i < STATE_DIM; i += WORKGROUP) {
    if (params.block_start == 0u) { before[i] = parameters[params.initial_offset + s * STATE_DIM + i]; }
    else { before[i] = next[(row + params.block_start - 1u) * STATE_DIM + i]; }
  }
  let end = min(indices[s], params.block_end);
  for (var t = params.block_start; t < end; t++) {
    workgroupBarrier();
    at_inputs = params.input_offset + s * params.input_series + t * params.input_step;
    for (var i = invocation; i < STATE_DIM; i += WORKGROUP) { next[(row + t) * STATE_DIM + i] = cell_value(i); }
    workgroupBarrier();
    // Every invocation brings back what it wrote.
    for (var i = invocation; i < STATE_DIM; i += WORKGROUP) { before[i] = next[(row + t) * STATE_DIM + i]; }
  }
}
