// hmm_filter by a team of invocations: the formulas, layout and source of hmm_filter_lane.wgsl.
// Memory   vectors, and for a scan over time two matrices behind them (hmm/team.wgsl)
#import "hmm/filter_io.wgsl"
#import "hmm/words.wgsl"
const F: u32 = 0u;                       // densities f 2^n
const N: u32 = NUM_STATES;
const D: u32 = 2u * NUM_STATES;          // exponents
const TOP: u32 = 3u * NUM_STATES;        // of the rows of a matrix
const ROW_E: u32 = 4u * NUM_STATES;
const PARTS: u32 = 5u * NUM_STATES;
const X: u32 = PARTS + 16u;              // a vector of numbers and the next
const Y: u32 = X + NUMBER_WORDS * NUM_STATES;
const M: u32 = Y + NUMBER_WORDS * NUM_STATES;
const W: u32 = M + NUMBER_WORDS * NUM_STATES * NUM_STATES;
#import "hmm/team.wgsl"
#import "hmm/densities_team.wgsl"
#ifdef EXTENDED
#import "hmm/filter_extended_team.wgsl"
#else
#import "hmm/filter_scaled_team.wgsl"
#endif

fn write_filtered(s: u32, index: u32, all: Number, here: bool) {
  if ((params.flags & WRITE_FILTERED) == 0u || !here) { return; }
  let at = (s * (params.block_steps + 1u) + index) * NUM_STATES * NUMBER_WORDS;
  for (var k = lane; k < NUM_STATES; k += TEAM) { write_share(at + k * NUMBER_WORDS, k, all); }
}

// The forward recursion from the probabilities before the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  load_state(slot);
  var all = vector_total();
  write_filtered(s, 0u, all, here && lo == 0u);
  for (var i = 0u; i < steps; i++) {
    let t = min(lo + i, max(hi, 1u) - 1u);  // past the end, the last step again
    let inside = here && lo + i < hi;
    let most = densities(s, t);
    predict(transition_at(s, t), moves(t));
    let at = s * params.block_steps + t;
    if ((params.flags & WRITE_PREDICTED) != 0u) {
      let sum = predicted_total();
      if (inside) {
        for (var k = lane; k < NUM_STATES; k += TEAM) {
          outputs[params.predicted_offset + at * NUM_STATES + k] = predicted_share(k, sum);
        }
      }
    }
    absorb();
    let sum = vector_total();
    if (inside && lane == 0u) {
      var likelihood = IMPOSSIBLE;
      if (sum.m > 0.0) { likelihood = log_f32(sum.m / all.m) + times_log2(sum.e - all.e + most); }
      if (is_lost()) { likelihood = LOST_STEP; }
      outputs[params.likelihood_offset + at] = likelihood;
    }
    write_filtered(s, t + 1u, sum, inside);
    refresh();
    all = vector_total();
    if (inside && is_last && lo + i + 1u == hi) { store_state(s); }
    sync();
  }
}
