// The reverse kernels on rows: posteriors are products and ratios of entries.
#ifdef EXTENDED
fn filtered_row(s: u32, index: u32) -> Row {
  let at = (s * (params.block_steps + 1u) + index) * 2u * NUM_STATES;
  var out: Row;
  #for k in 0 .. NUM_STATES
  {
  let x = normal(FILTERED[at + 2 * k], i32(FILTERED[at + 2 * k + 1]));
  out.x[k] = x.m;
  out.e[k] = x.e;
  }
  #end
  return out;
}

fn product(a: Row, b: Row) -> Row {
  var out: Row;
  #for k in 0 .. NUM_STATES
  {
  let y = normal(a.x[k] * b.x[k], max(a.e[k] + b.e[k], NOTHING));
  out.x[k] = y.m;
  out.e[k] = y.e;
  }
  #end
  return out;
}

// g / all / p, entry by entry
fn ratio(g: Row, all: Number, p: Row) -> Row {
  var out: Row;
  #for k in 0 .. NUM_STATES
  {
  let zero = g.x[k] == 0.0 || p.x[k] == 0.0 || all.m == 0.0;
  let y = normal(select(g.x[k] / (p.x[k] * all.m), 0.0, zero), select(g.e[k] - all.e - p.e[k], NOTHING, zero));
  out.x[k] = y.m;
  out.e[k] = y.e;
  }
  #end
  return out;
}

// A r
fn spread(a: ptr<function, Transition>, r: Row) -> Row {
  var out: Row;
  #for i in 0 .. NUM_STATES
  {
  var top = NOTHING;
  #for k in 0 .. NUM_STATES
  top = max(top, r.e[k] + (*a).e[i * NUM_STATES + k]);
  #end
  var sum_i = 0.0;
  #for k in 0 .. NUM_STATES
  sum_i += scale_down(r.x[k] * (*a).x[i * NUM_STATES + k], max(r.e[k] + (*a).e[i * NUM_STATES + k], NOTHING) - top);
  #end
  let y = normal(sum_i, top);
  out.x[i] = y.m;
  out.e[i] = y.e;
  }
  #end
  return out;
}

// α_i A_ik r_k
fn joint(alpha: Row, a: ptr<function, Transition>, r: Row, i: u32, k: u32) -> f32 {
  let e = max(max(alpha.e[i] + r.e[k], NOTHING) + (*a).e[i * NUM_STATES + k], NOTHING);
  return scale(alpha.x[i] * (*a).x[i * NUM_STATES + k] * r.x[k], e);
}

fn ones() -> Row {
  var out: Row;
  #for k in 0 .. NUM_STATES
  out.x[k] = 1.0;
  out.e[k] = 0;
  #end
  return out;
}

fn too_small(all: Number) -> bool { return false; }
fn carried(beta: Row, lost: bool) -> Row { return recentre(beta); }
#else
fn filtered_row(s: u32, index: u32) -> Row {
  let at = (s * (params.block_steps + 1u) + index) * NUM_STATES;
  var out = Row();
  #for k in 0 .. NUM_STATES
  out.x[k] = FILTERED[at + k];
  #end
  return out;
}

fn product(a: Row, b: Row) -> Row {
  var out = Row();
  #for k in 0 .. NUM_STATES
  out.x[k] = a.x[k] * b.x[k];
  #end
  return out;
}

// g / all / p, entry by entry
fn ratio(g: Row, all: Number, p: Row) -> Row {
  var out = Row();
  #for k in 0 .. NUM_STATES
  if (g.x[k] > 0.0 && p.x[k] > 0.0) { out.x[k] = g.x[k] / all.m / p.x[k]; }
  #end
  return out;
}

// A r
fn spread(a: ptr<function, Transition>, r: Row) -> Row {
  var out = Row();
  #for i in 0 .. NUM_STATES
  {
  var sum_i = 0.0;
  #for k in 0 .. NUM_STATES
  sum_i += (*a)[i * NUM_STATES + k] * r.x[k];
  #end
  out.x[i] = sum_i;
  }
  #end
  return out;
}

// α_i A_ik r_k
fn joint(alpha: Row, a: ptr<function, Transition>, r: Row, i: u32, k: u32) -> f32 {
  return (alpha.x[i] * r.x[k]) * (*a)[i * NUM_STATES + k];
}

fn ones() -> Row {
  var out = Row();
  #for k in 0 .. NUM_STATES
  out.x[k] = 1.0;
  #end
  return out;
}

// Whether a posterior hangs on what may have been lost.
fn too_small(all: Number) -> bool { return params.lost_bits > 0u && all.m < 7.9e-31; }  // 2⁻¹⁰⁰

// β for the block before: its largest entry about 1.
fn carried(beta: Row, lost: bool) -> Row {
  if (lost) { return empty_row(LOST); }
  var d: array<i32, NUM_STATES>;
  var top = NOTHING;
  #for k in 0 .. NUM_STATES
  d[k] = exponent_of(beta.x[k]);
  top = max(top, d[k]);
  #end
  var out = Row();
  #for k in 0 .. NUM_STATES
  out.x[k] = scale(beta.x[k], -top);
  #end
  out = settle(out, 0, top, d);
  if (out.e != LOST) { out.e = 0; }
  return out;
}
#endif
