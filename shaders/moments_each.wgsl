// moments_each: mean and covariance of every series and step, dense and in the units of the model, and what a pass is judged by.
// Layout   a mean: n floats. A spread: n(n+1)/2 by rows, U with covariance U U' or, with COVARIANCE, the covariance itself
// Grid     x (y continues x): one invocation per entry of the covariances of a block
struct Params {
  state_dim: u32,            // n
  num_series: u32,
  num_steps: u32,            // T
  block_start: u32,
  block_steps: u32,
  mean_step: u32,            // floats from mean to mean
  mean_series: u32,
  table_series: u32,         // with TABLE: steps of a series in indices; 0: all series share them
  flags: u32,
}
const COVARIANCE: u32 = 1u;
const TABLE: u32 = 2u;       // spreads are rows of a table; else each stands behind its mean
const JUDGE: u32 = 4u;
const NAN: u32 = 0x7fc00000u;
const INFINITY: u32 = 0x7f800000u;
const REFUSED: f32 = -1e29;  // a variance below is a mark of lib/precondition.wgsl
const EXACT: f32 = 1e14;     // a mean of more standard deviations is as good as float32 holds it

// Numbers that may not be finite are read and written as bits: a compiler may assume that floats are.
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> means: array<u32>;
@group(0) @binding(2) var<storage, read> spreads: array<u32>;
@group(0) @binding(3) var<storage, read> indices: array<u32>;                 // [N] lengths; with TABLE then [N or 1, steps] where spreads begin
@group(0) @binding(4) var<storage, read> units: array<f32>;                   // [n] powers of two; [N, n, 2] what is added to means before
@group(0) @binding(5) var<storage, read_write> means_out: array<u32>;         // [N, T, n]
@group(0) @binding(6) var<storage, read_write> covariances_out: array<u32>;   // [N, T, n, n]
@group(0) @binding(7) var<storage, read_write> verdicts: array<atomic<u32>>;  // [N] largest |mean| / sd; INFINITY: not finite, or refused
@group(0) @binding(8) var<storage, read_write> ends: array<u32>;              // [N, 2, n(n+1)/2] spreads of the last and the middle step

fn is_finite(bits: u32) -> bool { return (bits & INFINITY) != INFINITY; }

fn has(flag: u32) -> bool { return (params.flags & flag) != 0u; }

// Entry i, j of the covariance whose spread begins at `at`, in the units of the pass.
fn covariance(at: u32, i: u32, j: u32) -> f32 {
  let low = min(i, j);
  let high = max(i, j);
  let a = at + high * (high + 1u) / 2u;
  if (has(COVARIANCE)) { return bitcast<f32>(spreads[a + low]); }
  let b = at + low * (low + 1u) / 2u;
  var sum = 0.0;
  for (var k = 0u; k <= low; k++) { sum += bitcast<f32>(spreads[a + k]) * bitcast<f32>(spreads[b + k]); }
  return sum;
}

// Keeps the largest of the bits of numbers ≥ 0, which are ordered as the numbers are.
fn keep_largest(s: u32, bits: u32) { if (bits > atomicLoad(&verdicts[s])) { atomicMax(&verdicts[s], bits); } }

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * 65535u * WORKGROUP;
  let n = params.state_dim;
  let row = index / (n * n);
  if (row >= params.num_series * params.block_steps) { return; }
  let i = index / n % n;
  let j = index % n;
  let s = row / params.block_steps;
  let t = row % params.block_steps;
  let step = params.block_start + t;
  let out = (s * params.num_steps + step) * n + i;
  if (step >= indices[s]) {
    if (j == 0u) { means_out[out] = NAN; }
    covariances_out[out * n + j] = NAN;
    return;
  }
  let mean = means[s * params.mean_series + t * params.mean_step + i];
  var spread = s * params.mean_series + t * params.mean_step + n;
  if (has(TABLE)) { spread = indices[params.num_series + s * params.table_series + t]; }
  let value = covariance(spread, i, j);
  let covariance_bits = bitcast<u32>(value * units[i] * units[j]);
  covariances_out[out * n + j] = covariance_bits;
  var fine = is_finite(covariance_bits);
  if (j == 0u) {
    let shift = n + 2u * (s * n + i);
    let mean_bits = bitcast<u32>((bitcast<f32>(mean) + units[shift + 1u] + units[shift]) * units[i]);
    means_out[out] = mean_bits;
    fine = fine && is_finite(mean) && is_finite(mean_bits);
  }
  if (!has(JUDGE)) { return; }
  if (j <= i) {
    let at = i * (i + 1u) / 2u + j;
    let bits = spreads[spread + at];
    fine = fine && is_finite(bits);
    let size = n * (n + 1u) / 2u;
    if (step == indices[s] - 1u) { ends[2u * s * size + at] = bits; }
    if (step == (indices[s] - 1u) / 2u) { ends[(2u * s + 1u) * size + at] = bits; }
  }
  if (i == j) {
    fine = fine && value > REFUSED;
    let ratio = select(0.0, abs(bitcast<f32>(mean)) / sqrt(value), value > 0.0);
    if (ratio < EXACT) { keep_largest(s, bitcast<u32>(ratio)); }
  }
  if (!fine) { keep_largest(s, INFINITY); }
}
