// What a density of shaders/emissions, or of a user, reads. It is put behind the kernel when the kernel is made:
//   fn emission_nats(record: u32, e: u32) -> vec2f
// log p(y | density e) less what does not depend on e, nats, as a whole number and the rest; of one word, emissions/one_word.wgsl makes it from
//   fn emission_log_likelihood(record: u32, e: u32) -> f32
// emission_records[record + i] is the record of the series and step,
// emission_parameters are the parameters of all densities. LOG_ZERO where impossible. Constants of the density, such as
// EMISSION_DIM, stand in front of the kernel.
#import "lib/special.wgsl"
const LOG_ZERO: f32 = -1e30;

@group(0) @binding(3) var<storage, read> emission_records: array<f32>;
@group(0) @binding(7) var<storage, read> emission_parameters: array<f32>;

const NOT_FINITE: f32 = 1e30;  // more than any density: the host finds the step by it

// What a density says: −∞ is LOG_ZERO, NaN and +∞ are NOT_FINITE. By its bits: WGSL may assume that there are no such values.
fn finite_nats(l: vec2f) -> vec2f {
  let bits = bitcast<u32>(l.x + l.y);
  if (bits == 0xff800000u) { return vec2f(LOG_ZERO, 0.0); }
  if ((bits & 0x7f800000u) == 0x7f800000u) { return vec2f(NOT_FINITE, 0.0); }
  return l;
}
