// The product of two matrices with an exponent for each row, by a team; memory M, W, D, TOP, ROW_E as in hmm_filter_team.wgsl.
// elements[out] := elements[earlier] elements[later], out is one of the two
fn multiply_elements(earlier: u32, later: u32, out: u32, here: bool) {
  let i_base = earlier * ELEMENT_WORDS;
  let j_base = later * ELEMENT_WORDS;
  for (var row = lane; row < NUM_STATES; row += TEAM) {
    var top = NOTHING;
    var lost = false;
    for (var k = 0u; k < NUM_STATES; k++) {
      let x = element_x(i_base + row * ROW_WORDS + k);
      let e = element_e(j_base + k * ROW_WORDS + NUM_STATES);
      lost = lost || (x > 0.0 && e == LOST);
      if (x > 0.0 && e != LOST) { top = max(top, max(exponent_of(x) + e, NOTHING)); }
    }
    let e = element_e(i_base + row * ROW_WORDS + NUM_STATES);
    put_e(TOP + row, top);
    var all = e;
    if (e != LOST && e != NOTHING) { all = select(select(e + top, NOTHING, top < LOWEST), LOST, lost); }
    put_e(ROW_E + row, all);
  }
  sync();
  for (var at = lane; at < N2; at += TEAM) {
    let row = at / NUM_STATES;
    let k = at % NUM_STATES;
    let x = element_x(i_base + row * ROW_WORDS + k);
    let e = element_e(j_base + k * ROW_WORDS + NUM_STATES);
    put(W + at, 0.0);
    if (x > 0.0 && e > LOWEST && e != LOST) { put(W + at, scale(x, e - entry_e(TOP + row))); }
  }
  sync();
  for (var at = lane; at < N2; at += TEAM) {
    let row = at / NUM_STATES;
    let b = at % NUM_STATES;
    var sum = 0.0;
    var any = false;
    for (var k = 0u; k < NUM_STATES; k++) {
      let y = element_x(j_base + k * ROW_WORDS + b);
      sum += entry(W + row * NUM_STATES + k) * y;
      any = any || (y > 0.0 && element_x(i_base + row * ROW_WORDS + k) > 0.0);
    }
    // Smaller than any f32: a positive entry that is lost.
    put(M + at, select(sum, -1.0, any && exponent_of(sum) == NOTHING));
  }
  sync();
  for (var row = lane; row < NUM_STATES; row += TEAM) {
    var top = NOTHING;
    var bottom = LOST;
    for (var k = 0u; k < NUM_STATES; k++) {
      let x = entry(M + row * NUM_STATES + k);
      var e = exponent_of(max(x, 0.0));
      if (x < 0.0) { e = -1000; }
      top = max(top, e);
      if (e > LOWEST) { bottom = min(bottom, e); }
    }
    put_e(TOP + row, top);
    put_e(D + row, bottom);
  }
  sync();
  settle_rows();
  if (here) {
    for (var at = lane; at < ELEMENT_WORDS; at += TEAM) {
      let row = at / ROW_WORDS;
      let k = at % ROW_WORDS;
      var word = bitcast<u32>(entry_e(ROW_E + row));
      if (k < NUM_STATES) { word = bitcast<u32>(scale(max(entry(M + row * NUM_STATES + k), 0.0), -entry_e(TOP + row))); }
      elements[out * ELEMENT_WORDS + at] = word;
    }
  }
  sync();
}

// D, TOP, ROW_E: the exponents of rows whose entries are about to be brought to 2^−TOP; D is their lowest.
fn settle_rows() {
  for (var i = lane; i < NUM_STATES; i += TEAM) {
    let e = entry_e(ROW_E + i);
    let top = entry_e(TOP + i);
    if (e != LOST && e != NOTHING) {
      var out = select(e + top, NOTHING, top < LOWEST);
      let low = params.lost_bits > 0u && entry_e(D + i) < top - i32(params.lost_bits);
      if (out != NOTHING && (out < LOWEST || low)) { out = LOST; }
      put_e(ROW_E + i, out);
    }
  }
  sync();
}
