// hmm_smoother: β(i) = p(y_hi: | z_hi−1 = i) carried back by the chunk matrices of hmm_filter, p(z_t | y_0:T−1) by reverse kernels
// Combine  M_i M_j, i earlier: the scan runs from the end, so its first operand is j
// Identity I
// Layout   that of hmm_filter
// Source   γ_t−1(i) = α_t−1(i) Σ_k A_t[i,k] γ_t(k) / (A_tᵀ α_t−1)_k: Rauch-Tung-Striebel for finite states; no density is needed again
// Needs    const NUM_STATES = K.  Twin src/scan/elements/hmm_filter.ts
#import "hmm/smoother_io.wgsl"
#import "hmm/rows_lane.wgsl"
#instantiate "hmm/posterior_lane.wgsl" FILTERED=filtered
#import "hmm/backward_lane.wgsl"

fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var beta = state_row(slot * STATE_WORDS);
  var lost = is_lost(beta);
  var sums: array<f32, N2>;
  var a = read_transition(transition_at(s, lo));
  var alpha = filtered_row(s, hi);
  for (var i = lo; i < hi; i++) {
    let t = lo + hi - 1u - i;
    var gamma = product(alpha, beta);
    let all = total(gamma);
    lost = lost || too_small(all);
    #for k in 0 .. NUM_STATES
    outputs[(s * params.block_steps + t) * NUM_STATES + k] = select(share(gamma, k, all), LOST_PROBABILITY, lost);
    #end
    if (params.transition_step > 0u) { a = read_transition(transition_at(s, t)); }
    alpha = filtered_row(s, t);
    if (params.block_start + t > 0u) {
      let r = ratio(gamma, all, predict(alpha, &a));
      beta = spread(&a, r);
      if (params.sum_steps > 0u) {
        #for i in 0 .. NUM_STATES
        #for k in 0 .. NUM_STATES
        sums[i * NUM_STATES + k] += joint(alpha, &a, r, i, k);
        #end
        #end
      }
    }
    if (params.sum_steps > 0u && t % max(params.sum_steps, 1u) == 0u) {
      let at = (s * ceil_div(params.block_steps, params.sum_steps) + t / params.sum_steps) * N2;
      #for i in 0 .. N2
      sums_out[at + i] = sums[i];
      sums[i] = 0.0;
      #end
    }
  }
  if (is_last) { put_state_row(s * STATE_WORDS, carried(beta, lost)); }
}
