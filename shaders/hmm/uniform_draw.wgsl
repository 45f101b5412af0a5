// Parts of whole numbers by a uniform word.
#import "lib/uniforms.wgsl"

// ⌊(x + ½) 2⁻³² total⌋
fn part_of(x: u32, total: u32) -> u32 {
  let low = x * total;
  return multiply_high(x, total) + select(0u, 1u, low + (total >> 1u) < low);
}
