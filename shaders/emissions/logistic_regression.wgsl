// logistic_regression: 0 or 1 with log-odds linear in inputs
//   a_e = log-odds against what was seen;  log p_e = −log(1 + e^{a_e}), and with a_e = a_r + δ
//   log p_e − log p_r = −log(1 + σ (e^δ − 1)), σ = 1/(1 + e^{−a_r})
// Record     (r or −1 where missing, sign, σ, a_r) of every channel [CHANNELS, 4], then u [INPUTS], centred
// Parameters differences of (bias, weights) of e and r [CHANNELS, r, EMISSIONS, 1 + INPUTS]
// Baseline   Σ_i log p_r(y_i)
// Twin src/models/hmm/emissions/logistic_regression.ts
#import "emissions/one_word.wgsl"

// log(1 + e^{a + δ}) − log(1 + e^a), s = 1/(1 + e^{−a})
fn softplus_difference(a: f32, s: f32, delta: f32) -> f32 {
  let v = s * expm1_f32(delta);
  if (v > -0.5 && v < 1.0) { return log1p_f32(v); }
  let b = a + delta;
  let rest = log1p_f32(exp_f32(-abs(b))) - log1p_f32(exp_f32(-abs(a)));
  if (a > 0.0 && b > 0.0) { return delta + rest; }
  return max(b, 0.0) - max(a, 0.0) + rest;
}

fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < CHANNELS; i++) {
    let start = record + 4u * i;
    let reference = emission_records[start];
    if (reference < 0.0) { continue; }
    let at = (1u + INPUTS) * ((i * EMISSIONS + u32(reference)) * EMISSIONS + e);
    var delta = emission_parameters[at];
    for (var k = 0u; k < INPUTS; k++) {
      delta += emission_parameters[at + 1u + k] * emission_records[record + 4u * CHANNELS + k];
    }
    delta *= emission_records[start + 1u];
    sum -= softplus_difference(emission_records[start + 3u], emission_records[start + 2u], delta);
  }
  return sum;
}
