// hmm_filter: M[i,k] = p(z_hi−1 = k, y_lo:hi−1 | z_lo−1 = i) of the steps lo … hi−1, up to a factor of the whole matrix
// Combine  M_i M_j, i earlier
// Identity I
// Layout   K rows (hmm/row_lane.wgsl, hmm/row_extended_lane.wgsl): p as x 2^e with e for each row, or for each entry
// Source   Hassan, Särkkä & García-Fernández 2021, doi:10.1109/TSP.2021.3103338; Rabiner 1989 §V.A for the scaling
// Needs    const NUM_STATES = K, and a density.  Twin src/scan/elements/hmm_filter.ts
// A chunk's matrix is K filters, row i started in state i; densities are worked out once per step for all of them.
#import "hmm/filter_io.wgsl"
#import "hmm/rows_lane.wgsl"
#import "hmm/densities_lane.wgsl"

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  var m: Rows;
  #for i in 0 .. NUM_STATES
  m[i] = unit_row(i);
  #end
  var a = read_transition(transition_at(s, lo));
  for (var t = lo; t < hi; t++) {
    var p = densities(s, t);
    if (params.transition_step > 0u) { a = read_transition(transition_at(s, t)); }
    if (moves(t)) {
      #for i in 0 .. NUM_STATES
      m[i] = predict(m[i], &a);
      #end
    }
    #for i in 0 .. NUM_STATES
    m[i] = absorb(m[i], &p);
    #end
  }
  put_element_rows(slot, &m);
  if ((params.flags & KEEP) != 0u) {
    let chunk = s * params.kept_stride + lo / params.chunk_length;
    #for i in 0 .. NUM_STATES
    put_kept_row((chunk * NUM_STATES + i) * ROW_WORDS, m[i]);
    #end
  }
}
#instantiate "hmm/row_slot_lane.wgsl" READ=kept_row WRITE=put_kept_row SLOTS=kept

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  var earlier = element_rows(first);
  var later = element_rows(second);
  #for i in 0 .. NUM_STATES
  earlier[i] = multiply(earlier[i], &later);
  #end
  put_element_rows(second, &earlier);
}

// states[first] := states[second];  states[second] := xᵀ M
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  let row = state_row(second * STATE_WORDS);
  put_state_row(first * STATE_WORDS, row);
  var m = element_rows(element);
  put_state_row(second * STATE_WORDS, refresh(multiply(row, &m)));
}

// The row with its common factor taken out.
fn refresh(row: Row) -> Row {
#ifdef EXTENDED
  return recentre(row);
#else
  var out = row;
  out.e = select(0, row.e, row.e == LOST || row.e == NOTHING);
  return out;
#endif
}

fn write_filtered(s: u32, index: u32, row: Row, all: Number) {
  if ((params.flags & WRITE_FILTERED) == 0u) { return; }
  let at = (s * (params.block_steps + 1u) + index) * NUM_STATES * NUMBER_WORDS;
  #for k in 0 .. NUM_STATES
  write_share(at + k * NUMBER_WORDS, row, k, all);
  #end
}

// The forward recursion from the probabilities before the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var row = state_row(slot * STATE_WORDS);
  var all = total(row);
  if (lo == 0u) { write_filtered(s, 0u, row, all); }
  var a = read_transition(transition_at(s, lo));
  for (var t = lo; t < hi; t++) {
    var p = densities(s, t);
    if (params.transition_step > 0u) { a = read_transition(transition_at(s, t)); }
    if (moves(t)) { row = predict(row, &a); }
    let at = s * params.block_steps + t;
    if ((params.flags & WRITE_PREDICTED) != 0u) {
      let sum = total(row);
      #for k in 0 .. NUM_STATES
      outputs[params.predicted_offset + at * NUM_STATES + k] = share(row, k, sum);
      #end
    }
    row = absorb(row, &p);
    let sum = total(row);
    var likelihood = IMPOSSIBLE;
    if (sum.m > 0.0) { likelihood = log_f32(sum.m / all.m) + times_log2(sum.e - all.e + p.most); }
    if (is_lost(row)) { likelihood = LOST_STEP; }
    outputs[params.likelihood_offset + at] = likelihood;
    write_filtered(s, t + 1u, row, sum);
    row = refresh(row);
    all = total(row);
  }
  if (is_last) { put_state_row(s * STATE_WORDS, row); }
}
