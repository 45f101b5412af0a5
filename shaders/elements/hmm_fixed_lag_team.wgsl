// hmm_fixed_lag by a team of invocations: the formulas, layout and source of hmm_fixed_lag_lane.wgsl.
// Memory   vectors only (hmm/team.wgsl)
#import "hmm/posterior_io.wgsl"
#import "hmm/smoother_team.wgsl"

// Steps of the block from_step − 1 down to to_step; β is that of step from_step − 1 at first, of step to_step − 1 at the end.
fn run_window(s: u32, from_step: u32, to_step: u32, slot: u32, begins: bool, ends: bool) {
  if (begins) { load_ones(); } else { load_state(params.carry_in + slot); }
  read_filtered(s, from_step);
  var at = from_step;
  while (at > to_step) {
    if (params.kept_stride > 0u && at % params.chunk_length == 0u && at >= to_step + params.chunk_length) {
      level(true);
      through_chunk(s * params.kept_stride + at / params.chunk_length - 1u);
      at -= params.chunk_length;
      read_filtered(s, at);
    } else {
      at--;
      posterior();
      let all = posterior_total();
      note_lost(all, true);
      let a = transition_at(s, at);
      read_filtered(s, at);
      over_prediction(a, all);
      spread(a, true);
    }
  }
  if (ends) {
    posterior();
    let all = posterior_total();
    note_lost(all, true);
    let to = (s * params.block_steps + to_step - 1u) * NUM_STATES;
    for (var k = lane; k < NUM_STATES; k += TEAM) {
      outputs[to + k] = select(posterior_share(k, all), LOST_PROBABILITY, is_lost());
    }
  } else {
    level(true);
    store_state(params.carry_out + slot);
  }
}
