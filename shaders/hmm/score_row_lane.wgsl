// One row of scores to and from a buffer of words.
fn READ(at: u32) -> Row {
  var out: Row;
  for (var k = 0u; k < NUM_STATES; k++) {
    out.whole[k] = bitcast<i32>(SLOTS[at + k]);
    out.part[k] = SLOTS[at + NUM_STATES + k];
  }
  return out;
}

fn WRITE(at: u32, row: Row) {
  for (var k = 0u; k < NUM_STATES; k++) {
    SLOTS[at + k] = bitcast<u32>(row.whole[k]);
    SLOTS[at + NUM_STATES + k] = row.part[k];
  }
}
