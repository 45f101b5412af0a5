// Word t mod 4 of the Philox block (t / 4, draw, series, "UNIF"), as in src/inference/random/step_uniforms.ts.
#import "lib/philox.wgsl"
const STEP_UNIFORMS_STREAM: u32 = 0x554e4946u;

fn uniform_word(seed: vec2u, series: u32, draw: u32, step: u32) -> u32 {
  let words = philox(vec4u(step / 4u, draw, series, STEP_UNIFORMS_STREAM), seed);
  return words[step % 4u];
}
