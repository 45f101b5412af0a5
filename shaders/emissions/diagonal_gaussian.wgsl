// diagonal_gaussian: independent Gaussian channels
//   z_e = z_r + f, f = stretch · z_r − shift;  log p_e − log p_r = constant − ½ f (2 z_r + f)
// so that what all densities say of an outlier does not cancel.
// Record     (r, z_r = (y − μ_r)/σ_r) of every channel; r = −1 where missing [CHANNELS, 2]
// Parameters (stretch = σ_r/σ_e − 1, shift = (μ_e − μ_r)/σ_e, constant = log(σ_r/σ_e)) [CHANNELS, r, EMISSIONS, 3]
// Baseline   Σ_i log p_r(y_i)
// Twin src/models/hmm/emissions/diagonal_gaussian.ts
fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < CHANNELS; i++) {
    let reference = emission_records[record + 2u * i];
    if (reference < 0.0) { continue; }
    let z = emission_records[record + 2u * i + 1u];
    let at = 3u * ((i * EMISSIONS + u32(reference)) * EMISSIONS + e);
    let f = emission_parameters[at] * z - emission_parameters[at + 1u];
    sum += emission_parameters[at + 2u] - 0.5 * f * (2.0 * z + f);
  }
  return sum;
}
