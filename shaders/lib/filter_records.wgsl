// What a filter writes, in every form and variant.
const WRITE_FILTERED: u32 = 1u;
const WRITE_PREDICTED: u32 = 2u;

@group(0) @binding(6) var<storage, read_write> filtered: array<f32>;       // [N, steps, n + n(n+1)/2]
@group(0) @binding(7) var<storage, read_write> predicted: array<f32>;      // the same
@group(0) @binding(8) var<storage, read_write> likelihoods: array<f32>;    // [N, steps] without ½ log 2π
