// hmm_rows_each: probabilities of every series and step as a dense array, and whether any of them were lost.
// Grid     x (y continues x): one invocation per probability of a block
struct Params {
  num_states: u32,
  num_series: u32,
  num_steps: u32,        // T
  block_start: u32,
  block_steps: u32,
  rows_from: u32,        // floats before the first row
  rows_series: u32,      // rows of a series, and how many of them to pass over
  rows_before: u32,
  flags: u32,
}
#import "hmm/power.wgsl"
const EXTENDED: u32 = 1u;    // each number has an exponent behind it
const JUDGE: u32 = 2u;
const NAN: u32 = 0x7fc00000u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> rows: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;                 // [N] lengths
@group(0) @binding(3) var<storage, read_write> probs_out: array<u32>;         // [N, T, K], f32 bits
@group(0) @binding(4) var<storage, read_write> verdicts: array<atomic<u32>>;  // [N] 1: a probability is LOST_PROBABILITY

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * 65535u * WORKGROUP;
  let row = index / params.num_states;
  if (row >= params.num_series * params.block_steps) { return; }
  let k = index % params.num_states;
  let s = row / params.block_steps;
  let t = row % params.block_steps;
  let step = params.block_start + t;
  let out = (s * params.num_steps + step) * params.num_states + k;
  if (step >= indices[s]) {
    probs_out[out] = NAN;
    return;
  }
  let at = (s * params.rows_series + params.rows_before + t) * params.num_states + k;
  var p = 0.0;
  if ((params.flags & EXTENDED) == 0u) { p = rows[params.rows_from + at]; }
  else { p = scale(rows[params.rows_from + 2u * at], i32(max(rows[params.rows_from + 2u * at + 1u], -1000.0))); }
  probs_out[out] = bitcast<u32>(p);
  if ((params.flags & JUDGE) != 0u && p == LOST_PROBABILITY) { atomicMax(&verdicts[s], 1u); }
}
