// What the smoother reads and writes.
#import "hmm/posterior_io.wgsl"

@group(0) @binding(7) var<storage, read_write> sums_out: array<f32>;   // [N, steps / sum_steps, K, K] Σ p(z_t−1, z_t | y_0:T−1)
@group(0) @binding(8) var<storage, read_write> kept: array<u32>;       // [N, chunks] the matrices of the chunks
