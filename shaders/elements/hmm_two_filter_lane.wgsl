// hmm_two_filter: β_t(i) = p(y_t+1:T−1 | z_t = i), met with the filter at t: p(z_t | y_0:T−1)
// Combine  M_i M_j, i earlier: the scan runs from the end, so its first operand is j
// Identity I
// Layout   that of hmm_filter; β up to a factor
// Source   m_t(k) = p(y_t | k) β_t(k), β_t−1 = A_t m_t: Rabiner 1989, doi:10.1109/5.18626, §III; as a scan: hmm_filter_lane.wgsl
// Needs    const NUM_STATES = K, and a density.  Twin src/inference/hmm_two_filter.cpu.ts
// The posteriors go behind the filter's own outputs, from which α is read.
#import "hmm/filter_io.wgsl"
#import "hmm/rows_lane.wgsl"
#import "hmm/densities_lane.wgsl"
#instantiate "hmm/posterior_lane.wgsl" FILTERED=outputs
#import "hmm/backward_lane.wgsl"
#import "hmm/message_lane.wgsl"

fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var beta = state_row(slot * STATE_WORDS);
  var lost = is_lost(beta);
  var sums: array<f32, N2>;
  var a = read_transition(transition_at(s, lo));
  var alpha = filtered_row(s, hi);
  beta = possible(beta, alpha);
  beta = lowered(beta, top_of(beta));
  var gamma = product(alpha, beta);
  var all = total(gamma);
  lost = lost || too_small(all);
  for (var i = lo; i < hi; i++) {
    let t = lo + hi - 1u - i;
    let at = params.smoothed_offset + (s * params.block_steps + t) * NUM_STATES;
    #for k in 0 .. NUM_STATES
    outputs[at + k] = share(gamma, k, all);
    #end
    if (moves(t)) {
      var p = densities(s, t);
      let message = absorb(beta, &p);
      if (params.transition_step > 0u) { a = read_transition(transition_at(s, t)); }
      alpha = filtered_row(s, t);
      beta = possible(spread(&a, message), alpha);
      let top = top_of(beta);
      beta = lowered(beta, top);
      gamma = product(alpha, beta);
      all = total(gamma);
      lost = lost || is_lost(message) || too_small(all) || too_large(top, all);
      if (params.sum_steps > 0u) {
        let r = over_total(lowered(message, top), all);
        #for i in 0 .. NUM_STATES
        #for k in 0 .. NUM_STATES
        sums[i * NUM_STATES + k] += joint(alpha, &a, r, i, k);
        #end
        #end
      }
    }
    if (lost) { outputs[at] = LOST_PROBABILITY; }
    if (params.sum_steps > 0u && t % max(params.sum_steps, 1u) == 0u) {
      let to = params.sums_offset + (s * ceil_div(params.block_steps, params.sum_steps) + t / params.sum_steps) * N2;
      #for i in 0 .. N2
      outputs[to + i] = sums[i];
      sums[i] = 0.0;
      #end
    }
  }
  if (is_last) { put_state_row(s * STATE_WORDS, carried(beta, lost)); }
}
