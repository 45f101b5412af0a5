// What rows of either kind have in common, and where they stand.
#import "hmm/words.wgsl"
#import "hmm/number.wgsl"
struct Densities {
  f: array<f32, NUM_STATES>,
  n: array<i32, NUM_STATES>,
  most: i32,                  // the largest exponent was this before it was taken out
}
#ifdef EXTENDED
#import "hmm/row_extended_lane.wgsl"
#else
#import "hmm/row_lane.wgsl"
#endif
alias Rows = array<Row, NUM_STATES>;
#instantiate "hmm/row_slot_lane.wgsl" READ=element_row WRITE=put_element_row SLOTS=elements
#instantiate "hmm/row_slot_lane.wgsl" READ=state_row WRITE=put_state_row SLOTS=states

fn element_rows(slot: u32) -> Rows {
  var out: Rows;
  #for k in 0 .. NUM_STATES
  out[k] = element_row(slot * ELEMENT_WORDS + k * ROW_WORDS);
  #end
  return out;
}

fn put_element_rows(slot: u32, m: ptr<function, Rows>) {
  #for k in 0 .. NUM_STATES
  put_element_row(slot * ELEMENT_WORDS + k * ROW_WORDS, (*m)[k]);
  #end
}

fn element_copy(source: u32, target_slot: u32, here: bool) {
  if (!here) { return; }
  for (var i = 0u; i < ELEMENT_WORDS; i++) { elements[target_slot * ELEMENT_WORDS + i] = elements[source * ELEMENT_WORDS + i]; }
}

fn state_copy(source: u32, target_slot: u32, here: bool) {
  if (!here) { return; }
  for (var i = 0u; i < STATE_WORDS; i++) { states[target_slot * STATE_WORDS + i] = states[source * STATE_WORDS + i]; }
}
