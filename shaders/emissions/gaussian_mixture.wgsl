// gaussian_mixture: log Σ_j w_e,j N(y; μ_e,j, Σ_e,j) − log N(y; r), r one of all components
// Record     lib/gaussian_ratio.wgsl
// Parameters lib/gaussian_ratio.wgsl for the EMISSIONS · COMPONENTS components, from WEIGHTS_AT their log w, LOG_ZERO where 0
// Baseline   log N(y; μ_r, Σ_r)
// Twin src/models/hmm/emissions/gaussian_mixture.ts
#import "lib/gaussian_ratio.wgsl"
fn emission_nats(record: u32, e: u32) -> vec2f {
  if (emission_records[record] < 0.0) { return vec2f(); }
  var most = vec2f(LOG_ZERO, 0.0);
  var sum = 0.0;
  for (var j = 0u; j < COMPONENTS; j++) {
    let weight = emission_parameters[WEIGHTS_AT + e * COMPONENTS + j];
    if (weight <= LOG_ZERO) { continue; }
    var term = gaussian_ratio(record, e * COMPONENTS + j);
    term.y += weight;
    let lead = (term.x - most.x) + (term.y - most.y);
    if (lead > 0.0) {
      sum = sum * exp_f32(-lead) + 1.0;
      most = term;
    } else { sum += exp_f32(lead); }
  }
  most.y += log_f32(sum);
  return most;
}
