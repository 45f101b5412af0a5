// emission_each: log p(y_t | density e) less the baseline, for every series, step and density, as a whole number and the rest.
// Grid     x (y continues x): one invocation per entry of log_likelihoods
struct Params {
  block_steps: u32,
  num_series: u32,
  num_emissions: u32,
  record_floats: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read_write> log_likelihoods: array<vec2f>;  // [N, steps, E]
#import "hmm/emissions.wgsl"

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * 65535u * WORKGROUP;
  let row = index / params.num_emissions;
  if (row >= params.num_series * params.block_steps) { return; }
  log_likelihoods[index] = emission_nats(row * params.record_floats, index % params.num_emissions);
}
