// Where the vectors of a team stand that takes densities backwards, and what it does with them.
#import "hmm/words.wgsl"
const F: u32 = 0u;                       // densities f 2^n; γ takes the place of f once they are absorbed
const N: u32 = NUM_STATES;
const D: u32 = 2u * NUM_STATES;          // exponents
const TOP: u32 = 3u * NUM_STATES;        // of the rows of a matrix
const ROW_E: u32 = 4u * NUM_STATES;
const PARTS: u32 = 5u * NUM_STATES;
const P: u32 = F;                        // γ, its exponents at P_E
const P_E: u32 = D;
const B: u32 = PARTS + 16u;              // β, α and the message
const A: u32 = B + NUMBER_WORDS * NUM_STATES;
const G: u32 = A + NUMBER_WORDS * NUM_STATES;
const M: u32 = G + NUMBER_WORDS * NUM_STATES;
const W: u32 = M + NUMBER_WORDS * NUM_STATES * NUM_STATES;
#import "hmm/team.wgsl"
#import "hmm/densities_team.wgsl"
#ifdef EXTENDED
#instantiate "hmm/smoother_extended_team.wgsl" FILTERED=outputs
#else
#instantiate "hmm/smoother_scaled_team.wgsl" FILTERED=outputs
#endif
#import "hmm/message_team.wgsl"
