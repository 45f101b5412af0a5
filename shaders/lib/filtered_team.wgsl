// LG, LD := filtered mean and lower triangle of the record at `at`, where `here`.
fn load_filtered(at: u32, here: bool) {
  if (here) {
    for (var k = lane; k < STATE_DIM; k += TEAM) { put(LG + k, filtered[at + k]); }
    for (var k = lane; k < N2; k += TEAM) {
      let row = k / STATE_DIM;
      let column = k % STATE_DIM;
      var value = 0.0;
      if (column <= row) { value = filtered[at + STATE_DIM + row * (row + 1u) / 2u + column]; }
      put(LD + k, value);
    }
  }
  sync();
}
