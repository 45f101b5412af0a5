// hmm_fixed_lag: p(z_t | y_0:min(t+L, T−1)), for each t from β = 1 at the last step back by reverse kernels, whole chunks at once
// Layout   β a row (hmm/row_lane.wgsl, hmm/row_extended_lane.wgsl); elements [N, chunks]: the matrices that hmm_filter kept
// Source   Moore 1973, doi:10.1016/0005-1098(73)90011-0 for the problem; the steps are those of hmm_smoother_lane.wgsl
// Needs    const NUM_STATES = K.  Twin src/inference/hmm_fixed_lag.cpu.ts
#import "hmm/posterior_io.wgsl"
#import "hmm/rows_lane.wgsl"
#instantiate "hmm/posterior_lane.wgsl" FILTERED=filtered

// Steps of the block from_step − 1 down to to_step; β is that of step from_step − 1 at first, of step to_step − 1 at the end.
fn run_window(s: u32, from_step: u32, to_step: u32, slot: u32, begins: bool, ends: bool) {
  var beta = ones();
  if (!begins) { beta = state_row((params.carry_in + slot) * STATE_WORDS); }
  var lost = is_lost(beta);
  var a = read_transition(transition_at(s, 0u));
  var alpha = filtered_row(s, from_step);
  var at = from_step;
  while (at > to_step) {
    if (params.kept_stride > 0u && at % params.chunk_length == 0u && at >= to_step + params.chunk_length) {
      var m = element_rows(s * params.kept_stride + at / params.chunk_length - 1u);
      beta = apply(&m, carried(beta, lost));
      lost = is_lost(beta);
      at -= params.chunk_length;
      alpha = filtered_row(s, at);
      continue;
    }
    at--;
    let gamma = product(alpha, beta);
    let all = total(gamma);
    lost = lost || too_small(all);
    if (params.transition_step > 0u) { a = read_transition(transition_at(s, at)); }
    alpha = filtered_row(s, at);
    beta = spread(&a, ratio(gamma, all, predict(alpha, &a)));
  }
  if (!ends) {
    put_state_row((params.carry_out + slot) * STATE_WORDS, carried(beta, lost));
    return;
  }
  let gamma = product(alpha, beta);
  let all = total(gamma);
  lost = lost || too_small(all);
  #for k in 0 .. NUM_STATES
  outputs[(s * params.block_steps + to_step - 1u) * NUM_STATES + k] = select(share(gamma, k, all), LOST_PROBABILITY, lost);
  #end
}
