// What posteriors by reverse kernels are made from.
// filtered  [N, steps + 1, K] numbers as hmm_filter wrote them (row 0: before the block)
// outputs   [N, steps, K] probabilities; LOST_PROBABILITY where something was lost
#import "hmm/power.wgsl"

@group(0) @binding(1) var<storage, read> transitions: array<f32>;
@group(0) @binding(3) var<storage, read> filtered: array<f32>;
@group(0) @binding(4) var<storage, read_write> elements: array<u32>;
@group(0) @binding(5) var<storage, read_write> states: array<u32>;     // β that is carried from block to block
@group(0) @binding(6) var<storage, read_write> outputs: array<f32>;

fn transition_at(s: u32, t: u32) -> u32 { return t * params.transition_step + s * params.transition_series; }
