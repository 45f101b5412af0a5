// The diagonals of the blocks of A_t, by one invocation.
// Needs    BLOCKS, DIAGONAL: 0 exact, 1 z ∘ J z for the probe z, 2 constant; N2, SIDE, Vector, Diagonals
fn slope(x: Vector, u: Inputs, t: f32, p: Parameters) -> Diagonals {
  var out: Diagonals;
  if (DIAGONAL == 2u) {
    for (var i = 0u; i < N2; i++) { out[i] = parameters[3]; }
    return out;
  }
  // One product for each column of blocks and, where they are exact, each coordinate.
  for (var c = 0u; c < BLOCKS; c++) {
    let turns = select(SIDE, 1u, DIAGONAL == 1u);
    for (var k = 0u; k < turns; k++) {
      var dx: Vector;
      for (var i = 0u; i < STATE_DIM; i++) { dx[i] = 0.0; }
      if (DIAGONAL == 1u) {
        for (var j = 0u; j < SIDE; j++) { dx[c * SIDE + j] = parameters[params.probe_offset + c * SIDE + j]; }
      } else {
        dx[c * SIDE + k] = 1.0;
      }
      let column = system_jvp(x, u, t, p, dx);
      for (var a = 0u; a < BLOCKS; a++) {
        if (DIAGONAL == 1u) {
          for (var j = 0u; j < SIDE; j++) {
            out[(a * BLOCKS + c) * SIDE + j] = slope_entry(column[a * SIDE + j] * dx[c * SIDE + j]);
          }
        } else {
          out[(a * BLOCKS + c) * SIDE + k] = slope_entry(column[a * SIDE + k]);
        }
      }
    }
  }
  return out;
}
