// The bounds within which the covariance form is right: LARGEST_RATIO and LARGEST_AMPLIFICATION of
// src/inference/covariance_form.ts. Steps beyond them are marked by numbers that nothing else gives; the host reads from them
// how far beyond they are.
const LARGEST_RATIO: f32 = 1e3;
const LARGEST_AMPLIFICATION: f32 = 50.0;
const MARK_UNIT: f32 = -1e30;

// Relative to its variance, a pivot of a predicted covariance that is taken as zero: float32 cannot tell it from that.
const VANISHING: f32 = 2.4e-7 * f32(STATE_DIM);

// The likelihood of a step, unless the variance of one of its entries is more than LARGEST_RATIO times that of its noise.
fn mark_ratio(likelihood: f32, ratio: f32) -> f32 {
  if (ratio <= LARGEST_RATIO) { return likelihood; }
  return MARK_UNIT * min(ratio, 1e8);
}

// The first smoothed variance of a step, unless E passes on the rounding of P⁻ more than LARGEST_AMPLIFICATION times over:
// the largest of Σ_k E_ik² P⁻_kk / P_ii.
fn mark_amplified(variance: f32, amplified: f32) -> f32 {
  if (amplified <= LARGEST_AMPLIFICATION) { return variance; }
  return MARK_UNIT * min(amplified, 1e8);
}
