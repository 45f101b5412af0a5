// Symmetric n×n matrices of one team: the lower triangle is computed, the upper one mirrors it.
fn mirror(a: u32) {
  for (var i = lane; i < N2; i += TEAM) {
    let row = i / STATE_DIM;
    let column = i % STATE_DIM;
    if (column > row) { put(a + i, entry(a + column * STATE_DIM + row)); }
  }
  sync();
}

// C += scale · A Bᵀ, a product that is symmetric. The lower triangle is walked as a rectangle of FOLDED entries, in which row
// a fills up row n − 1 − a; when n is odd, half of one row is left over.
const FOLDED: u32 = (STATE_DIM + 1u) / 2u * (STATE_DIM + 1u);
fn add_symmetric(c: u32, scale: f32, a: u32, b: u32) {
  for (var i = lane; i < FOLDED; i += TEAM) {
    let y = i / (STATE_DIM + 1u);
    let x = i % (STATE_DIM + 1u);
    let far = STATE_DIM - 1u - y;
    let row = select(y, far, x <= far);
    let column = select(x - far - 1u, x, x <= far);
    if (x <= far || y != far) {
      var sum = 0.0;
      for (var k = 0u; k < STATE_DIM; k++) { sum += entry(a + row * STATE_DIM + k) * entry(b + column * STATE_DIM + k); }
      sum = entry(c + row * STATE_DIM + column) + scale * sum;
      put(c + row * STATE_DIM + column, sum);
      put(c + column * STATE_DIM + row, sum);
    }
  }
  sync();
}

// B := A⁻¹ B by elimination with partial pivoting; A is used up.
fn solve(a: u32, b: u32) {
  for (var k = 0u; k < STATE_DIM; k++) {
    var pivot = k;
    var peak = abs(entry(a + k * STATE_DIM + k));
    for (var i = k + 1u; i < STATE_DIM; i++) {
      let size = abs(entry(a + i * STATE_DIM + k));
      if (size > peak) {
        peak = size;
        pivot = i;
      }
    }
    sync();
    if (pivot != k) {
      for (var j = lane; j < 2u * STATE_DIM; j += TEAM) {
        let base = select(b + j - STATE_DIM, a + j, j < STATE_DIM);
        let x = entry(base + k * STATE_DIM);
        put(base + k * STATE_DIM, entry(base + pivot * STATE_DIM));
        put(base + pivot * STATE_DIM, x);
      }
    }
    sync();
    for (var i = k + 1u + lane; i < STATE_DIM; i += TEAM) {
      let ratio = entry(a + i * STATE_DIM + k) / entry(a + k * STATE_DIM + k);
      for (var j = k + 1u; j < STATE_DIM; j++) {
        put(a + i * STATE_DIM + j, entry(a + i * STATE_DIM + j) - ratio * entry(a + k * STATE_DIM + j));
      }
      for (var j = 0u; j < STATE_DIM; j++) {
        put(b + i * STATE_DIM + j, entry(b + i * STATE_DIM + j) - ratio * entry(b + k * STATE_DIM + j));
      }
    }
    sync();
  }
  for (var j = lane; j < STATE_DIM; j += TEAM) {
    for (var back = 0u; back < STATE_DIM; back++) {
      let k = STATE_DIM - 1u - back;
      var sum = entry(b + k * STATE_DIM + j);
      for (var i = k + 1u; i < STATE_DIM; i++) { sum -= entry(a + k * STATE_DIM + i) * entry(b + i * STATE_DIM + j); }
      put(b + k * STATE_DIM + j, sum / entry(a + k * STATE_DIM + k));
    }
  }
  sync();
}
