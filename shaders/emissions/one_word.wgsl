// A density that float32 is enough for: log p as nothing whole and the rest (hmm/emissions.wgsl).
fn emission_nats(record: u32, e: u32) -> vec2f { return vec2f(0.0, emission_log_likelihood(record, e)); }
