// NAME: Householder reduction of [L W; 0 V] to [L' 0; X V'] with L' lower triangular and
// L'L'ᵀ = LLᵀ + WWᵀ, X L'ᵀ = V Wᵀ, XXᵀ + V'V'ᵀ = VVᵀ. L is R×R lower triangular, W R×C, V S×C, X S×R.
// A pivot no larger than TOL of its row is taken as zero: its column of X is zero and V keeps its part.
// Cost 4(C+1) flops per pivot and row; W is used up. Source Golub & Van Loan §5.2, applied from the right.
fn NAME(l: ptr<function, array<f32, RR>>, w: ptr<function, array<f32, RC>>, x: ptr<function, array<f32, SR>>, v: ptr<function, array<f32, SC>>) {
  #for k in 0 .. R
  {
    var peak = 0.0;
    #for j in 0 .. C
    peak = max(peak, abs((*w)[k * C + j]));
    #end
    let x0 = (*l)[k * R + k];
    var row2 = 0.0;
    #for j in 0 .. k
    row2 += (*l)[k * R + j] * (*l)[k * R + j];
    #end
    let scale = max(peak, abs(x0));
    if (scale <= TOL * sqrt(row2)) {
      (*l)[k * R + k] = 0.0;
      peak = 0.0;
    }
    if (peak > 0.0) {
      let inverse = 1.0 / scale;
      let h = x0 * inverse;
      var norm2 = h * h;
      #for j in 0 .. C
      (*w)[k * C + j] *= inverse;
      norm2 += (*w)[k * C + j] * (*w)[k * C + j];
      #end
      let norm = sqrt(norm2);
      let pivot = h + select(-norm, norm, h >= 0.0);
      let beta = 1.0 / (norm * abs(pivot));
      (*l)[k * R + k] = select(norm, -norm, h >= 0.0) * scale;
      #for i in k + 1 .. R
      {
        var d = (*l)[i * R + k] * pivot;
        #for j in 0 .. C
        d += (*w)[i * C + j] * (*w)[k * C + j];
        #end
        d *= beta;
        (*l)[i * R + k] -= d * pivot;
        #for j in 0 .. C
        (*w)[i * C + j] -= d * (*w)[k * C + j];
        #end
      }
      #end
      #for i in 0 .. S
      {
        var d = 0.0;
        #for j in 0 .. C
        d += (*v)[i * C + j] * (*w)[k * C + j];
        #end
        d *= beta;
        (*x)[i * R + k] = -d * pivot;
        #for j in 0 .. C
        (*v)[i * C + j] -= d * (*w)[k * C + j];
        #end
      }
      #end
    } else {
      #for i in 0 .. S
      (*x)[i * R + k] = 0.0;
      #end
    }
  }
  #end
}
