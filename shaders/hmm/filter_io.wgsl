// What the filters read and write besides densities. indices: [N] lengths, then [K] the density of each state.
// outputs   filtered [N, steps + 1, K] numbers (row 0: before the block), then predicted [N, steps, K] and
//           log-likelihoods [N, steps] less the baseline; behind them what hmm_two_filter writes
#import "hmm/emissions.wgsl"
#import "hmm/density.wgsl"
const WRITE_FILTERED: u32 = 1u;
const WRITE_PREDICTED: u32 = 2u;
const KEEP: u32 = 4u;
const IMPOSSIBLE: f32 = -3.2e38;   // log-likelihood of a step that no state allows
const LOST_STEP: f32 = 3.2e38;     // of a step after something was lost

@group(0) @binding(1) var<storage, read> transitions: array<f32>;
@group(0) @binding(4) var<storage, read_write> elements: array<u32>;
@group(0) @binding(5) var<storage, read_write> states: array<u32>;    // slots 0 … N−1 carry from block to block
@group(0) @binding(6) var<storage, read_write> outputs: array<f32>;
@group(0) @binding(8) var<storage, read_write> kept: array<u32>;       // [N, chunks] the matrices of the chunks

fn transition_at(s: u32, t: u32) -> u32 { return t * params.transition_step + s * params.transition_series; }
fn moves(t: u32) -> bool { return params.block_start + t > 0u; }
