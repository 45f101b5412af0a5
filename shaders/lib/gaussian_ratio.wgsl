// log N(y; M_e x, Σ_e) − log N(y; M_r x, Σ_r) for one pattern of observed entries; N_DENSITIES densities, FEATURES entries of x.
//   w_e = w_r + f, f = D w_r − V (1, x), w = W (y − M x), W Σ W' = I;  the value is constant − ½ f · (2 w_r + f)
// Every number is two (lib/nats.wgsl): a state that is thousands of nats behind the best still has its last digits.
// Record     (q = pattern · N_DENSITIES + r, w_r [EMISSION_DIM], x [FEATURES]); q = −1 where the density is 1. Missing entries: w_r = 0.
// Parameters for every q and e: D = W_e W_r⁻¹ − I (lower triangle by rows), V = W_e (M_e − M_r) [EMISSION_DIM, 1 + FEATURES], both times
//            UNIT, constant = log det W_e − log det W_r; rows of missing entries are 0. V[·, 0] and the constant are whole and part.
// Twin src/models/hmm/emissions/gaussian_gpu.ts.  SAME_SHAPE = 1: all D are 0.
#import "lib/nats.wgsl"
const TRIANGLE: u32 = EMISSION_DIM * (EMISSION_DIM + 1u) / 2u;
const PAIR_NUMBERS: u32 = TRIANGLE + EMISSION_DIM * (1u + FEATURES) + 1u;

fn pair_number(at: u32) -> vec2f { return vec2f(emission_parameters[2u * at], emission_parameters[2u * at + 1u]); }
fn record_number(record: u32, at: u32) -> vec2f {
  return vec2f(emission_records[record + 1u + 2u * at], emission_records[record + 2u + 2u * at]);
}

fn gaussian_ratio(record: u32, e: u32) -> vec2f {
  let pair = (u32(emission_records[record]) * N_DENSITIES + e) * PAIR_NUMBERS;
  var at = pair;
  var to = pair + TRIANGLE;
  var value = pair_number(pair + PAIR_NUMBERS - 1u);
  for (var i = 0u; i < EMISSION_DIM; i++) {
    var f = -pair_number(to);
    for (var k = 0u; k < FEATURES; k++) { f = add_product(f, -pair_number(to + 1u + k), record_number(record, EMISSION_DIM + k)); }
    if (SAME_SHAPE == 0u) {
      for (var j = 0u; j <= i; j++) { f = add_product(f, pair_number(at + j), record_number(record, j)); }
    }
    value = add_half_square(value, record_number(record, i), f);
    at += i + 1u;
    to += 1u + FEATURES;
  }
  return value;
}
