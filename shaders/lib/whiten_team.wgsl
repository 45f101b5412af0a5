// x = c + U w by a team: x := c, w to the row after U. No |w| is above `limit`; below zero, w = 0. See lib/whiten.wgsl.
const NEXT: u32 = STATE_DIM + 1u;
const NEXT_N: u32 = NEXT * STATE_DIM;

fn whiten_mean(x: u32, u: u32, limit: f32) {
  if (lane == 0u) {
    var most = 0.0;
    for (var i = 0u; i < STATE_DIM; i++) {
      var rest = entry(x + i);
      var row2 = 0.0;
      for (var j = 0u; j < i; j++) {
        let value = entry(u + i * STATE_DIM + j);
        rest -= value * entry(u + N2 + j);
        row2 += value * value;
      }
      let w = whiten(rest, entry(u + i * STATE_DIM + i), row2);
      put(u + N2 + i, w);
      most = max(most, abs(w));
    }
    for (var i = 0u; i < STATE_DIM; i++) {
      if (most <= limit) {
        var rest = entry(x + i);
        for (var j = 0u; j <= i; j++) { rest -= entry(u + i * STATE_DIM + j) * entry(u + N2 + j); }
        put(x + i, rest);
      } else {
        put(u + N2 + i, 0.0);
      }
    }
  }
  sync();
}
