// linear_statistic: channels whose log-density ratios are linear in the data: Poisson, exponential, multinomial.
//   log p_e(y) − log p_r(y) = slope · x + constant; counts: x = y − E_r y, constant = −KL(r, e); exponential: x = y/E_r y
// Record     (r, x) of every channel; r = −1 where missing [CHANNELS, 2]
// Parameters (slope, constant) [CHANNELS, r, EMISSIONS, 2]
// Baseline   Σ_i log p_r(y_i)
// Twin src/models/hmm/emissions/poisson.ts, exponential.ts, multinomial.ts
#import "emissions/one_word.wgsl"
fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < CHANNELS; i++) {
    let reference = emission_records[record + 2u * i];
    if (reference < 0.0) { continue; }
    let at = 2u * ((i * EMISSIONS + u32(reference)) * EMISSIONS + e);
    sum += emission_parameters[at] * emission_records[record + 2u * i + 1u] + emission_parameters[at + 1u];
  }
  return sum;
}
