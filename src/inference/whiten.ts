/** How a mean is said by its factor before it is conditioned: m = c + U w with w of order one; see shaders/lib/whiten.wgsl. */

/** Beyond this many standard deviations a mean stays in c: there w would be large, and its products rounded. */
const MOST_DEVIATIONS = 8;
/** A pivot no larger than this of its row is rounding. */
const NO_PIVOT = 1e-15;

/** m = c + U w: c over the mean [n], w into w [n]; U [n, n] lower triangular. */
export function whiten(mean: Float64Array, u: Float64Array, w: Float64Array): void {
  const n = mean.length;
  for (let i = 0; i < n; i++) {
    let rest = mean[i];
    let row = 0;
    for (let j = 0; j < i; j++) {
      rest -= u[i * n + j] * w[j];
      row += u[i * n + j] * u[i * n + j];
    }
    const pivot = u[i * n + i];
    const regular = Math.abs(pivot) > NO_PIVOT * Math.sqrt(row);
    w[i] = regular ? Math.min(MOST_DEVIATIONS, Math.max(-MOST_DEVIATIONS, rest / pivot)) : 0;
    mean[i] = rest - pivot * w[i];
  }
}
