// The diagonals of the blocks of A_t and f(s_{t−1}) of a cell, by a team: LA, LB.
// Needs    BLOCKS, SIDE, DIAGONAL: 0 exact, 2 constant; LA, LB, XS
fn load_blocks(s: u32, t: u32) {
  cell_step(s, t);
  for (var k = lane; k < SIDE; k += TEAM) {
    for (var a = 0u; a < BLOCKS; a++) {
      let i = a * SIDE + k;
      put(LB + i, cell_value(i));
      for (var c = 0u; c < BLOCKS; c++) {
        var entry_of_a = parameters[3];
        if (DIAGONAL != 2u) { entry_of_a = slope_entry(cell_slope(i, c * SIDE + k)); }
        put(LA + (a * BLOCKS + c) * SIDE + k, entry_of_a);
      }
    }
  }
  sync();
}
