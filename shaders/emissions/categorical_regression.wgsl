// categorical_regression: categories with log-odds linear in inputs
//   log p_e(y) − log p_r(y) = −log Σ_c p_r(c) exp(δ_c − δ_y), δ_c the score of c under e less that under r
// Record     (r or −1 where missing, y, log p_r(c) [CATEGORIES]), then u [INPUTS], centred
// Parameters differences of (bias, weights) of e and r [r, EMISSIONS, CATEGORIES, 1 + INPUTS]
// Baseline   log p_r(y)
// Twin src/models/hmm/emissions/categorical_regression.ts
#import "emissions/one_word.wgsl"
fn score_difference(record: u32, pair: u32, category: u32) -> f32 {
  let at = (pair * CATEGORIES + category) * (1u + INPUTS);
  var sum = emission_parameters[at];
  for (var k = 0u; k < INPUTS; k++) {
    sum += emission_parameters[at + 1u + k] * emission_records[record + 2u + CATEGORIES + k];
  }
  return sum;
}

fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  let reference = emission_records[record];
  if (reference < 0.0) { return 0.0; }
  let pair = u32(reference) * EMISSIONS + e;
  let own = score_difference(record, pair, u32(emission_records[record + 1u]));
  var most = LOG_ZERO;
  var widest = 0.0;
  var change = 0.0;
  for (var c = 0u; c < CATEGORIES; c++) {
    let delta = score_difference(record, pair, c) - own;
    let share = emission_records[record + 2u + c];
    widest = max(widest, delta);
    most = max(most, share + delta);
    change += exp_f32(share) * expm1_f32(min(delta, 1.0));
  }
  if (widest < 1.0 && change > -0.5) { return -log1p_f32(change); }
  var sum = 0.0;
  for (var c = 0u; c < CATEGORIES; c++) {
    sum += exp_f32(emission_records[record + 2u + c] + (score_difference(record, pair, c) - own) - most);
  }
  return -(most + log_f32(sum));
}
