// diagonal_gaussian: independent Gaussian channels
//   z_e = z_r + f, f = stretch · z_r − shift;  log p_e − log p_r = constant − ½ f (2 z_r + f)
// so that what all densities say of an outlier does not cancel. Every number is two (lib/nats.wgsl): a state that is thousands of nats
// behind the best still has its last digits.
// Record     (r, z_r = (y − μ_r)/σ_r in two words) of every channel; r = −1 where missing [CHANNELS, 3]
// Parameters (stretch = σ_r/σ_e − 1, −shift = (μ_r − μ_e)/σ_e, both times UNIT, constant = log(σ_r/σ_e)) [CHANNELS, r, EMISSIONS, 3, 2];
//            the shift and the constant are whole and part
// Baseline   Σ_i log p_r(y_i)
// Twin src/models/hmm/emissions/diagonal_gaussian.ts.  SAME_SHAPE = 1: all stretches are 0.
#import "lib/nats.wgsl"
fn pair_number(at: u32) -> vec2f { return vec2f(emission_parameters[at], emission_parameters[at + 1u]); }

fn emission_nats(record: u32, e: u32) -> vec2f {
  var sum = vec2f();
  for (var i = 0u; i < CHANNELS; i++) {
    let start = record + 3u * i;
    let reference = emission_records[start];
    if (reference < 0.0) { continue; }
    let z = vec2f(emission_records[start + 1u], emission_records[start + 2u]);
    let at = 6u * ((i * EMISSIONS + u32(reference)) * EMISSIONS + e);
    var f = pair_number(at + 2u);
    if (SAME_SHAPE == 0u) { f = add_product(f, pair_number(at), z); }
    sum = add_half_square(sum + pair_number(at + 4u), z, f);
  }
  return sum;
}
