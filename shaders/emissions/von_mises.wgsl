// von_mises: independent channels of angles
//   h_e = −2κ_e sin²(θ_e/2), θ_e = θ_r + turn, brought back to [−π, π];  log p_e − log p_b = constant + h_e − level
// Record     (r, θ_r = y − μ_r in (−π, π], level) of every channel; r = −1 where missing [CHANNELS, 3]
// Parameters (turn = μ_r − μ_e in (−π, π], κ_e, constant) [CHANNELS, r, EMISSIONS, 3]
// Baseline   Σ_i log p_b(y_i), b the most likely density; r is the one whose centre is nearest
// Twin src/models/hmm/emissions/von_mises.ts
#import "emissions/one_word.wgsl"
fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < CHANNELS; i++) {
    let start = record + 3u * i;
    let reference = emission_records[start];
    if (reference < 0.0) { continue; }
    let at = 3u * ((i * EMISSIONS + u32(reference)) * EMISSIONS + e);
    let sum_of_angles = emission_records[start + 1u] + emission_parameters[at];
    let size = abs(sum_of_angles);
    let angle = select(size, 6.2831855 - size, size > 3.1415927);
    let h = -2.0 * emission_parameters[at + 1u] * sine_half_squared_f32(angle);
    sum += emission_parameters[at + 2u] + (h - emission_records[start + 2u]);
  }
  return sum;
}
