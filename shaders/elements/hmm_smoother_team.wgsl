// hmm_smoother by a team of invocations: the formulas, layout and source of hmm_smoother_lane.wgsl.
// Memory   vectors, and for a scan over time two matrices behind them (hmm/team.wgsl)
#import "hmm/smoother_io.wgsl"
#import "hmm/smoother_team.wgsl"
#import "hmm/backward_team.wgsl"

fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  load_state(slot);
  read_filtered(s, hi);
  for (var i = 0u; i < steps; i++) {
    let inside = here && lo + i < hi;
    let t = max(max(hi, 1u) - 1u, i) - i;  // past the beginning, the first step again
    let at = s * params.block_steps + t;
    posterior();
    let all = posterior_total();
    note_lost(all, inside);
    if (inside) {
      for (var k = lane; k < NUM_STATES; k += TEAM) {
        outputs[at * NUM_STATES + k] = select(posterior_share(k, all), LOST_PROBABILITY, is_lost());
      }
    }
    let a = transition_at(s, t);
    let moving = params.block_start + t > 0u;
    read_filtered(s, t);
    over_prediction(a, all);
    let spans = max(params.sum_steps, 1u);
    if (inside && params.sum_steps > 0u) {
      let row = (s * ceil_div(params.block_steps, spans) + t / spans) * N2;
      let fresh = i == 0u || (t + 1u) % spans == 0u;
      for (var entry_at = lane; entry_at < N2; entry_at += TEAM) {
        var sum = 0.0;
        if (!fresh) { sum = sums_out[row + entry_at]; }
        if (moving) { sum += joint(a, entry_at / NUM_STATES, entry_at % NUM_STATES); }
        sums_out[row + entry_at] = sum;
      }
    }
    spread(a, inside && moving);
    if (inside && is_last && lo + i + 1u == hi) { store_carry(s); }
    sync();
  }
}
