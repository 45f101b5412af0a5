// A row of probabilities x 2^e in registers: one whole exponent for the row, its largest x about 1; e = NOTHING: all are 0.
// Layout   x[K] as f32 bits, e as i32 bits: K + 1 words.  A as f32
// A positive entry more than lost_bits bits below the largest makes the row lost: e = LOST, and so is all that follows from it.
#import "hmm/power.wgsl"
alias Transition = array<f32, N2>;
struct Row {
  x: array<f32, NUM_STATES>,
  e: i32,
}

fn unit_row(k: u32) -> Row {
  var out = Row();
  #for i in 0 .. NUM_STATES
  out.x[i] = select(0.0, 1.0, i == k);
  #end
  return out;
}

fn empty_row(e: i32) -> Row {
  var out = Row();
  out.e = e;
  return out;
}

fn is_lost(row: Row) -> bool { return row.e == LOST; }

fn read_transition(at: u32) -> Transition {
  var out: Transition;
  #for i in 0 .. N2
  out[i] = transitions[at + i];
  #end
  return out;
}

// The row with exponent e, its entries at 2^−top; d_k are the exponents its entries had before.
fn settle(row: Row, e: i32, top: i32, d: array<i32, NUM_STATES>) -> Row {
  if (top < LOWEST) { return empty_row(NOTHING); }
  var out: Row;
  out.e = e + top;
  var lost = out.e < LOWEST;
  #for k in 0 .. NUM_STATES
  lost = lost || (params.lost_bits > 0u && d[k] > LOWEST && d[k] - top < -i32(params.lost_bits));
  out.x[k] = row.x[k];
  #end
  if (lost) { return empty_row(LOST); }
  return out;
}

// x := xᵀ A
fn predict(row: Row, a: ptr<function, Transition>) -> Row {
  var out: Row;
  #for k in 0 .. NUM_STATES
  {
  var sum_k = 0.0;
  #for i in 0 .. NUM_STATES
  sum_k += row.x[i] * (*a)[i * NUM_STATES + k];
  #end
  out.x[k] = sum_k;
  }
  #end
  out.e = row.e;
  return out;
}

// x_k := x_k p_k
fn absorb(row: Row, p: ptr<function, Densities>) -> Row {
  if (row.e == LOST || row.e == NOTHING) { return row; }
  var d: array<i32, NUM_STATES>;
  var top = NOTHING;
  #for k in 0 .. NUM_STATES
  d[k] = max(exponent_of(row.x[k]) + (*p).n[k], NOTHING);
  top = max(top, d[k]);
  #end
  var out: Row;
  #for k in 0 .. NUM_STATES
  out.x[k] = scale(row.x[k] * (*p).f[k], (*p).n[k] - top);
  #end
  return settle(out, row.e, top, d);
}

// x := xᵀ M, M with an exponent for each row
fn multiply(row: Row, m: ptr<function, Rows>) -> Row {
  if (row.e == LOST || row.e == NOTHING) { return row; }
  var top = NOTHING;
  var lost = false;
  #for k in 0 .. NUM_STATES
  if (row.x[k] > 0.0) {
    lost = lost || (*m)[k].e == LOST;
    top = max(top, exponent_of(row.x[k]) + (*m)[k].e);
  }
  #end
  if (lost) { return empty_row(LOST); }
  if (top < LOWEST) { return empty_row(NOTHING); }
  var v: array<f32, NUM_STATES>;
  #for k in 0 .. NUM_STATES
  v[k] = 0.0;
  if (row.x[k] > 0.0) { v[k] = scale(row.x[k], (*m)[k].e - top); }
  #end
  var out: Row;
  var d: array<i32, NUM_STATES>;
  var largest = NOTHING;
  #for b in 0 .. NUM_STATES
  {
  var sum_b = 0.0;
  var any_b = false;
  #for k in 0 .. NUM_STATES
  sum_b += v[k] * (*m)[k].x[b];
  any_b = any_b || (row.x[k] > 0.0 && (*m)[k].x[b] > 0.0);
  #end
  out.x[b] = sum_b;
  d[b] = select(NOTHING, max(exponent_of(sum_b), -1000), any_b);
  largest = max(largest, d[b]);
  }
  #end
  #for b in 0 .. NUM_STATES
  out.x[b] = scale(out.x[b], -largest);
  #end
  return settle(out, row.e + top, largest, d);
}

// x := M x
fn apply(m: ptr<function, Rows>, row: Row) -> Row {
  if (row.e == LOST) { return row; }
  var out: Row;
  var d: array<i32, NUM_STATES>;
  var top = NOTHING;
  var lost = false;
  #for i in 0 .. NUM_STATES
  {
  var sum_i = 0.0;
  var any_i = false;
  #for k in 0 .. NUM_STATES
  sum_i += (*m)[i].x[k] * row.x[k];
  any_i = any_i || ((*m)[i].x[k] > 0.0 && row.x[k] > 0.0);
  #end
  lost = lost || (*m)[i].e == LOST;
  out.x[i] = sum_i;
  d[i] = select(NOTHING, max(max(exponent_of(sum_i), -1000) + (*m)[i].e, LOWEST + 1), any_i && (*m)[i].e > LOWEST);
  top = max(top, d[i]);
  }
  #end
  if (lost) { return empty_row(LOST); }
  #for i in 0 .. NUM_STATES
  out.x[i] = scale(out.x[i], select(0, max((*m)[i].e, LOWEST) - top, d[i] > NOTHING));
  #end
  out = settle(out, 0, top, d);
  if (out.e != LOST) { out.e = 0; }
  return out;
}

// Σ x 2^e
fn total(row: Row) -> Number {
  var sum = 0.0;
  #for k in 0 .. NUM_STATES
  sum += row.x[k];
  #end
  return Number(sum, row.e);
}

// x_k over the total
fn share(row: Row, k: u32, all: Number) -> f32 { return select(row.x[k] / all.m, 0.0, all.m == 0.0); }

// Writes x_k over the total as a number.
fn write_share(at: u32, row: Row, k: u32, all: Number) { outputs[at] = share(row, k, all); }
