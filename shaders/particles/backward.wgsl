// particle_backward: one step back of every trajectory: z_t = x_i with probability ∝ w_i exp(−½ |L⁻¹ (z_t+1 − f(x_i))|²)
//   A draw is of one class of particles out of WORKGROUP, by i mod WORKGROUP, then of one class of those, and so on: what is kept is
//   one sum an invocation. Every level has a uniform number of its own.
// Grid     x (z continues x): a workgroup for every trajectory; y: series
// Source   Godsill, Doucet & West 2004, doi:10.1198/016214504000000151.  Twin src/inference/nonlinear/backward_simulation.cpu.ts
#import "particles/params.wgsl"
#import "particles/weights.wgsl"
#import "lib/special.wgsl"
#import "lib/uniforms.wgsl"
@group(0) @binding(5) var<storage, read_write> moved: array<f32>;         // [N, particles, n]
@group(0) @binding(6) var<storage, read_write> walk: array<u32>;          // the step, of particle_ahead and here
@group(0) @binding(7) var<storage, read_write> trajectories: array<f32>;  // [N, M, T, n]
@group(0) @binding(8) var<storage, read_write> lost: array<u32>;          // [N, M]: 1 where no particle can lead on

const NONE: f32 = -1e30;

var<workgroup> chosen: array<u32, 1>;

// log w_i + log p(z_t+1 | x_i) but for a constant
fn score_of(s: u32, t: u32, i: u32, is_last: bool, z: State) -> f32 {
  let l = log_weights[weight_at(s, t, i)];
  if (l < LEAST) { return NONE; }
  if (is_last) { return l; }
  let start = (s * params.num_particles + i) * STATE_DIM;
  let factor = params.dynamics_factor + s * params.dynamics_factor_series + (t + 1u) * params.dynamics_factor_step;
  var left: State;
  var sum = 0.0;
  #for a in 0 .. STATE_DIM
  {
  var value = z[a] - moved[start + a];
  #for b in 0 .. a
  value -= data[factor + a * STATE_DIM + b] * left[b];
  #end
  left[a] = value / data[factor + a * STATE_DIM + a];
  sum += left[a] * left[a];
  }
  #end
  let score = l - 0.5 * sum;
  return select(NONE, score, score > LEAST);
}

// Floats as whole numbers of the same order, and back.
fn ordered(x: f32) -> i32 {
  let bits = bitcast<i32>(x);
  return select(bits, bits ^ 0x7fffffff, bits < 0);
}

fn unordered(x: i32) -> f32 { return bitcast<f32>(select(x, x ^ 0x7fffffff, x < 0)); }

// x 2³⁹ of 0 ≤ x < 2²⁴ as a whole number
fn whole_of(x: f32) -> vec2u {
  let high = floor(x * 128.0);
  return vec2u(u32(min((x * 128.0 - high) * 4294967296.0, 4294967040.0)), u32(high));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y;
  let k = group.x + group.z * 65535u;
  let t = walk[1];
  if (s == 0u && k == 0u && invocation == 0u) { walk[0] = t - 1u; }
  let length = control[s * CONTROL + LENGTH];
  let runs = k < params.num_trajectories && t < length && control[s * CONTROL + DEAD] == 0u;
  let is_last = t + 1u == length;
  let row = ((s * params.num_trajectories + k) * params.num_steps + t) * STATE_DIM;
  var z: State;
  for (var a = 0u; a < STATE_DIM; a++) { z[a] = 0.0; }
  if (runs && !is_last) {
    for (var a = 0u; a < STATE_DIM; a++) { z[a] = trajectories[row + STATE_DIM + a]; }
  }
  var first = 0u;
  var stride = 1u;
  var none = false;
  for (var level = 0u; level < LEVELS; level++) {
    var most = NONE;
    var sum = 0.0;
    if (runs) {
      for (var i = first + invocation * stride; i < params.num_particles; i += WORKGROUP * stride) {
        let score = score_of(s, t, i, is_last, z);
        if (score == NONE) { continue; }
        if (score > most) {
          sum = sum * exp_f32(most - score) + 1.0;
          most = score;
        } else { sum += exp_f32(score - most); }
      }
    }
    let key = workgroup_largest(invocation, ordered(most));
    let largest = unordered(key);
    var share = vec2u(0u, 0u);
    if (most > NONE) { share = whole_of(sum * exp_f32(most - largest)); }
    let through = workgroup_scan(invocation, share);
    let total = vec2u(counts_low[WORKGROUP - 1u], counts_high[WORKGROUP - 1u]);
    let draw = k + level * 0x40000000u;
    let word = uniform_word(vec2u(params.seed_low, params.seed_high), params.first_series + s, draw, 2u * params.num_steps + t);
    let place = part_of_wide(word, total);
    if (less_wide(place, through) && !less_wide(place, subtract_wide(through, share))) { chosen[0] = invocation; }
    workgroupBarrier();
    none = none || largest == NONE;
    first += select(chosen[0], 0u, largest == NONE) * stride;
    stride *= WORKGROUP;
    workgroupBarrier();
  }
  if (!runs) { return; }
  if (none) {
    if (invocation == 0u) { lost[s * params.num_trajectories + k] = 1u; }
    return;
  }
  let start = state_at(s, t, first);
  for (var a = invocation; a < STATE_DIM; a += WORKGROUP) { trajectories[row + a] = states[start + a]; }
}
