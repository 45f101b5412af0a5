// gaussian: Gaussian densities with full covariance and means that are linear in features: Gaussian, shared and low-rank
// covariance, linear regression, autoregression
// Record, Parameters: lib/gaussian_ratio.wgsl
// Baseline   log N(y; M_r x, Σ_r)
// Twin src/models/hmm/emissions/gaussian_family.ts
#import "lib/gaussian_ratio.wgsl"
fn emission_nats(record: u32, e: u32) -> vec2f {
  if (emission_records[record] < 0.0) { return vec2f(); }
  return gaussian_ratio(record, e);
}
