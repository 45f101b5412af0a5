// index_map: g[k], the state before the steps lo … hi−1 if the last of them has state k; the scan runs from the end
// Combine  (g_i ⊗ g_j)[k] = g_i[g_j[k]], i earlier in time: the first operand of the scan is j
// Identity g[k] = k
// Layout   K indices of MAP_BITS bits, several to a word
// Source   Hassan, Särkkä & García-Fernández 2021, doi:10.1109/TSP.2021.3103338
// Needs    const NUM_STATES = K, MAP_BITS.  Twin src/scan/elements/index_map.ts
// Where a path begins and one step of it back come from hmm/maps_stored.wgsl (Viterbi) or hmm/maps_drawn.wgsl (posterior draws).
const NO_STATE: u32 = 0xffffffffu;
#import "hmm/packed_map.wgsl"
const ELEMENT_WORDS: u32 = MAP_WORDS;
alias Map = array<u32, MAP_WORDS>;

@group(0) @binding(4) var<storage, read_write> elements: array<u32>;
@group(0) @binding(5) var<storage, read_write> states: array<u32>;  // slots 0 … N−1 carry from block to block
@group(0) @binding(6) var<storage, read_write> path: array<u32>;    // [N, steps]; NO_STATE where there is none
#import MAPS

fn is_end(s: u32, t: u32) -> bool { return params.block_start + t + 1u == indices[s]; }

fn element_copy(source: u32, target_slot: u32, here: bool) {
  if (!here) { return; }
  for (var w = 0u; w < ELEMENT_WORDS; w++) { elements[target_slot * ELEMENT_WORDS + w] = elements[source * ELEMENT_WORDS + w]; }
}

fn state_copy(source: u32, target_slot: u32, here: bool) {
  if (here) { states[target_slot] = states[source]; }
}

// The state before step t, if step t has state k.
fn step_back(s: u32, t: u32, k: u32) -> u32 {
  if (k >= NUM_STATES) { return NO_STATE; }
  if (params.block_start + t == 0u) { return 0u; }
  return state_before(s, t, k);
}

// The state of step t that a path has which comes in with k.
fn enter(s: u32, t: u32, k: u32) -> u32 {
  if (!is_end(s, t)) { return k; }
  return last_state(s, t, k);
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  var map = Map();
  for (var w = 0u; w < MAP_WORDS; w++) {
    var word = 0u;
    for (var j = 0u; j < min(PER_WORD, NUM_STATES - w * PER_WORD); j++) { word |= (w * PER_WORD + j) << (j * MAP_BITS); }
    map[w] = word;
  }
  for (var i = lo; i < hi; i++) {
    let t = lo + hi - 1u - i;
    for (var w = 0u; w < MAP_WORDS; w++) {
      var word = 0u;
      for (var j = 0u; j < min(PER_WORD, NUM_STATES - w * PER_WORD); j++) {
        word |= step_back(s, t, enter(s, t, (map[w] >> (j * MAP_BITS)) & MAP_MASK)) << (j * MAP_BITS);
      }
      map[w] = word;
    }
  }
  for (var w = 0u; w < MAP_WORDS; w++) { elements[slot * ELEMENT_WORDS + w] = map[w]; }
}

fn element_state(slot: u32, k: u32) -> u32 {
  return (elements[slot * ELEMENT_WORDS + k / PER_WORD] >> (k % PER_WORD * MAP_BITS)) & MAP_MASK;
}

// elements[second] := elements[second] ∘ elements[first]: the second is the earlier in time
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  var map = Map();
  for (var w = 0u; w < MAP_WORDS; w++) {
    var word = 0u;
    for (var j = 0u; j < min(PER_WORD, NUM_STATES - w * PER_WORD); j++) {
      word |= element_state(second, element_state(first, w * PER_WORD + j)) << (j * MAP_BITS);
    }
    map[w] = word;
  }
  for (var w = 0u; w < MAP_WORDS; w++) { elements[second * ELEMENT_WORDS + w] = map[w]; }
}

// states[first] := states[second];  states[second] := g[z]
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  let z = states[second];
  states[first] = z;
  states[second] = NO_STATE;
  if (z < NUM_STATES) { states[second] = element_state(element, z); }
}

// The path back through the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var z = states[slot];
  for (var i = lo; i < hi; i++) {
    let t = lo + hi - 1u - i;
    z = enter(s, t, z);
    path[s * params.block_steps + t] = z;
    z = step_back(s, t, z);
  }
  if (is_last) { states[s] = z; }
}
