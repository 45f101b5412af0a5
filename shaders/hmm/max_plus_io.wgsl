// What the max-plus kernels read and write besides densities. indices: [N] lengths, then [K] the density of each state.
// Scores stand as whole[…] then part[…]: rows of K in slots, matrices of K² in transitions.
#import "hmm/emissions.wgsl"
#import "hmm/score.wgsl"
#import "hmm/packed_map.wgsl"
const N2: u32 = NUM_STATES * NUM_STATES;
const ROW_WORDS: u32 = 2u * NUM_STATES;
const ELEMENT_WORDS: u32 = NUM_STATES * ROW_WORDS;
const STATE_WORDS: u32 = ROW_WORDS;
const NO_STATE: u32 = 0xffffffffu;

@group(0) @binding(1) var<storage, read> transitions: array<u32>;
@group(0) @binding(4) var<storage, read_write> elements: array<u32>;
@group(0) @binding(5) var<storage, read_write> states: array<u32>;    // slots 0 … N−1 carry from block to block
@group(0) @binding(6) var<storage, read_write> pointers: array<u32>;  // [N, steps] packed maps ψ_t: z_t to z_t−1
@group(0) @binding(8) var<storage, read_write> last: array<u32>;      // [N] z of the last step; NO_STATE: no path is possible

fn transition_at(s: u32, t: u32) -> u32 { return t * params.transition_step + s * params.transition_series; }
fn transition_score(at: u32) -> Score { return Score(bitcast<i32>(transitions[at]), transitions[at + N2]); }
fn moves(t: u32) -> bool { return params.block_start + t > 0u; }

fn density_score(s: u32, t: u32, k: u32) -> Score {
  return score_of_nats(finite_nats(emission_nats((s * params.block_steps + t) * params.record_floats, indices[params.num_series + k])));
}
