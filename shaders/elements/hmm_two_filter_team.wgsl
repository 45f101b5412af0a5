// hmm_two_filter by a team of invocations: the formulas, layout and source of hmm_two_filter_lane.wgsl.
// Memory   vectors, and for a scan over time two matrices behind them (hmm/team.wgsl)
#import "hmm/filter_io.wgsl"
#import "hmm/two_filter_team.wgsl"
#import "hmm/backward_team.wgsl"

fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  load_state(slot);
  read_filtered(s, hi);
  level_possible();
  posterior();
  var all = posterior_total();
  note_lost(all, here);
  for (var i = 0u; i < steps; i++) {
    let inside = here && lo + i < hi;
    let t = max(max(hi, 1u) - 1u, i) - i;  // past the beginning, the first step again
    let moving = inside && moves(t);
    let at = params.smoothed_offset + (s * params.block_steps + t) * NUM_STATES;
    if (inside) {
      for (var k = lane; k < NUM_STATES; k += TEAM) { outputs[at + k] = posterior_share(k, all); }
    }
    densities(s, t);
    message(moving);
    read_filtered(s, t);
    let a = transition_at(s, t);
    let top = retreat(a, moving);
    posterior();
    all = posterior_total();
    note_lost(all, moving);
    over_total(all, top, moving);
    let spans = max(params.sum_steps, 1u);
    if (inside && params.sum_steps > 0u) {
      let row = params.sums_offset + (s * ceil_div(params.block_steps, spans) + t / spans) * N2;
      let fresh = i == 0u || (t + 1u) % spans == 0u;
      for (var entry_at = lane; entry_at < N2; entry_at += TEAM) {
        var sum = 0.0;
        if (!fresh) { sum = outputs[row + entry_at]; }
        if (moving) { sum += joint(a, entry_at / NUM_STATES, entry_at % NUM_STATES); }
        outputs[row + entry_at] = sum;
      }
    }
    if (inside && lane == 0u && is_lost()) { outputs[at] = LOST_PROBABILITY; }
    if (inside && is_last && lo + i + 1u == hi) { store_carry(s); }
    sync();
  }
}
