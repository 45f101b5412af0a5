// Relative to its variance, a pivot of a predicted covariance that counts as zero: n roundings of float32.
const VANISHING: f32 = 6e-8 * f32(STATE_DIM);
