// gaussian_mixture: log Σ_j w_e,j N(y; μ_e,j, Σ_e,j) − log N(y; r), r one of all components
// Record     lib/gaussian_ratio.wgsl
// Parameters lib/gaussian_ratio.wgsl for the EMISSIONS · COMPONENTS components, from WEIGHTS_AT their log w, LOG_ZERO where 0
// Baseline   log N(y; μ_r, Σ_r)
// Twin src/models/hmm/emissions/gaussian_mixture.ts
#import "lib/gaussian_ratio.wgsl"
fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  if (emission_records[record] < 0.0) { return 0.0; }
  var most = LOG_ZERO;
  var sum = 0.0;
  for (var j = 0u; j < COMPONENTS; j++) {
    let weight = emission_parameters[WEIGHTS_AT + e * COMPONENTS + j];
    if (weight <= LOG_ZERO) { continue; }
    let term = weight + gaussian_ratio(record, e * COMPONENTS + j);
    if (term > most) {
      sum = sum * exp_f32(most - term) + 1.0;
      most = term;
    } else { sum += exp_f32(term - most); }
  }
  return most + log_f32(sum);
}
