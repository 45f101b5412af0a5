// What the smoothers read and write.
// filtered  [N, steps + 1, K] numbers as hmm_filter wrote them (row 0: before the block)
// outputs   [N, steps, K] p(z_t | y_0:T−1); LOST_PROBABILITY where something was lost
#import "hmm/power.wgsl"
const LOST_PROBABILITY: f32 = -1.0;

@group(0) @binding(1) var<storage, read> transitions: array<f32>;
@group(0) @binding(3) var<storage, read> filtered: array<f32>;
@group(0) @binding(4) var<storage, read_write> elements: array<u32>;
@group(0) @binding(5) var<storage, read_write> states: array<u32>;     // slots 0 … N−1 carry from block to block
@group(0) @binding(6) var<storage, read_write> outputs: array<f32>;
@group(0) @binding(7) var<storage, read_write> sums_out: array<f32>;   // [N, steps / sum_steps, K, K] Σ p(z_t−1, z_t | y_0:T−1)
@group(0) @binding(8) var<storage, read_write> kept: array<u32>;       // [N, chunks] the matrices of the chunks

fn transition_at(s: u32, t: u32) -> u32 { return t * params.transition_step + s * params.transition_series; }
