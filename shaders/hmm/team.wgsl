// Memory of one team of TEAM invocations, a workgroup of its own: words that hold f32 or i32. All functions that say so are called
// by the whole team; they start with their operands visible and end with a barrier.
// Memory is workgroup memory, or storage (wide) behind the slots: [workgroups, MEMORY_WORDS] from memory_offset.
// Needs const NUM_STATES, TEAM, MEMORY_WORDS, and where PARTS stand.
#import "hmm/number.wgsl"
const GROUPS: u32 = 16u;  // partial results of a reduction

var<private> team: u32;
var<private> lane: u32;
var<private> at_team: u32;

#ifdef TEAM_MEMORY_WORKGROUP
var<workgroup> memory: array<u32, MEMORY_WORDS>;
fn sync() { workgroupBarrier(); }
fn put(at: u32, value: f32) { memory[at] = bitcast<u32>(value); }
fn entry(at: u32) -> f32 { return bitcast<f32>(memory[at]); }
fn put_e(at: u32, value: i32) { memory[at] = bitcast<u32>(value); }
fn entry_e(at: u32) -> i32 { return bitcast<i32>(memory[at]); }
#else
fn sync() { storageBarrier(); }
fn put(at: u32, value: f32) { elements[at_team + at] = bitcast<u32>(value); }
fn entry(at: u32) -> f32 { return bitcast<f32>(elements[at_team + at]); }
fn put_e(at: u32, value: i32) { elements[at_team + at] = bitcast<u32>(value); }
fn entry_e(at: u32) -> i32 { return bitcast<i32>(elements[at_team + at]); }
#endif

fn team_init(invocation: u32, group: u32) {
  team = 0u;
  lane = invocation;
  at_team = params.memory_offset + group * MEMORY_WORDS;
}

fn element_x(at: u32) -> f32 { return bitcast<f32>(elements[at]); }
fn element_e(at: u32) -> i32 { return bitcast<i32>(elements[at]); }

// Called by the whole team; slots are made visible by the barriers of the tree.
fn element_copy(source: u32, target_slot: u32, here: bool) {
  for (var i = lane; i < ELEMENT_WORDS; i += TEAM) {
    elements[target_slot * ELEMENT_WORDS + i] = elements[source * ELEMENT_WORDS + i];
  }
}

fn state_copy(source: u32, target_slot: u32, here: bool) {
  for (var i = lane; i < STATE_WORDS; i += TEAM) { states[target_slot * STATE_WORDS + i] = states[source * STATE_WORDS + i]; }
}

// The largest of K exponents; by the whole team.
fn largest(at: u32) -> i32 {
  for (var g = lane; g < GROUPS; g += TEAM) {
    var most = NOTHING;
    for (var k = g; k < NUM_STATES; k += GROUPS) { most = max(most, entry_e(at + k)); }
    put_e(PARTS + g, most);
  }
  sync();
  var most = NOTHING;
  for (var g = 0u; g < GROUPS; g++) { most = max(most, entry_e(PARTS + g)); }
  sync();
  return most;
}

// Σ x; by the whole team.
fn sum_of(at: u32) -> f32 {
  for (var g = lane; g < GROUPS; g += TEAM) {
    var sum = 0.0;
    for (var k = g; k < NUM_STATES; k += GROUPS) { sum += entry(at + k); }
    put(PARTS + g, sum);
  }
  sync();
  var sum = 0.0;
  for (var g = 0u; g < GROUPS; g++) { sum += entry(PARTS + g); }
  sync();
  return sum;
}

// Σ x 2^(e − top); by the whole team.
fn sum_down(x: u32, e: u32, top: i32) -> f32 {
  for (var g = lane; g < GROUPS; g += TEAM) {
    var sum = 0.0;
    for (var k = g; k < NUM_STATES; k += GROUPS) { sum += scale_down(entry(x + k), entry_e(e + k) - top); }
    put(PARTS + g, sum);
  }
  sync();
  var sum = 0.0;
  for (var g = 0u; g < GROUPS; g++) { sum += entry(PARTS + g); }
  sync();
  return sum;
}

#ifdef EXTENDED

fn put_number(x: u32, e: u32, value: Number) {
  put(x, value.m);
  put_e(e, value.e);
}

// xᵀ A, entry k, of a row in memory
fn predicted_number(x: u32, e: u32, a: u32, k: u32) -> Number {
  var top = NOTHING;
  for (var i = 0u; i < NUM_STATES; i++) { top = max(top, entry_e(e + i) + i32(transitions[a + N2 + i * NUM_STATES + k])); }
  var sum = 0.0;
  for (var i = 0u; i < NUM_STATES; i++) {
    let here = max(entry_e(e + i) + i32(transitions[a + N2 + i * NUM_STATES + k]), NOTHING);
    sum += scale_down(entry(x + i) * transitions[a + i * NUM_STATES + k], here - top);
  }
  return normal(sum, top);
}

// Takes the largest exponent out of a vector and returns it; by the whole team.
fn recentre(x: u32, e: u32) -> i32 {
  let top = largest(e);
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    put_e(e + k, select(max(entry_e(e + k) - top, LOWEST), NOTHING, entry_e(e + k) == NOTHING));
  }
  sync();
  return top;
}

fn total(x: u32, e: u32) -> Number {
  let top = largest(e);
  return Number(sum_down(x, e, top), top);
}

fn share(x: u32, e: u32, k: u32, all: Number) -> f32 {
  return select(scale_down(entry(x + k) / all.m, min(entry_e(e + k) - all.e, 0)), 0.0, all.m == 0.0);
}
#else

// xᵀ A, entry k, of a row in memory
fn predicted_entry(x: u32, a: u32, k: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < NUM_STATES; i++) { sum += entry(x + i) * transitions[a + i * NUM_STATES + k]; }
  return sum;
}

// Whether a vector whose entries had exponents d[K] before it was brought to 2^−top has lost one; by the whole team.
fn any_lost(d: u32, top: i32) -> bool {
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    let low = params.lost_bits > 0u && entry_e(d + k) > LOWEST && entry_e(d + k) - top < -i32(params.lost_bits);
    put_e(d + k, select(NOTHING, 0, low));
  }
  sync();
  return largest(d) == 0;
}

fn total(x: u32, e: i32) -> Number { return Number(sum_of(x), e); }

fn share(x: u32, k: u32, all: Number) -> f32 { return select(entry(x + k) / all.m, 0.0, all.m == 0.0); }
#endif
