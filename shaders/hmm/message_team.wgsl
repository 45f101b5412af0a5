// β of a step back by a team: kept near 1, and the message m it came from brought down with it, so that ξ = α A m / Σ α β.
#ifdef EXTENDED
fn level_possible() -> i32 { return 0; }

// G := β p
fn message(moving: bool) {
  weigh(B, G);
  sync();
}

// B := A G, where there is a step before, brought down by the power of two that is returned
fn retreat(a: u32, moving: bool) -> i32 { return spread(a, moving); }

// G := message over the total of γ
fn over_total(all: Number, top: i32, moving: bool) {
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    var r = Number(0.0, NOTHING);
    if (entry(G + k) > 0.0 && all.m > 0.0) { r = normal(entry(G + k) / all.m, entry_e(G + NUM_STATES + k) - top - all.e); }
    put_number(G + k, G + NUM_STATES + k, r);
  }
  sync();
}
#else
// B := β of the states that the past allows, its largest entry about 1, its exponents in D; returns what it was brought down by.
// What watches for losses keeps every positive α, so one of 0 is a state of no path.
fn level_possible() -> i32 {
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    if (params.lost_bits > 0u && entry(A + k) == 0.0) { put(B + k, 0.0); }
    put_e(D + k, exponent_of(entry(B + k)));
  }
  sync();
  let most = largest(D);
  let top = select(most, 0, most == NOTHING);
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    put(B + k, scale(entry(B + k), -top));
    put_e(D + k, exponent_of(entry(B + k)));
  }
  return top;
}

// G := β p
fn message(moving: bool) {
  let top = weigh(B, G);
  if (any_lost(D, top) && moving) { vector_lost = true; }
}

// B := A G, where there is a step before, brought down by the power of two that is returned
fn retreat(a: u32, moving: bool) -> i32 {
  spread(a, moving);
  return level_possible();
}

// G := message over the total of γ. Below 2^2 before it was brought down, it may leave float32 there.
fn over_total(all: Number, top: i32, moving: bool) {
  if (moving && params.lost_bits > 0u && -top - exponent_of(all.m) > 125) { vector_lost = true; }
  for (var k = lane; k < NUM_STATES; k += TEAM) {
    put(G + k, select(scale(entry(G + k), -top) / all.m, 0.0, all.m == 0.0));
  }
  sync();
}
#endif
