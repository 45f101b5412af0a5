import { triangulariseBlock } from "../triangularise.ts";

/**
 * A lower-triangular U [n, n] brought to the form with U U' unchanged in which every column under a zero pivot is zero, so that points
 * m + U ξ spread only along directions that U's solves know.
 */
export function properFactor(factor: Float64Array, n: number): void {
  let improper = false;
  for (let k = 0; k < n; k++) {
    if (factor[k * n + k] !== 0) continue;
    for (let i = k + 1; i < n; i++) if (factor[i * n + k] !== 0) improper = true;
  }
  if (!improper) return;
  const stride = 2 * n + 1;
  const work = new Float64Array(n * stride);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) work[i * stride + j] = factor[i * n + j];
  triangulariseBlock(work, stride, n, n, 0);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) factor[i * n + j] = j <= i ? work[i * stride + j] : 0;
}
