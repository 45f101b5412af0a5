/**
 * One update of ELK in float64: the mean of a Kalman filter whose state is the change δ of the trajectory,
 *
 *   δ_t = A_t δ_{t−1} + r_t + q_t,  q ~ N(0, I);   0 = δ_t + e_t,  e ~ N(0, σ² I),
 *
 * that is Levenberg–Marquardt with λ = 1/σ² (the filtered mean in the place of the smoothed one: one pass, and causal). σ² → ∞ is Newton.
 * @see Gonzalez, Warrington, Smith & Linderman 2024, arXiv:2407.19115
 */

/** δ of dense A; the filter's covariance in Joseph form. */
export class DenseTrustRegion {
  readonly #D: number;
  readonly #variance: number;
  readonly #P: Float64Array;
  readonly #work: Float64Array;
  readonly #gain: Float64Array;

  constructor(D: number, variance: number) {
    this.#D = D;
    this.#variance = variance;
    this.#P = new Float64Array(D * D);
    this.#work = new Float64Array(D * D);
    this.#gain = new Float64Array(D * D);
  }

  /** Before the first step nothing is uncertain. */
  begin(): void {
    this.#P.fill(0);
  }

  /** delta [D]: predicted A δ + r in, filtered out. */
  update(A: Float64Array, delta: Float64Array): void {
    const D = this.#D;
    const [P, W, K] = [this.#P, this.#work, this.#gain];
    multiply(W, A, P, D, false);
    multiply(P, W, A, D, true);
    for (let i = 0; i < D; i++) P[i * D + i] += 1;
    // K = P (P + σ² I)⁻¹, that is (P + σ² I) K' = P.
    const S = W;
    S.set(P);
    for (let i = 0; i < D; i++) S[i * D + i] += this.#variance;
    choleskyInPlace(S, D);
    K.set(P);
    for (let c = 0; c < D; c++) solveColumn(S, K, c, D);
    // K is symmetric: P and P + σ² I commute. P := σ² K, which stays positive definite.
    for (let i = 0; i < D; i++)
      for (let j = 0; j <= i; j++) {
        const k = 0.5 * (K[i * D + j] + K[j * D + i]);
        K[i * D + j] = K[j * D + i] = k;
        P[i * D + j] = P[j * D + i] = this.#variance * k;
      }
    const before = delta.slice();
    for (let i = 0; i < D; i++) {
      let sum = 0;
      for (let j = 0; j < D; j++) sum += K[i * D + j] * before[j];
      delta[i] = before[i] - sum;
    }
  }
}

/** δ of diagonal A, coordinate by coordinate, with the variance as a Möbius map of the one before. */
export class DiagonalTrustRegion {
  readonly #variance: number;
  readonly #P: Float64Array;

  constructor(D: number, variance: number) {
    this.#variance = variance;
    this.#P = new Float64Array(D);
  }

  begin(): void {
    this.#P.fill(0);
  }

  /** delta [D]: predicted a ∘ δ + r in, filtered out. */
  update(a: Float64Array, delta: Float64Array): void {
    const P = this.#P;
    for (let i = 0; i < P.length; i++) {
      const predicted = a[i] * a[i] * P[i] + 1;
      const gain = predicted / (predicted + this.#variance);
      P[i] = this.#variance * gain;
      delta[i] -= gain * delta[i];
    }
  }
}

/** out = A B or A B', all [D, D]. */
function multiply(out: Float64Array, A: Float64Array, B: Float64Array, D: number, transposed: boolean): void {
  for (let i = 0; i < D; i++)
    for (let j = 0; j < D; j++) {
      let sum = 0;
      for (let k = 0; k < D; k++) sum += A[i * D + k] * B[transposed ? j * D + k : k * D + j];
      out[i * D + j] = sum;
    }
}

function choleskyInPlace(S: Float64Array, D: number): void {
  for (let i = 0; i < D; i++)
    for (let j = 0; j <= i; j++) {
      let sum = S[i * D + j];
      for (let k = 0; k < j; k++) sum -= S[i * D + k] * S[j * D + k];
      S[i * D + j] = i === j ? Math.sqrt(sum) : sum / S[j * D + j];
    }
}

/** Column c of X [D, D] := (L L')⁻¹ of it. */
function solveColumn(L: Float64Array, X: Float64Array, c: number, D: number): void {
  for (let i = 0; i < D; i++) {
    let sum = X[i * D + c];
    for (let k = 0; k < i; k++) sum -= L[i * D + k] * X[k * D + c];
    X[i * D + c] = sum / L[i * D + i];
  }
  for (let i = D - 1; i >= 0; i--) {
    let sum = X[i * D + c];
    for (let k = i + 1; k < D; k++) sum -= L[k * D + i] * X[k * D + c];
    X[i * D + c] = sum / L[i * D + i];
  }
}
