// categorical: channels of categories; also Bernoulli, with categories 0 and 1
// Record     category of every channel, −1 where missing [CHANNELS]
// Parameters log p_e,i(c) − max_e log p_e,i(c) [CHANNELS, CATEGORIES, EMISSIONS], LOG_ZERO where impossible
// Baseline   Σ_i max_e log p_e,i(y_i)
// Twin src/models/hmm/emissions/categorical.ts
#import "emissions/one_word.wgsl"
fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < CHANNELS; i++) {
    let category = emission_records[record + i];
    if (category < 0.0) { continue; }
    let value = emission_parameters[(i * CATEGORIES + u32(category)) * EMISSIONS + e];
    if (value <= LOG_ZERO) { return LOG_ZERO; }
    sum += value;
  }
  return sum;
}
