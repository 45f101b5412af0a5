// Data and parameters of a step of the filter, in every form and variant.
// Needs    const RECORD_FLOATS, floats in an emission record: H [m, n] first
const MN: u32 = EMISSION_DIM * STATE_DIM;

@group(0) @binding(3) var<storage, read> observations: array<f32>;         // [N, steps, m]

fn weights_at(s: u32, t: u32) -> u32 { return params.weights_offset + t * params.weights_step + s * params.weights_series; }

fn emission_record(s: u32, t: u32) -> u32 {
  let record = indices[params.record_offset + t * params.record_step + s * params.record_series];
  return params.emission_offset + record * RECORD_FLOATS;
}
