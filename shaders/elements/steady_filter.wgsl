// steady_filter: the Kalman filter's means with gains made on the host; v is the predicted mean of the item's step
//   r = y − H v,  z = v + K r,  v ← F z + b (of the next step);  likelihood −½|W r|²
// Where the data are far better than the prediction, z = N v + K y with N = I − K H from float64: v + K r would leave
// the small posterior deviation as the difference of two large ones.
// Layout   tables, a row per distinct step: F of the next step [n, n], H [m, n], K [n, m], W = Ls⁻¹ [m, m], N [n, n],
//          and 1 where N is to be used, else 0
// Source   src/inference/gain_schedule.ts
// Needs    const STATE_DIM = n, EMISSION_DIM = m.  Twin src/inference/steady_filter.cpu.ts
const WRITES_CARRY = true;
const MN: u32 = EMISSION_DIM * STATE_DIM;
const AT_N: u32 = N2 + MN + MN + EMISSION_DIM * EMISSION_DIM;
const ROW: u32 = AT_N + N2 + 1u;
const WRITE_FILTERED = 1u;
const WRITE_PREDICTED = 2u;
alias Observation = array<f32, EMISSION_DIM>;

@group(0) @binding(3) var<storage, read> tables: array<f32>;
@group(0) @binding(4) var<storage, read> biases: array<f32>;
@group(0) @binding(5) var<storage, read> observations: array<f32>;          // [N, steps, m]
@group(0) @binding(6) var<storage, read_write> filtered: array<f32>;        // [N, steps, n]
@group(0) @binding(7) var<storage, read_write> predicted: array<f32>;       // [N, steps + 1, n]
@group(0) @binding(8) var<storage, read_write> likelihoods: array<f32>;     // [N, steps]

fn residual(lane: u32, item: u32, row: u32, v: ptr<function, Vector>) -> Observation {
  var out: Observation;
  let y = (lane * params.block_steps + item) * EMISSION_DIM;
  #for i in 0 .. EMISSION_DIM
  {
  var sum_i = observations[y + i];
  #for j in 0 .. STATE_DIM
  sum_i -= tables[row + N2 + i * STATE_DIM + j] * (*v)[j];
  #end
  out[i] = sum_i;
  }
  #end
  return out;
}

fn update(lane: u32, item: u32, row: u32, r: ptr<function, Observation>, v: ptr<function, Vector>) {
  let closed = tables[row + ROW - 1u] > 0.0;
  let y = (lane * params.block_steps + item) * EMISSION_DIM;
  var out: Vector;
  #for i in 0 .. STATE_DIM
  {
  var sum_i = select((*v)[i], 0.0, closed);
  if (closed) {
    #for j in 0 .. STATE_DIM
    sum_i += tables[row + AT_N + i * STATE_DIM + j] * (*v)[j];
    #end
  }
  #for j in 0 .. EMISSION_DIM
  sum_i += tables[row + N2 + MN + i * EMISSION_DIM + j] * select((*r)[j], observations[y + j], closed);
  #end
  out[i] = sum_i;
  }
  #end
  *v = out;
}

// Not past the last step of the series, which no transition leaves.
fn predict(lane: u32, item: u32, row: u32, v: ptr<function, Vector>) {
  if (params.block_start + item + 1u >= indices[lane]) { return; }
  let b = lane * params.bias_series + (item + 1u) * params.bias_step;
  var out: Vector;
  #for i in 0 .. STATE_DIM
  {
  var sum_i = biases[b + i];
  #for j in 0 .. STATE_DIM
  sum_i += tables[row + i * STATE_DIM + j] * (*v)[j];
  #end
  out[i] = sum_i;
  }
  #end
  *v = out;
}

fn fold_item(lane: u32, item: u32, v: ptr<function, Vector>) {
  let row = row_of(item) * ROW;
  var r = residual(lane, item, row, v);
  update(lane, item, row, &r, v);
  predict(lane, item, row, v);
}

fn put_predicted(lane: u32, item: u32, v: ptr<function, Vector>) {
  let at = (lane * (params.block_steps + 1u) + item) * STATE_DIM;
  #for i in 0 .. STATE_DIM
  predicted[at + i] = (*v)[i];
  #end
}

fn walk_item(lane: u32, item: u32, v: ptr<function, Vector>) {
  let row = row_of(item) * ROW;
  let writes = (params.flags & WRITE_PREDICTED) != 0u;
  if (writes) { put_predicted(lane, item, v); }
  var r = residual(lane, item, row, v);
  update(lane, item, row, &r, v);
  let at = lane * params.block_steps + item;
  if ((params.flags & WRITE_FILTERED) != 0u) {
    #for i in 0 .. STATE_DIM
    filtered[at * STATE_DIM + i] = (*v)[i];
    #end
  }
  var squares = 0.0;
  #for i in 0 .. EMISSION_DIM
  {
  var e_i = 0.0;
  #for j in 0 .. i + 1
  e_i += tables[row + N2 + 2 * MN + i * EMISSION_DIM + j] * r[j];
  #end
  squares += e_i * e_i;
  }
  #end
  likelihoods[at] = -0.5 * squares;
  predict(lane, item, row, v);
  if (writes && item + 1u == params.block_steps) { put_predicted(lane, item + 1u, v); }
}
