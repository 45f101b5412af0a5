// Word t mod 4 of the Philox block (t / 4, draw, series, "UNIF"), as in src/inference/random/step_uniforms.ts.
#import "lib/philox.wgsl"
const STEP_UNIFORMS_STREAM: u32 = 0x554e4946u;

fn uniform_word(seed: vec2u, series: u32, draw: u32, step: u32) -> u32 {
  let words = philox(vec4u(step / 4u, draw, series, STEP_UNIFORMS_STREAM), seed);
  return words[step % 4u];
}

// ⌊(x + ½) 2⁻³² total⌋
fn part_of(x: u32, total: u32) -> u32 {
  let low = x * total;
  return multiply_high(x, total) + select(0u, 1u, low + (total >> 1u) < low);
}
