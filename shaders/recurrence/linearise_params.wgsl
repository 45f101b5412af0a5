// What kernels read and write that make the model of a Kalman filter from a trajectory.
struct Params {
  num_series: u32,
  block_steps: u32,      // of the window
  bias_offset: u32,      // floats of `model` before r
  state_floats: u32,     // of a state that the filter starts from
  partials: u32,         // workgroups of a series
#import "recurrence/params.wgsl"
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;              // [N] lengths, [N] starts
@group(0) @binding(4) var<storage, read_write> elements: array<f32>;       // [N, partials] merits
@group(0) @binding(5) var<storage, read_write> states: array<f32>;         // what the filter starts from
