// Maps z_t to z_t−1 that an earlier pass stored: [N, steps] packed maps.
@group(0) @binding(3) var<storage, read> maps: array<u32>;

fn last_state(s: u32, t: u32, k: u32) -> u32 { return k; }

fn state_before(s: u32, t: u32, k: u32) -> u32 {
  let word = maps[(s * params.block_steps + t) * MAP_WORDS + k / PER_WORD];
  return (word >> (k % PER_WORD * MAP_BITS)) & MAP_MASK;
}
