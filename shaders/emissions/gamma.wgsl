// gamma: independent gamma channels of shape a and mean μ
//   x_e = y/μ_e − 1 = ratio · x_r + (ratio − 1);  h_e = a_e (log1p(x_e) − x_e) ≤ 0;  log p_e − log p_b = constant + h_e − level
// Record     (r, x_r, log(y/μ_r), level) of every channel; r = −1 where missing [CHANNELS, 4]
// Parameters (ratio = μ_r/μ_e, ratio − 1, log ratio, a_e, constant) [CHANNELS, r, EMISSIONS, 5]
// Baseline   Σ_i log p_b(y_i), b the most likely density; r is the one whose centre is nearest
// Twin src/models/hmm/emissions/gamma.ts
#import "emissions/one_word.wgsl"
fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < CHANNELS; i++) {
    let start = record + 4u * i;
    let reference = emission_records[start];
    if (reference < 0.0) { continue; }
    let at = 5u * ((i * EMISSIONS + u32(reference)) * EMISSIONS + e);
    let x = emission_parameters[at] * emission_records[start + 1u] + emission_parameters[at + 1u];
    var rest = emission_records[start + 2u] + emission_parameters[at + 2u] - x;
    if (abs(x) < 0.5) { rest = log1p_minus_f32(x); }
    sum += emission_parameters[at + 4u] + (emission_parameters[at + 3u] * rest - emission_records[start + 3u]);
  }
  return sum;
}
