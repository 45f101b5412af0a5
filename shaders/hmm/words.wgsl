// Words of a number, of a row of K numbers, of a matrix and of a vector.
#ifdef EXTENDED
const NUMBER_WORDS: u32 = 2u;
const ROW_WORDS: u32 = 2u * NUM_STATES;
#else
const NUMBER_WORDS: u32 = 1u;
const ROW_WORDS: u32 = NUM_STATES + 1u;
#endif
const N2: u32 = NUM_STATES * NUM_STATES;
const ELEMENT_WORDS: u32 = NUM_STATES * ROW_WORDS;
const STATE_WORDS: u32 = ROW_WORDS;
