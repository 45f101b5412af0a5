// How a mean is said by its factor before it is conditioned: m = c + U w, with w of order 1 where it can be.
// Conditioning turns U into T = U Ξ⁻ᵀ and what is said by w into Ξ⁻¹w, so where much is learnt from little (a wide prior) the
// mean is not the difference of two large ones: m + T Tᵀ(η − Z Zᵀm) would lose as many digits as the deviation shrinks.
const MOST_DEVIATIONS: f32 = 8.0;   // what m is beyond stays in c: there w would be large, and its products rounded
const NO_PIVOT: f32 = 6e-14;        // squared; a pivot no larger than this of its row is rounding

// One entry of w, from what is left of the mean and the pivot of its row; row2 sums the squares of the rest of the row.
fn whiten(rest: f32, pivot: f32, row2: f32) -> f32 {
  if (pivot * pivot <= NO_PIVOT * row2 || pivot * pivot < TINY) { return 0.0; }
  return clamp(rest / pivot, -MOST_DEVIATIONS, MOST_DEVIATIONS);
}
