// steady_smoother: smoothed means with gains made on the host; v is what the data after the step say about its state,
//   z = m + P v,  v ← M v + G (y − H m⁻)  with M = Fᵀ(I − K H)ᵀ, G = FᵀHᵀS⁻¹, F the transition into the step
// No predicted covariance is inverted: states that are known exactly, and noise-free data, are safe.
// Layout   tables, a row per distinct step: M [n, n], G [n, m], H [m, n], P [n, n] of the filtered state
// Source   de Jong 1989, doi:10.1080/01621459.1989.10478878; Durbin & Koopman 2012, §4.4
// Needs    const STATE_DIM = n, EMISSION_DIM = m.  Twin src/inference/steady_smoother.cpu.ts
const WRITES_CARRY = true;
const MN: u32 = EMISSION_DIM * STATE_DIM;
const ROW: u32 = 2u * N2 + 2u * MN;

@group(0) @binding(3) var<storage, read> tables: array<f32>;
@group(0) @binding(4) var<storage, read> observations: array<f32>;          // [N, steps, m]
@group(0) @binding(5) var<storage, read> predicted: array<f32>;             // [N, steps + 1, n]
@group(0) @binding(6) var<storage, read> filtered: array<f32>;              // [N, steps, n]
@group(0) @binding(7) var<storage, read_write> smoothed: array<f32>;        // [N, steps, n]

fn fold_item(lane: u32, item: u32, v: ptr<function, Vector>) {
  let row = row_of(item) * ROW;
  let y = (lane * params.block_steps + item) * EMISSION_DIM;
  let ahead = (lane * (params.block_steps + 1u) + item) * STATE_DIM;
  var r: array<f32, EMISSION_DIM>;
  #for i in 0 .. EMISSION_DIM
  {
  var sum_i = observations[y + i];
  #for j in 0 .. STATE_DIM
  sum_i -= tables[row + N2 + MN + i * STATE_DIM + j] * predicted[ahead + j];
  #end
  r[i] = sum_i;
  }
  #end
  var out: Vector;
  #for i in 0 .. STATE_DIM
  {
  var sum_i = 0.0;
  #for j in 0 .. STATE_DIM
  sum_i += tables[row + i * STATE_DIM + j] * (*v)[j];
  #end
  #for j in 0 .. EMISSION_DIM
  sum_i += tables[row + N2 + i * EMISSION_DIM + j] * r[j];
  #end
  out[i] = sum_i;
  }
  #end
  *v = out;
}

fn walk_item(lane: u32, item: u32, v: ptr<function, Vector>) {
  let p = row_of(item) * ROW + N2 + 2u * MN;
  let at = lane * params.mean_series + item * STATE_DIM;
  #for i in 0 .. STATE_DIM
  {
  var sum_i = filtered[at + i];
  #for j in 0 .. STATE_DIM
  sum_i += tables[p + i * STATE_DIM + j] * (*v)[j];
  #end
  smoothed[at + i] = sum_i;
  }
  #end
  fold_item(lane, item, v);
}
