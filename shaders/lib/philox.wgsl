// Philox 4x32-10: four words as a function of a counter and a key, as in src/inference/random/philox.ts.
// Source   Salmon, Moraes, Dror & Shaw 2011, doi:10.1145/2063384.2063405
// High word of a · b.
fn multiply_high(a: u32, b: u32) -> u32 {
  let a0 = a & 0xffffu;
  let a1 = a >> 16u;
  let b0 = b & 0xffffu;
  let b1 = b >> 16u;
  let middle = a1 * b0 + ((a0 * b0) >> 16u);
  let other = a0 * b1 + (middle & 0xffffu);
  return a1 * b1 + (middle >> 16u) + (other >> 16u);
}

fn philox(counter: vec4u, seed: vec2u) -> vec4u {
  var x = counter;
  var key = seed;
  for (var round = 0u; round < 10u; round++) {
    let high0 = multiply_high(0xd2511f53u, x.x);
    let high1 = multiply_high(0xcd9e8d57u, x.z);
    x = vec4u(high1 ^ x.y ^ key.x, 0xcd9e8d57u * x.z, high0 ^ x.w ^ key.y, 0xd2511f53u * x.x);
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return x;
}
