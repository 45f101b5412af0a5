// log N(y; M_e x, Σ_e) − log N(y; M_r x, Σ_r) for one pattern of observed entries; N_DENSITIES densities, FEATURES entries of x.
//   w_e = w_r + f, f = D w_r − V (1, x), w = W (y − M x), W Σ W' = I;  the value is constant − ½ f · (2 w_r + f)
// Record     (q = pattern · N_DENSITIES + r, w_r [EMISSION_DIM], x [FEATURES]); q = −1 where the density is 1. Missing entries: w_r = 0.
// Parameters for every q and e: D = W_e W_r⁻¹ − I (lower triangle by rows), V = W_e (M_e − M_r) [EMISSION_DIM, 1 + FEATURES],
//            constant = log det W_e − log det W_r; rows of missing entries are 0
// Twin src/models/hmm/emissions/gaussian_gpu.ts
const TRIANGLE: u32 = EMISSION_DIM * (EMISSION_DIM + 1u) / 2u;
const PAIR_FLOATS: u32 = TRIANGLE + EMISSION_DIM * (1u + FEATURES) + 1u;

fn gaussian_ratio(record: u32, e: u32) -> f32 {
  let pair = (u32(emission_records[record]) * N_DENSITIES + e) * PAIR_FLOATS;
  let white = record + 1u;
  let features = white + EMISSION_DIM;
  var at = pair;
  var to = pair + TRIANGLE;
  var square = 0.0;
  for (var i = 0u; i < EMISSION_DIM; i++) {
    var f = -emission_parameters[to];
    for (var k = 0u; k < FEATURES; k++) { f -= emission_parameters[to + 1u + k] * emission_records[features + k]; }
    for (var j = 0u; j <= i; j++) { f += emission_parameters[at + j] * emission_records[white + j]; }
    square += f * (2.0 * emission_records[white + i] + f);
    at += i + 1u;
    to += 1u + FEATURES;
  }
  return emission_parameters[pair + PAIR_FLOATS - 1u] - 0.5 * square;
}
