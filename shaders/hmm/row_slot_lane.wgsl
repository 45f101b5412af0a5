// One row to and from a buffer of words.
#ifdef EXTENDED
fn READ(at: u32) -> Row {
  var out: Row;
  #for k in 0 .. NUM_STATES
  out.x[k] = bitcast<f32>(SLOTS[at + k]);
  out.e[k] = bitcast<i32>(SLOTS[at + NUM_STATES + k]);
  #end
  return out;
}

fn WRITE(at: u32, row: Row) {
  #for k in 0 .. NUM_STATES
  SLOTS[at + k] = bitcast<u32>(row.x[k]);
  SLOTS[at + NUM_STATES + k] = bitcast<u32>(row.e[k]);
  #end
}
#else
fn READ(at: u32) -> Row {
  var out: Row;
  #for k in 0 .. NUM_STATES
  out.x[k] = bitcast<f32>(SLOTS[at + k]);
  #end
  out.e = bitcast<i32>(SLOTS[at + NUM_STATES]);
  return out;
}

fn WRITE(at: u32, row: Row) {
  #for k in 0 .. NUM_STATES
  SLOTS[at + k] = bitcast<u32>(row.x[k]);
  #end
  SLOTS[at + NUM_STATES] = bitcast<u32>(row.e);
}
#endif
