// States that are Gaussian moments: [slots, n + n(n+1)/2], mean then lower-triangular factor packed by rows.
#import "lib/matrix_team.wgsl"
const STATE_FLOATS: u32 = STATE_DIM + TRIANGLE;

// Mean to x, factor to u, where `here`.
fn load_state(x: u32, u: u32, slot: u32, here: bool) {
  if (here) {
    let source = slot * STATE_FLOATS;
    for (var i = lane; i < STATE_DIM; i += TEAM) { put(x + i, states[source + i]); }
    for (var i = lane; i < N2; i += TEAM) {
      let row = i / STATE_DIM;
      let column = i % STATE_DIM;
      var value = 0.0;
      if (column <= row) { value = states[source + STATE_DIM + row * (row + 1u) / 2u + column]; }
      put(u + i, value);
    }
  }
  sync();
}

fn store_state(slot: u32, x: u32, u: u32, here: bool) {
  if (here) {
    let target_at = slot * STATE_FLOATS;
    for (var i = lane; i < STATE_DIM; i += TEAM) { states[target_at + i] = entry(x + i); }
    for (var i = lane; i < N2; i += TEAM) {
      let row = i / STATE_DIM;
      let column = i % STATE_DIM;
      if (column <= row) { states[target_at + STATE_DIM + row * (row + 1u) / 2u + column] = entry(u + i); }
    }
  }
}
