// hmm_max_plus: S[i,k] = max over paths from z_lo−1 = i to z_hi−1 = k of log p(z_lo:hi−1, y_lo:hi−1 | z_lo−1)
// Combine  (S_i ⊗ S_j)[a,b] = max_k (S_i[a,k] + S_j[k,b]), i earlier
// Identity 0 on the diagonal, log 0 elsewhere
// Layout   K rows of whole[K] and part[K], 32 bits each (hmm/score.wgsl): exact
// Source   Hassan, Särkkä & García-Fernández 2021, doi:10.1109/TSP.2021.3103338; Viterbi 1967, doi:10.1109/TIT.1967.1054010
// Needs    const NUM_STATES = K, MAP_BITS, and a density.  Twin src/scan/elements/hmm_max_plus.ts
// Common to all states of a step, the largest density is taken out: it changes no maximum.
#import "hmm/max_plus_io.wgsl"
struct Row {
  whole: array<i32, NUM_STATES>,
  part: array<u32, NUM_STATES>,
}
alias Rows = array<Row, NUM_STATES>;
alias Pointers = array<u32, NUM_STATES>;
#instantiate "hmm/score_row_lane.wgsl" READ=element_row WRITE=put_element_row SLOTS=elements
#instantiate "hmm/score_row_lane.wgsl" READ=state_row WRITE=put_state_row SLOTS=states

fn element_copy(source: u32, target_slot: u32, here: bool) {
  if (!here) { return; }
  for (var i = 0u; i < ELEMENT_WORDS; i++) { elements[target_slot * ELEMENT_WORDS + i] = elements[source * ELEMENT_WORDS + i]; }
}

fn state_copy(source: u32, target_slot: u32, here: bool) {
  if (!here) { return; }
  for (var i = 0u; i < STATE_WORDS; i++) { states[target_slot * STATE_WORDS + i] = states[source * STATE_WORDS + i]; }
}

fn score(row: Row, k: u32) -> Score { return Score(row.whole[k], row.part[k]); }

// The largest of a row, and which it is: the lowest of equals.
fn best_state(row: Row) -> u32 {
  var at = 0u;
  for (var k = 1u; k < NUM_STATES; k++) {
    if (beats(score(row, k), score(row, at))) { at = k; }
  }
  return at;
}

// The row less its largest entry.
fn relative(row: Row) -> Row {
  let best = score(row, best_state(row));
  var out = row;
  if (best.whole < LOWEST_SCORE) { return out; }
  for (var k = 0u; k < NUM_STATES; k++) {
    let value = subtract_scores(score(row, k), best);
    out.whole[k] = value.whole;
    out.part[k] = value.part;
  }
  return out;
}

fn densities(s: u32, t: u32) -> Row {
  var out: Row;
  for (var k = 0u; k < NUM_STATES; k++) {
    let value = density_score(s, t, k);
    out.whole[k] = value.whole;
    out.part[k] = value.part;
  }
  return relative(out);
}

// One step on: scores of the next state, and from where they come, the lowest of equals.
fn advance(row: Row, a: u32, moving: bool, p: Row, from_states: ptr<function, Pointers>) -> Row {
  var out = row;
  if (moving) {
    for (var k = 0u; k < NUM_STATES; k++) {
      var best = add_scores(score(row, 0u), transition_score(a + k));
      var at = 0u;
      for (var i = 1u; i < NUM_STATES; i++) {
        let value = add_scores(score(row, i), transition_score(a + i * NUM_STATES + k));
        if (beats(value, best)) {
          best = value;
          at = i;
        }
      }
      (*from_states)[k] = at;
      out.whole[k] = best.whole;
      out.part[k] = best.part;
    }
  }
  for (var k = 0u; k < NUM_STATES; k++) {
    let value = add_scores(score(out, k), score(p, k));
    out.whole[k] = value.whole;
    out.part[k] = value.part;
  }
  return out;
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  var m = Rows();
  for (var i = 0u; i < NUM_STATES; i++) {
    for (var k = 0u; k < NUM_STATES; k++) { m[i].whole[k] = select(NEVER, 0, i == k); }
  }
  var unused = Pointers();
  for (var t = lo; t < hi; t++) {
    let p = densities(s, t);
    for (var i = 0u; i < NUM_STATES; i++) { m[i] = advance(m[i], transition_at(s, t), moves(t), p, &unused); }
  }
  for (var i = 0u; i < NUM_STATES; i++) { put_element_row(slot * ELEMENT_WORDS + i * ROW_WORDS, m[i]); }
}

// max_k (row_k + S[k, ·])
fn multiply(row: Row, slot: u32) -> Row {
  var out: Row;
  for (var b = 0u; b < NUM_STATES; b++) {
    var best = Score(NEVER, 0u);
    for (var k = 0u; k < NUM_STATES; k++) {
      let at = slot * ELEMENT_WORDS + k * ROW_WORDS + b;
      let value = add_scores(score(row, k), Score(bitcast<i32>(elements[at]), elements[at + NUM_STATES]));
      if (beats(value, best)) { best = value; }
    }
    out.whole[b] = best.whole;
    out.part[b] = best.part;
  }
  return out;
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  var m = Rows();
  for (var i = 0u; i < NUM_STATES; i++) { m[i] = multiply(element_row(first * ELEMENT_WORDS + i * ROW_WORDS), second); }
  for (var i = 0u; i < NUM_STATES; i++) { put_element_row(second * ELEMENT_WORDS + i * ROW_WORDS, m[i]); }
}

// states[first] := states[second];  states[second] := V ⊗ S
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  let row = state_row(second * STATE_WORDS);
  put_state_row(first * STATE_WORDS, row);
  put_state_row(second * STATE_WORDS, relative(multiply(row, element)));
}

// Viterbi's recursion over the chunk, with back-pointers.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var row = state_row(slot * STATE_WORDS);
  var from_states = Pointers();
  for (var t = lo; t < hi; t++) {
    row = advance(row, transition_at(s, t), moves(t), densities(s, t), &from_states);
    for (var w = 0u; w < MAP_WORDS; w++) {
      var word = 0u;
      for (var j = 0u; j < min(PER_WORD, NUM_STATES - w * PER_WORD); j++) { word |= from_states[w * PER_WORD + j] << (j * MAP_BITS); }
      pointers[(s * params.block_steps + t) * MAP_WORDS + w] = word;
    }
    if (params.block_start + t + 1u == indices[s]) {
      let best = best_state(row);
      last[s] = select(best, NO_STATE, row.whole[best] < LOWEST_SCORE);
    }
  }
  if (is_last) { put_state_row(s * STATE_WORDS, relative(row)); }
}
