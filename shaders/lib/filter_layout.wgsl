// Element, buffers and records of the filter, the same in every form and variant.
// Layout   f32 A[n,n] b[n] U[n(n+1)/2] η[n] Z[n(n+1)/2] = 2n² + 3n floats; in covariance form C stands for U and J for Z
// Needs    const RECORD_FLOATS, floats in an emission record: H [m, n] first
const ELEMENT_FLOATS: u32 = 2u * N2 + 3u * STATE_DIM;
const AT_B: u32 = N2;
const AT_U: u32 = N2 + STATE_DIM;
const AT_ETA: u32 = AT_U + TRIANGLE;
const AT_Z: u32 = AT_ETA + STATE_DIM;
const MN: u32 = EMISSION_DIM * STATE_DIM;
const WRITE_FILTERED: u32 = 1u;
const WRITE_PREDICTED: u32 = 2u;

@group(0) @binding(3) var<storage, read> observations: array<f32>;         // [N, steps, m]
@group(0) @binding(6) var<storage, read_write> filtered: array<f32>;       // [N, steps, n + n(n+1)/2]
@group(0) @binding(7) var<storage, read_write> predicted: array<f32>;      // the same
@group(0) @binding(8) var<storage, read_write> likelihoods: array<f32>;    // [N, steps] without ½ log 2π

fn weights_at(s: u32, t: u32) -> u32 { return params.weights_offset + t * params.weights_step + s * params.weights_series; }

fn emission_record(s: u32, t: u32) -> u32 {
  let record = indices[params.record_offset + t * params.record_step + s * params.record_series];
  return params.emission_offset + record * RECORD_FLOATS;
}
