// The bound within which the covariance form is right: LARGEST_RATIO of src/inference/covariance_form.ts.
const LARGEST_RATIO: f32 = 1e3;
const RATIO_UNIT: f32 = -1e30;  // no likelihood is as low: the host tells by it, and reads the ratio

// The likelihood of a step, or what marks it when the ratio of one of its entries is too large.
fn mark_ratio(likelihood: f32, ratio: f32) -> f32 {
  if (ratio <= LARGEST_RATIO) { return likelihood; }
  return RATIO_UNIT * min(ratio, 1e8);
}
