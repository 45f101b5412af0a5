// The product of two matrices with an exponent for each entry, by a team, through memory M.
// elements[out] := elements[earlier] elements[later], out is one of the two
fn multiply_elements(earlier: u32, later: u32, out: u32, here: bool) {
  for (var at = lane; at < N2; at += TEAM) {
    let b = at % NUM_STATES;
    let row = at / NUM_STATES * ROW_WORDS;
    let i_row = earlier * ELEMENT_WORDS + row;
    let j_base = later * ELEMENT_WORDS + b;
    var top = NOTHING;
    for (var k = 0u; k < NUM_STATES; k++) {
      top = max(top, element_e(i_row + NUM_STATES + k) + element_e(j_base + k * ROW_WORDS + NUM_STATES));
    }
    var sum = 0.0;
    for (var k = 0u; k < NUM_STATES; k++) {
      let e = max(element_e(i_row + NUM_STATES + k) + element_e(j_base + k * ROW_WORDS + NUM_STATES), NOTHING);
      sum += scale_down(element_x(i_row + k) * element_x(j_base + k * ROW_WORDS), e - top);
    }
    put_number(M + row + b, M + row + NUM_STATES + b, normal(sum, top));
  }
  sync();
  if (here) {
    for (var at = lane; at < ELEMENT_WORDS; at += TEAM) { elements[out * ELEMENT_WORDS + at] = bitcast<u32>(entry_e(M + at)); }
  }
  sync();
}
