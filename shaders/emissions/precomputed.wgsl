// precomputed: log-likelihoods that somebody else worked out
// Record     log p(y | density e) − baseline, e = 0 … E−1, nats
// Parameters none
#import "emissions/one_word.wgsl"
fn emission_log_likelihood(record: u32, e: u32) -> f32 { return emission_records[record + e]; }
