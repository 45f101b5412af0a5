// particle_spine: joins the workgroups of a step: total of the weights, effective number of particles, moments, and where systematic
//   resampling finds its ancestors. Goes on to the next step.
// Grid     x: 1; y: series
// Output   of a step: e, total (2), Σ w², flags (1 failed, 2 resampled), of the look ahead 1 and e, total (2); mean [n], covariance by rows
// Source   Kitagawa 1996, doi:10.1080/10618600.1996.10474692; covariances of parts: Chan, Golub & LeVeque 1983, doi:10.1080/00031305.1983.10483115
#import "particles/params.wgsl"
#import "particles/blocks.wgsl"
#import "lib/uniforms.wgsl"
@group(0) @binding(8) var<storage, read_write> outputs: array<u32>;  // [N, T, OUTPUT]

const OUTPUT_MOMENTS: u32 = 9u;
const OUTPUT: u32 = OUTPUT_MOMENTS + STATE_DIM + STATE_DIM * (STATE_DIM + 1u) / 2u;

fn float_at(at: u32) -> f32 { return bitcast<f32>(blocks[at]); }

// Scale of a workgroup's weights beside the largest.
fn share_of(s: u32, part: u32, largest: i32) -> f32 {
  let e = bitcast<i32>(blocks[block_at(s, part)]);
  return select(scale_of(max(e - largest, -127)), 0.0, e == NOTHING);
}

// Mean and covariance of all from those of the workgroups, which `from` … `end` of are this invocation's.
fn join_moments(s: u32, lane: u32, start: u32, end: u32, largest: i32, total: f32, out: u32, runs: bool) {
  let reference = block_at(s, 0u) + MOMENTS_AT;
  for (var a = 0u; a < STATE_DIM; a++) {
    var sum = 0.0;
    for (var part = start; part < end; part++) {
      let at = block_at(s, part);
      sum += share_of(s, part, largest) * float_at(at + 5u) * (float_at(at + MOMENTS_AT + a) - float_at(reference + a));
    }
    let all = workgroup_sum(lane, vec4f(sum, 0.0, 0.0, 0.0));
    let mean = float_at(reference + a) + all.x / total;
    if (lane == 0u) {
      centre[a] = mean;
      if (runs) { outputs[out + OUTPUT_MOMENTS + a] = bitcast<u32>(mean); }
    }
  }
  workgroupBarrier();
  var entry = 0u;
  for (var a = 0u; a < STATE_DIM; a++) {
    for (var b = 0u; b <= a; b++) {
      var sum = 0.0;
      for (var part = start; part < end; part++) {
        let at = block_at(s, part);
        let between = (float_at(at + MOMENTS_AT + a) - centre[a]) * (float_at(at + MOMENTS_AT + b) - centre[b]);
        sum += share_of(s, part, largest) * (float_at(at + FACTOR_AT + entry) + float_at(at + 5u) * between);
      }
      let all = workgroup_sum(lane, vec4f(sum, 0.0, 0.0, 0.0));
      if (runs && lane == 0u) { outputs[out + OUTPUT_MOMENTS + STATE_DIM + entry] = bitcast<u32>(all.x / total); }
      entry++;
    }
  }
}

// What places_of() needs of the total, for the uniform number `number` of the series.
fn write_places(s: u32, total: vec2u, number: u32) {
  let at = s * CONTROL + PLACES;
  let word = uniform_word(vec2u(params.seed_low, params.seed_high), params.first_series + s, 0u, number);
  let each = divide_wide(total, params.num_particles);
  let first = divide_wide(part_of_wide(word, total), params.num_particles);
  control[at] = each.whole.x;
  control[at + 1u] = each.whole.y;
  control[at + 2u] = each.rest;
  control[at + 3u] = first.whole.x;
  control[at + 4u] = first.whole.y;
  control[at + 5u] = first.rest;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y;
  let t = control[s * CONTROL + STEP];
  let ahead = params.stage == 0u;
  let out = (s * params.num_steps + t) * OUTPUT;
  // Looks ahead are taken where particle_look took them: LOOKED is not yet known then, so the first stage asks as it did.
  let runs = goes_on(s) && (!ahead || (t > 0u && data[params.records + (s * params.num_steps + t) * (2u + 3u * EMISSION_DIM)] > 0.0));
  let each = (params.num_blocks + WORKGROUP - 1u) / WORKGROUP;
  let start = min(invocation * each, params.num_blocks);
  let end = min(start + each, params.num_blocks);
  var top = NOTHING;
  for (var part = start; part < end; part++) { top = max(top, bitcast<i32>(blocks[block_at(s, part)])); }
  let largest = workgroup_largest(invocation, top);
  var own = vec2u(0u, 0u);
  var squares = 0.0;
  var weight = 0.0;
  var bad = 0.0;
  for (var part = start; part < end; part++) {
    let at = block_at(s, part);
    let share = share_of(s, part, largest);
    let shift = u32(clamp(largest - bitcast<i32>(blocks[at]), 0, 64));
    own = add_wide(own, shift_right_wide(vec2u(blocks[at + 1u], blocks[at + 2u]), shift));
    weight += share * float_at(at + 5u);
    squares += share * share * float_at(at + 3u);
    bad += f32(blocks[at + 4u]);
  }
  let through = workgroup_scan(invocation, own);
  let total = vec2u(counts_low[WORKGROUP - 1u], counts_high[WORKGROUP - 1u]);
  let all = workgroup_sum(invocation, vec4f(weight, squares, bad, 0.0));
  var earlier = subtract_wide(through, own);
  for (var part = start; part < end; part++) {
    let at = block_at(s, part);
    let shift = u32(clamp(largest - bitcast<i32>(blocks[at]), 0, 64));
    let to = (s * params.num_blocks + part) * 3u;
    if (runs) {
      prefixes[to] = earlier.x;
      prefixes[to + 1u] = earlier.y;
      prefixes[to + 2u] = shift;
    }
    earlier = add_wide(earlier, shift_right_wide(vec2u(blocks[at + 1u], blocks[at + 2u]), shift));
  }
  let failed = all.z > 0.0 || largest == NOTHING;
  if (!ahead) { join_moments(s, invocation, start, end, largest, max(all.x, 1e-30), out, runs); }
  if (!runs || invocation > 0u) { return; }
  let at = s * CONTROL;
  if (failed) {
    control[at + DEAD] = 1u;
    outputs[out + 4u] = 1u;
    return;
  }
  if (ahead) {
    control[at + LOOKED] = 1u;
    outputs[out + 5u] = 1u;
    outputs[out + 6u] = bitcast<u32>(largest);
    outputs[out + 7u] = total.x;
    outputs[out + 8u] = total.y;
    write_places(s, total, 2u * t);
    return;
  }
  let effective = clamp(all.x * (all.x / all.y), 1.0, f32(params.num_particles));
  let resample = effective < bitcast<f32>(params.resample_below);
  outputs[out] = bitcast<u32>(largest);
  outputs[out + 1u] = total.x;
  outputs[out + 2u] = total.y;
  outputs[out + 3u] = bitcast<u32>(effective);
  outputs[out + 4u] = select(0u, 2u, resample);
  control[at + STEP] = t + 1u;
  control[at + RESAMPLE] = select(0u, 1u, resample);
  control[at + LOOKED] = 0u;
  control[at + EXPONENT] = bitcast<u32>(largest);
  write_places(s, total, 2u * t + 1u);
}
