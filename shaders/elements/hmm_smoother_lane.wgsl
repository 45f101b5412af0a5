// hmm_smoother: β(i) = p(y_hi: | z_hi−1 = i) carried back by the chunk matrices of hmm_filter, p(z_t | y_0:T−1) by reverse kernels
// Combine  M_i M_j, i earlier: the scan runs from the end, so its first operand is j
// Identity I
// Layout   that of hmm_filter
// Source   γ_t−1(i) = α_t−1(i) Σ_k A_t[i,k] γ_t(k) / (A_tᵀ α_t−1)_k: Rauch-Tung-Striebel for finite states; no density is needed again
// Needs    const NUM_STATES = K.  Twin src/scan/elements/hmm_filter.ts
#import "hmm/smoother_io.wgsl"
#import "hmm/rows_lane.wgsl"
#import "hmm/posterior_lane.wgsl"
#instantiate "hmm/row_slot_lane.wgsl" READ=kept_row WRITE=put_kept_row SLOTS=kept

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  let chunk = s * params.kept_stride + lo / params.chunk_length;
  for (var i = 0u; i < ELEMENT_WORDS; i++) { elements[slot * ELEMENT_WORDS + i] = kept[chunk * ELEMENT_WORDS + i]; }
}

// elements[second] := elements[second] elements[first]: the second is the earlier in time
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  var later = element_rows(first);
  #for i in 0 .. NUM_STATES
  {
  let at = second * ELEMENT_WORDS + i * ROW_WORDS;
  put_element_row(at, multiply(element_row(at), &later));
  }
  #end
}

// states[first] := states[second];  states[second] := M β
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  let beta = state_row(second * STATE_WORDS);
  put_state_row(first * STATE_WORDS, beta);
  var m = element_rows(element);
  put_state_row(second * STATE_WORDS, apply(&m, beta));
}

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
    lost = lost || (params.lost_bits > 0u && all.m < 7.9e-31);  // 2⁻¹⁰⁰
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
