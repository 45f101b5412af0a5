// Where the vectors of a team that goes backwards stand, and what it does with them.
#import "hmm/words.wgsl"
const D: u32 = 0u;                       // exponents
const TOP: u32 = NUM_STATES;             // of the rows of a matrix
const ROW_E: u32 = 2u * NUM_STATES;
const PARTS: u32 = 3u * NUM_STATES;
const B: u32 = PARTS + 16u;              // β, α, γ and γ over the prediction
const A: u32 = B + NUMBER_WORDS * NUM_STATES;
const G: u32 = A + NUMBER_WORDS * NUM_STATES;
const P: u32 = G;                        // γ, its exponents at P_E
const P_E: u32 = G + NUM_STATES;
const M: u32 = G + NUMBER_WORDS * NUM_STATES;
const W: u32 = M + NUMBER_WORDS * NUM_STATES * NUM_STATES;
#import "hmm/team.wgsl"
#ifdef EXTENDED
#instantiate "hmm/smoother_extended_team.wgsl" FILTERED=filtered
#else
#instantiate "hmm/smoother_scaled_team.wgsl" FILTERED=filtered
#endif
