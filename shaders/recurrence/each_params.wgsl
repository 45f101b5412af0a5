// What kernels read and write that take every step by itself.
// RULE     0: copy the state and keep the merit of every step; 1: s'_t = f(s_{t−1}), Jacobi; 2: a step down the merit,
//          s'_t = s_t + α (r_t − J_{t+1}' r_{t+1}), r = f − s. With 1 and 2 the merits of a workgroup's steps are added up.
struct Params {
  num_series: u32,
  block_steps: u32,      // of the window
  partials: u32,         // workgroups of a series
#import "recurrence/params.wgsl"
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;              // [N] lengths, [N] starts
@group(0) @binding(4) var<storage, read_write> elements: array<f32>;       // merits [N, window] or [N, partials]
