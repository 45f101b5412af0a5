// recurrence_move: the trajectory moved by the filtered means of its change.
// Grid     x (y continues x): one invocation per entry [N, window, D]
struct Params {
  num_series: u32,
  block_steps: u32,      // of the window
  record_floats: u32,    // of a filtered mean and its factor
#import "recurrence/params.wgsl"
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(4) var<storage, read> filtered: array<f32>;
#import "recurrence/trajectory.wgsl"

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * 65535u * WORKGROUP;
  let i = index % STATE_DIM;
  let row = index / STATE_DIM;
  let s = row / params.block_steps;
  let t = row % params.block_steps;
  if (s >= params.num_series) { return; }
  if (t >= indices[s]) { return; }
  let here = s * params.trajectory_steps + indices[params.num_series + s] + t;
  let moved = current[here * STATE_DIM + i] + filtered[row * params.record_floats + i];
  put_entry(s, t, i, moved, false);
}
