// How a mean is said by its factor before it is conditioned: m = c + U w, with w of order 1 where it can be.
// Conditioning turns U into T = U Ξ⁻ᵀ and what is said by w into Ξ⁻¹w, so where much is learnt from little (a wide prior, the end
// of a long gap) the mean is not the difference of two large ones: m + T Tᵀ(η − Z Zᵀm) would lose as many digits as the
// deviation shrinks. Where a mean is many deviations from zero, w = 0 and c = m: products with a large w would be rounded too.
const MOST_DEVIATIONS: f32 = 8.0;
// An observation teaches much where the variance of its prediction is above this many times that of its noise. Elsewhere nothing
// large is subtracted, and w would be turned for nothing: in directions of which nothing is learnt, its roundings add up.
const WIDE: f32 = 16.0;
const NO_PIVOT: f32 = 6e-14;        // squared; a pivot no larger than this of its row is rounding

// One entry of w, from what is left of the mean and the pivot of its row; row2 sums the squares of the rest of the row.
fn whiten(rest: f32, pivot: f32, row2: f32) -> f32 {
  if (pivot * pivot <= NO_PIVOT * row2 || pivot * pivot < TINY) { return 0.0; }
  return clamp(rest / pivot, -2.0 * MOST_DEVIATIONS, 2.0 * MOST_DEVIATIONS);
}
