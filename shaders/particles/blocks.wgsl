// What the particles of a workgroup leave for the spine: sums of weights up to each of them, and in a record of the workgroup
//   e, total (2), Σ w², bad (a state or density that is no number), then of particle_step Σ w, mean [n], Σ w (x − mean)(x − mean)' by rows
// w being weights over 2^e.
#import "particles/weights.wgsl"
@group(0) @binding(5) var<storage, read_write> cumulative: array<vec2u>;  // [3, N, particles]: of even steps, odd steps, looks ahead
@group(0) @binding(6) var<storage, read_write> blocks: array<u32>;        // [N, blocks, BLOCK]
@group(0) @binding(7) var<storage, read_write> prefixes: array<u32>;      // [N, blocks, 3]: sum of the workgroups before (2), shift of the own sums

const MOMENTS_AT: u32 = 6u;
const FACTOR_AT: u32 = MOMENTS_AT + STATE_DIM;
const BLOCK: u32 = FACTOR_AT + STATE_DIM * (STATE_DIM + 1u) / 2u;
const LOOKS: u32 = 2u;

var<workgroup> centre: array<f32, STATE_DIM>;

fn block_at(s: u32, part: u32) -> u32 { return (s * params.num_blocks + part) * BLOCK; }

fn cumulative_at(slot: u32, s: u32, i: u32) -> u32 { return (slot * params.num_series + s) * params.num_particles + i; }

// Weights of log l into the sums. Returns w of the own particle.
fn fold_weights(s: u32, slot: u32, part: u32, lane: u32, l: f32, bad: bool, runs: bool) -> f32 {
  let w = weight_of(l);
  let largest = workgroup_largest(lane, w.n);
  let sum = workgroup_scan(lane, count_of(w, largest));
  let i = part * WORKGROUP + lane;
  if (runs && i < params.num_particles) { cumulative[cumulative_at(slot, s, i)] = sum; }
  let share = select(w.f * scale_of(max(w.n - largest, -127)), 0.0, w.n == NOTHING);
  let all = workgroup_sum(lane, vec4f(share, share * share, select(0.0, 1.0, bad), 0.0));
  if (runs && lane == WORKGROUP - 1u) {
    let at = block_at(s, part);
    blocks[at] = bitcast<u32>(largest);
    blocks[at + 1u] = sum.x;
    blocks[at + 2u] = sum.y;
    blocks[at + 3u] = bitcast<u32>(all.y);
    blocks[at + 4u] = u32(all.z);
    blocks[at + 5u] = bitcast<u32>(all.x);
  }
  return share;
}

// Mean and sums of squares of the particles, around the first of them and then around their mean.
fn fold_moments(s: u32, part: u32, lane: u32, x: State, w: f32, runs: bool) {
  let at = block_at(s, part);
  if (lane == 0u) {
    for (var a = 0u; a < STATE_DIM; a++) { centre[a] = x[a]; }
  }
  workgroupBarrier();
  var d: array<f32, STATE_DIM + 3u>;
  for (var a = 0u; a < STATE_DIM; a++) { d[a] = select(0.0, x[a] - centre[a], w > 0.0); }
  for (var a = STATE_DIM; a < STATE_DIM + 3u; a++) { d[a] = 0.0; }
  let weights = workgroup_sum(lane, vec4f(w, 0.0, 0.0, 0.0));
  let total = weights.x;
  for (var a = 0u; a < STATE_DIM; a += 4u) {
    let sum = workgroup_sum(lane, w * vec4f(d[a], d[a + 1u], d[a + 2u], d[a + 3u]));
    for (var k = 0u; k < 4u; k++) {
      if (a + k >= STATE_DIM) { continue; }
      let shift = select(0.0, sum[k] / total, total > 0.0);
      d[a + k] = select(0.0, d[a + k] - shift, w > 0.0);
      if (runs && lane == 0u) { blocks[at + MOMENTS_AT + a + k] = bitcast<u32>(centre[a + k] + shift); }
    }
  }
  for (var a = 0u; a < STATE_DIM; a++) {
    for (var b = 0u; b <= a; b += 4u) {
      let sum = workgroup_sum(lane, (w * d[a]) * vec4f(d[b], d[b + 1u], d[b + 2u], d[b + 3u]));
      for (var k = 0u; k < 4u; k++) {
        if (runs && lane == 0u && b + k <= a) { blocks[at + FACTOR_AT + a * (a + 1u) / 2u + b + k] = bitcast<u32>(sum[k]); }
      }
    }
  }
}
