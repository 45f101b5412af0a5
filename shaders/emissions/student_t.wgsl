// student_t: independent channels of Student's t
//   h_e = −½(ν_e + 1) log1p(z_e²/ν_e), z_e = ratio · z_r − shift;  log p_e − log p_b = constant + h_e − level
// Record     (r, z_r = (y − μ_r)/s_r, level) of every channel; r = −1 where missing [CHANNELS, 3]
// Parameters (ratio = s_r/s_e, shift = (μ_e − μ_r)/s_e, ν_e, constant) [CHANNELS, r, EMISSIONS, 4]
// Baseline   Σ_i log p_b(y_i), b the most likely density; r is the one whose centre is nearest
// Twin src/models/hmm/emissions/student_t.ts
#import "emissions/one_word.wgsl"
fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < CHANNELS; i++) {
    let start = record + 3u * i;
    let reference = emission_records[start];
    if (reference < 0.0) { continue; }
    let at = 4u * ((i * EMISSIONS + u32(reference)) * EMISSIONS + e);
    let z = emission_parameters[at] * emission_records[start + 1u] - emission_parameters[at + 1u];
    let dof = emission_parameters[at + 2u];
    let h = -0.5 * (dof + 1.0) * log1p_f32(z * (z / dof));
    sum += emission_parameters[at + 3u] + (h - emission_records[start + 2u]);
  }
  return sum;
}
