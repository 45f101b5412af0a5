// hmm_max_plus by a team of invocations: the formulas, layout and source of hmm_max_plus_lane.wgsl.
// Memory   vectors, and for a scan over time two matrices behind them; a score is whole at x, part at x + its length
#import "hmm/max_plus_io.wgsl"
const P: u32 = 0u;                        // densities
const X: u32 = 2u * NUM_STATES;           // scores, and the next
const Y: u32 = 4u * NUM_STATES;
const FROM: u32 = 6u * NUM_STATES;        // pointers
const PARTS: u32 = 7u * NUM_STATES;
const M: u32 = PARTS + 48u;
const W: u32 = M + 2u * N2;

var<private> team: u32;
var<private> lane: u32;
var<private> at_team: u32;

#ifdef TEAM_MEMORY_WORKGROUP
var<workgroup> memory: array<u32, MEMORY_WORDS>;
fn sync() { workgroupBarrier(); }
fn put(at: u32, value: u32) { memory[at] = value; }
fn entry(at: u32) -> u32 { return memory[at]; }
#else
fn sync() { storageBarrier(); }
fn put(at: u32, value: u32) { elements[at_team + at] = value; }
fn entry(at: u32) -> u32 { return elements[at_team + at]; }
#endif

fn team_init(invocation: u32, group: u32) {
  team = 0u;
  lane = invocation;
  at_team = params.memory_offset + group * MEMORY_WORDS;
}

fn get_score(at: u32, length: u32) -> Score { return Score(bitcast<i32>(entry(at)), entry(at + length)); }
fn put_score(at: u32, length: u32, value: Score) {
  put(at, bitcast<u32>(value.whole));
  put(at + length, value.part);
}
fn element_score(at: u32) -> Score { return Score(bitcast<i32>(elements[at]), elements[at + NUM_STATES]); }

fn element_copy(source: u32, target_slot: u32, here: bool) {
  for (var i = lane; i < ELEMENT_WORDS; i += TEAM) { elements[target_slot * ELEMENT_WORDS + i] = elements[source * ELEMENT_WORDS + i]; }
}

fn state_copy(source: u32, target_slot: u32, here: bool) {
  for (var i = lane; i < STATE_WORDS; i += TEAM) { states[target_slot * STATE_WORDS + i] = states[source * STATE_WORDS + i]; }
}

// Which of K scores is the largest, the lowest of equals; by the whole team.
fn best_state(at: u32) -> u32 {
  for (var g = lane; g < 16u; g += TEAM) {
    var best = Score(NEVER, 0u);
    var state = NUM_STATES;
    for (var k = g; k < NUM_STATES; k += 16u) {
      let value = get_score(at + k, NUM_STATES);
      if (state == NUM_STATES || beats(value, best)) {
        best = value;
        state = k;
      }
    }
    put_score(PARTS + g, 16u, best);
    put(PARTS + 32u + g, state);
  }
  sync();
  var best = Score(NEVER, 0u);
  var state = NUM_STATES;
  for (var g = 0u; g < 16u; g++) {
    let value = get_score(PARTS + g, 16u);
    let k = entry(PARTS + 32u + g);
    if (k < NUM_STATES && (state == NUM_STATES || beats(value, best) || (!beats(best, value) && k < state))) {
      best = value;
      state = k;
    }
  }
  sync();
  return state;
}

// Takes the largest score out of a vector; by the whole team.
fn make_relative(at: u32) {
  let best = get_score(at + best_state(at), NUM_STATES);
  sync();
  if (best.whole >= LOWEST_SCORE) {
    for (var k = lane; k < NUM_STATES; k += TEAM) { put_score(at + k, NUM_STATES, subtract_scores(get_score(at + k, NUM_STATES), best)); }
  }
  sync();
}

fn densities(s: u32, t: u32) {
  for (var k = lane; k < NUM_STATES; k += TEAM) { put_score(P + k, NUM_STATES, density_score(s, t, k)); }
  sync();
  make_relative(P);
}

fn load_state(slot: u32) {
  for (var k = lane; k < STATE_WORDS; k += TEAM) { put(X + k, states[slot * STATE_WORDS + k]); }
  sync();
}

fn store_state(slot: u32) {
  for (var k = lane; k < STATE_WORDS; k += TEAM) { states[slot * STATE_WORDS + k] = entry(X + k); }
}

// Entry k of the row of scores at x after one step; its pointer to FROM where that is asked for.
fn advanced(x: u32, a: u32, moving: bool, k: u32, pointing: bool) -> Score {
  var best = get_score(x + k, NUM_STATES);
  if (moving) {
    best = add_scores(get_score(x, NUM_STATES), transition_score(a + k));
    var at = 0u;
    for (var i = 1u; i < NUM_STATES; i++) {
      let value = add_scores(get_score(x + i, NUM_STATES), transition_score(a + i * NUM_STATES + k));
      if (beats(value, best)) {
        best = value;
        at = i;
      }
    }
    if (pointing) { put(FROM + k, at); }
  }
  return add_scores(best, get_score(P + k, NUM_STATES));
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  for (var i = lane; i < N2; i += TEAM) {
    let at = M + i / NUM_STATES * ROW_WORDS + i % NUM_STATES;
    put_score(at, NUM_STATES, Score(select(NEVER, 0, i / NUM_STATES == i % NUM_STATES), 0u));
  }
  sync();
  for (var i = 0u; i < params.chunk_length; i++) {
    let t = min(lo + i, max(hi, 1u) - 1u);  // past the end, the last step again
    densities(s, t);
    for (var at = lane; at < N2; at += TEAM) {
      let row = at / NUM_STATES * ROW_WORDS;
      let k = at % NUM_STATES;
      put_score(W + row + k, NUM_STATES, advanced(M + row, transition_at(s, t), moves(t), k, false));
    }
    sync();
    for (var at = lane; at < ELEMENT_WORDS; at += TEAM) { put(M + at, entry(W + at)); }
    sync();
    if (here && lo + i + 1u == hi) {
      for (var at = lane; at < ELEMENT_WORDS; at += TEAM) { elements[slot * ELEMENT_WORDS + at] = entry(M + at); }
    }
    sync();
  }
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  for (var at = lane; at < N2; at += TEAM) {
    let row = at / NUM_STATES * ROW_WORDS;
    let b = at % NUM_STATES;
    var best = Score(NEVER, 0u);
    for (var k = 0u; k < NUM_STATES; k++) {
      let value = add_scores(element_score(first * ELEMENT_WORDS + row + k), element_score(second * ELEMENT_WORDS + k * ROW_WORDS + b));
      if (beats(value, best)) { best = value; }
    }
    put_score(M + row + b, NUM_STATES, best);
  }
  sync();
  if (here) {
    for (var at = lane; at < ELEMENT_WORDS; at += TEAM) { elements[second * ELEMENT_WORDS + at] = entry(M + at); }
  }
  sync();
}

// states[first] := states[second];  states[second] := V ⊗ S
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  load_state(second);
  if (here) { store_state(first); }
  for (var b = lane; b < NUM_STATES; b += TEAM) {
    var best = Score(NEVER, 0u);
    for (var k = 0u; k < NUM_STATES; k++) {
      let value = add_scores(get_score(X + k, NUM_STATES), element_score(element * ELEMENT_WORDS + k * ROW_WORDS + b));
      if (beats(value, best)) { best = value; }
    }
    put_score(Y + b, NUM_STATES, best);
  }
  sync();
  for (var k = lane; k < STATE_WORDS; k += TEAM) { put(X + k, entry(Y + k)); }
  sync();
  make_relative(X);
  if (here) { store_state(second); }
  sync();
}

// Viterbi's recursion over the chunk, with back-pointers.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  load_state(slot);
  for (var k = lane; k < NUM_STATES; k += TEAM) { put(FROM + k, 0u); }
  for (var i = 0u; i < steps; i++) {
    let t = min(lo + i, max(hi, 1u) - 1u);  // past the end, the last step again
    let inside = here && lo + i < hi;
    densities(s, t);
    for (var k = lane; k < NUM_STATES; k += TEAM) { put_score(Y + k, NUM_STATES, advanced(X, transition_at(s, t), moves(t), k, true)); }
    sync();
    for (var k = lane; k < STATE_WORDS; k += TEAM) { put(X + k, entry(Y + k)); }
    if (inside) {
      for (var w = lane; w < MAP_WORDS; w += TEAM) {
        var word = 0u;
        for (var j = 0u; j < min(PER_WORD, NUM_STATES - w * PER_WORD); j++) { word |= entry(FROM + w * PER_WORD + j) << (j * MAP_BITS); }
        pointers[(s * params.block_steps + t) * MAP_WORDS + w] = word;
      }
    }
    sync();
    let best = best_state(X);
    let ends = params.block_start + t + 1u == indices[s];
    if (inside && ends && lane == 0u) { last[s] = select(best, NO_STATE, get_score(X + best, NUM_STATES).whole < LOWEST_SCORE); }
    make_relative(X);
    if (inside && is_last && lo + i + 1u == hi) { store_state(s); }
    sync();
  }
}
