// negative_binomial: independent channels of counts of mean μ and size s
//   h_e = log p_e − log y! … as src/models/hmm/emissions/negative_binomial.ts writes it: what is left of Stirling's formula, and the
//   deviance of y start μ_e;  log p_e − log p_b = h_e − level
// Record     (r, y, μ_r − y, level) of every channel; r = −1 where missing [CHANNELS, 4]
// Parameters (μ_e − μ_r, μ_e, s_e, ½ log s_e − g(s_e)) [CHANNELS, r, EMISSIONS, 4]
// Baseline   Σ_i log p_b(y_i), b the most likely density; r is the one whose centre is nearest
#import "emissions/one_word.wgsl"
#import "lib/negative_binomial.wgsl"
fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < CHANNELS; i++) {
    let start = record + 4u * i;
    let reference = emission_records[start];
    if (reference < 0.0) { continue; }
    let at = 4u * ((i * EMISSIONS + u32(reference)) * EMISSIONS + e);
    let y = emission_records[start + 1u];
    let mean = emission_parameters[at + 1u];
    let size = emission_parameters[at + 2u];
    var h = -size * log1p_f32(mean / size);
    if (y > 0.0) {
      let d = emission_records[start + 2u] + emission_parameters[at];
      h = emission_parameters[at + 3u] - 0.5 * log_f32(y + size) + stirling_rest_f32(y + size) + deviance(y, mean, size, d);
    }
    sum += h - emission_records[start + 3u];
  }
  return sum;
}
