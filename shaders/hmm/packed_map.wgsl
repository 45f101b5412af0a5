// Maps of states, MAP_BITS bits for each (8, or 16 when there are more than 256 states), several to a word.
const PER_WORD: u32 = 32u / MAP_BITS;
const MAP_WORDS: u32 = (NUM_STATES + PER_WORD - 1u) / PER_WORD;
const MAP_MASK: u32 = (1u << MAP_BITS) - 1u;
