// Maps z_t to z_t−1 drawn from the reverse kernels, one uniform for all states of a step:
//   z_t−1 = lowest i with u Σ w < w_0 + … + w_i,  w_i = α_t−1(i) A_t[i, z_t];  at the end of a series w = α_t
// Weights become whole numbers (the largest about 2^DRAW_BITS) before they are added, so that every kernel draws the same state.
// indices: [scans] lengths, then [scans] the number of the series in the counter of the draws.
// Source   src/inference/hmm_sampler.cpu.ts
#import "hmm/number.wgsl"
#import "hmm/uniform_draw.wgsl"
const N2: u32 = NUM_STATES * NUM_STATES;
@group(0) @binding(1) var<storage, read> transitions: array<f32>;
@group(0) @binding(3) var<storage, read> filtered: array<f32>;  // [series, steps + 1, K] numbers; row 0 is before the block

#ifdef EXTENDED
fn filtered_number(row: u32, i: u32) -> Number {
  let at = 2u * (row * NUM_STATES + i);
  return normal(filtered[at], i32(filtered[at + 1u]));
}
fn weight(row: u32, a: u32, i: u32, k: u32) -> Number {
  let p = filtered_number(row, i);
  return normal(p.m * transitions[a + i * NUM_STATES + k], max(p.e + i32(transitions[a + N2 + i * NUM_STATES + k]), NOTHING));
}
#else
fn filtered_number(row: u32, i: u32) -> Number { return normal(filtered[row * NUM_STATES + i], 0); }
fn weight(row: u32, a: u32, i: u32, k: u32) -> Number {
  return normal(filtered[row * NUM_STATES + i] * transitions[a + i * NUM_STATES + k], 0);
}
#endif

// Weights of column k of A, or of α alone.
fn weight_of(row: u32, a: u32, i: u32, k: u32, alone: bool) -> Number {
  if (alone) { return filtered_number(row, i); }
  return weight(row, a, i, k);
}

fn whole_weight(w: Number, top: i32) -> u32 { return u32(scale_down(w.m, w.e - top) * f32(1u << DRAW_BITS)); }

fn draw_state(s: u32, step: u32, row: u32, a: u32, k: u32, alone: bool) -> u32 {
  var top = NOTHING;
  for (var i = 0u; i < NUM_STATES; i++) { top = max(top, weight_of(row, a, i, k, alone).e); }
  var total = 0u;
  for (var i = 0u; i < NUM_STATES; i++) { total += whole_weight(weight_of(row, a, i, k, alone), top); }
  let seed = vec2u(params.seed_low, params.seed_high);
  let x = uniform_word(seed, indices[params.num_series + s], params.first_draw + s % params.num_draws, step);
  let aim = part_of(x, total);
  var sum = 0u;
  for (var i = 0u; i < NUM_STATES; i++) {
    sum += whole_weight(weight_of(row, a, i, k, alone), top);
    if (sum > aim) { return i; }
  }
  return 0u;
}

fn last_state(s: u32, t: u32, k: u32) -> u32 {
  let row = s / params.num_draws * (params.block_steps + 1u) + t + 1u;
  return draw_state(s, params.block_start + t, row, 0u, 0u, true);
}

fn state_before(s: u32, t: u32, k: u32) -> u32 {
  let series = s / params.num_draws;
  let a = t * params.transition_step + series * params.transition_series;
  return draw_state(s, params.block_start + t - 1u, series * (params.block_steps + 1u) + t, a, k, false);
}
