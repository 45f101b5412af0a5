// A row of numbers x 2^e in registers, each with its own whole exponent and x in [1, 2): log space with the accuracy of
// float32 at any depth. 0 is x = 0, e = NOTHING. Nothing is ever lost.
// Layout   x[K] as f32 bits, e[K] as i32 bits: 2K words.  A as x[K,K] then e[K,K], f32
#import "hmm/power.wgsl"
struct Transition {
  x: array<f32, N2>,
  e: array<i32, N2>,
}
struct Row {
  x: array<f32, NUM_STATES>,
  e: array<i32, NUM_STATES>,
}

fn unit_row(k: u32) -> Row {
  var out: Row;
  #for i in 0 .. NUM_STATES
  out.x[i] = select(0.0, 1.0, i == k);
  out.e[i] = select(NOTHING, 0, i == k);
  #end
  return out;
}

fn empty_row(e: i32) -> Row { return unit_row(NUM_STATES); }
fn is_lost(row: Row) -> bool { return false; }

fn read_transition(at: u32) -> Transition {
  var out: Transition;
  #for i in 0 .. N2
  out.x[i] = transitions[at + i];
  out.e[i] = i32(transitions[at + N2 + i]);
  #end
  return out;
}

// x := xᵀ A
fn predict(row: Row, a: ptr<function, Transition>) -> Row {
  var out: Row;
  #for k in 0 .. NUM_STATES
  {
  var top = NOTHING;
  #for i in 0 .. NUM_STATES
  top = max(top, row.e[i] + (*a).e[i * NUM_STATES + k]);
  #end
  var sum_k = 0.0;
  #for i in 0 .. NUM_STATES
  sum_k += scale_down(row.x[i] * (*a).x[i * NUM_STATES + k], max(row.e[i] + (*a).e[i * NUM_STATES + k], NOTHING) - top);
  #end
  let y = normal(sum_k, top);
  out.x[k] = y.m;
  out.e[k] = y.e;
  }
  #end
  return out;
}

// x_k := x_k p_k
fn absorb(row: Row, p: ptr<function, Densities>) -> Row {
  var out: Row;
  #for k in 0 .. NUM_STATES
  {
  let y = normal(row.x[k] * (*p).f[k], max(row.e[k] + (*p).n[k], NOTHING));
  out.x[k] = y.m;
  out.e[k] = y.e;
  }
  #end
  return out;
}

// x := xᵀ M
fn multiply(row: Row, m: ptr<function, Rows>) -> Row {
  var out: Row;
  #for b in 0 .. NUM_STATES
  {
  var top = NOTHING;
  #for k in 0 .. NUM_STATES
  top = max(top, row.e[k] + (*m)[k].e[b]);
  #end
  var sum_b = 0.0;
  #for k in 0 .. NUM_STATES
  sum_b += scale_down(row.x[k] * (*m)[k].x[b], max(row.e[k] + (*m)[k].e[b], NOTHING) - top);
  #end
  let y = normal(sum_b, top);
  out.x[b] = y.m;
  out.e[b] = y.e;
  }
  #end
  return out;
}

// x := M x
fn apply(m: ptr<function, Rows>, row: Row) -> Row {
  var out: Row;
  #for i in 0 .. NUM_STATES
  {
  var top = NOTHING;
  #for k in 0 .. NUM_STATES
  top = max(top, row.e[k] + (*m)[i].e[k]);
  #end
  var sum_i = 0.0;
  #for k in 0 .. NUM_STATES
  sum_i += scale_down(row.x[k] * (*m)[i].x[k], max(row.e[k] + (*m)[i].e[k], NOTHING) - top);
  #end
  let y = normal(sum_i, top);
  out.x[i] = y.m;
  out.e[i] = y.e;
  }
  #end
  return recentre(out);
}

// Takes the largest exponent out: a factor of the whole row that nobody asks for.
fn recentre(row: Row) -> Row {
  var out = row;
  var top = NOTHING;
  #for k in 0 .. NUM_STATES
  top = max(top, row.e[k]);
  #end
  #for k in 0 .. NUM_STATES
  out.e[k] = select(max(row.e[k] - top, LOWEST), NOTHING, row.e[k] == NOTHING);
  #end
  return out;
}

// Σ x 2^e
fn total(row: Row) -> Number {
  var top = NOTHING;
  #for k in 0 .. NUM_STATES
  top = max(top, row.e[k]);
  #end
  var sum = 0.0;
  #for k in 0 .. NUM_STATES
  sum += scale_down(row.x[k], row.e[k] - top);
  #end
  return Number(sum, top);
}

// x_k over the total
fn share(row: Row, k: u32, all: Number) -> f32 {
  return select(scale_down(row.x[k] / all.m, min(row.e[k] - all.e, 0)), 0.0, all.m == 0.0);
}

// Writes x_k over the total as a number.
fn write_share(at: u32, row: Row, k: u32, all: Number) {
  outputs[at] = select(row.x[k] / all.m, 0.0, all.m == 0.0);
  outputs[at + 1u] = f32(max(row.e[k], LOWEST) - max(all.e, LOWEST));
}
