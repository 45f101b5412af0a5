// β of a step back on rows: kept near 1, and the message m it came from brought down with it, so that ξ = α A m / Σ α β.
#ifdef EXTENDED
fn possible(beta: Row, alpha: Row) -> Row { return beta; }

fn top_of(row: Row) -> i32 {
  var top = NOTHING;
  #for k in 0 .. NUM_STATES
  top = max(top, row.e[k]);
  #end
  return select(top, 0, top == NOTHING);
}

// The row over 2^top.
fn lowered(row: Row, top: i32) -> Row {
  var out = row;
  #for k in 0 .. NUM_STATES
  out.e[k] = select(max(row.e[k] - top, LOWEST), NOTHING, row.e[k] == NOTHING);
  #end
  return out;
}

fn over_total(row: Row, all: Number) -> Row {
  var out: Row;
  #for k in 0 .. NUM_STATES
  {
  let zero = row.x[k] == 0.0 || all.m == 0.0;
  let y = normal(select(row.x[k] / all.m, 0.0, zero), select(row.e[k] - all.e, NOTHING, zero));
  out.x[k] = y.m;
  out.e[k] = y.e;
  }
  #end
  return out;
}

fn too_large(top: i32, all: Number) -> bool { return false; }
#else
// β of the states that the past allows. What watches for losses keeps every positive α, so one of 0 is a state of no path.
fn possible(beta: Row, alpha: Row) -> Row {
  var out = beta;
  #for k in 0 .. NUM_STATES
  if (params.lost_bits > 0u && alpha.x[k] == 0.0) { out.x[k] = 0.0; }
  #end
  return out;
}

fn top_of(row: Row) -> i32 {
  var top = NOTHING;
  #for k in 0 .. NUM_STATES
  top = max(top, exponent_of(row.x[k]));
  #end
  return select(top, 0, top == NOTHING);
}

// The row over 2^top.
fn lowered(row: Row, top: i32) -> Row {
  var out = row;
  #for k in 0 .. NUM_STATES
  out.x[k] = scale(row.x[k], -top);
  #end
  return out;
}

fn over_total(row: Row, all: Number) -> Row {
  var out = row;
  #for k in 0 .. NUM_STATES
  out.x[k] = select(row.x[k] / all.m, 0.0, all.m == 0.0);
  #end
  return out;
}

// Whether a message, below 2^2 before it was brought down, leaves float32 over the total.
fn too_large(top: i32, all: Number) -> bool { return params.lost_bits > 0u && -top - exponent_of(all.m) > 125; }
#endif
