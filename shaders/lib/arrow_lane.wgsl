// NAME: rotates [L W; X V] to [L' 0; X' V'] with L', V' lower triangular, X = 0 but for its rows from ZEROED on; without these:
// L'L'ᵀ = LLᵀ + WWᵀ, X'L'ᵀ = V Wᵀ, X'X'ᵀ + V'V'ᵀ = VVᵀ. L R×R and V S×C lower triangular (rows after the first C full),
// W R×C (used up), X S×R.
// Rotations, from the last column to the first: V stays triangular, and a column that shrinks (small L against large W)
// shrinks by a factor, not by a difference, so small posterior variances keep their digits. A reflection would not.
// A pivot no larger than TOL of its row is taken as zero: its column of X is zero and V keeps its part.
// Source Carlson 1973, doi:10.2514/3.6907
fn NAME(l: ptr<function, array<f32, RR>>, w: ptr<function, array<f32, RC>>, x: ptr<function, array<f32, SR>>, v: ptr<function, array<f32, SC>>) {
  #for k in 0 .. R
  {
    #for i in 0 .. ZEROED
    (*x)[i * R + k] = 0.0;
    #end
    var rho = (*l)[k * R + k];
    var total = rho * rho;
    #for j in 0 .. C
    total += (*w)[k * C + j] * (*w)[k * C + j];
    #end
    var row2 = 0.0;
    #for j in 0 .. k
    row2 += (*l)[k * R + j] * (*l)[k * R + j];
    #end
    if (total > TOL * TOL * row2) {
      #for back in 0 .. C
      {
        let wk = (*w)[k * C + C - 1u - back];
        let square = rho * rho + wk * wk;
        if (wk != 0.0 && square > TINY) {
          let inverse = inverse_root(square);
          let c = rho * inverse;
          let s = select(wk * inverse, sign(wk), rho == 0.0);  // columns that only change places stay exact
          rho = select(square * inverse, abs(wk), rho == 0.0);
          #for i in k + 1 .. R
          {
            let a = (*l)[i * R + k];
            let b = (*w)[i * C + C - 1u - back];
            (*l)[i * R + k] = c * a + s * b;
            (*w)[i * C + C - 1u - back] = c * b - s * a;
          }
          #end
          #for i in C - 1 - back .. S
          {
            let a = (*x)[i * R + k];
            let b = (*v)[i * C + C - 1u - back];
            (*x)[i * R + k] = c * a + s * b;
            (*v)[i * C + C - 1u - back] = c * b - s * a;
          }
          #end
        }
      }
      #end
      (*l)[k * R + k] = rho;
    } else {
      (*l)[k * R + k] = 0.0;
    }
  }
  #end
}
