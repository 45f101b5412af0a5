// NAME: Householder reduction of [L W] to [L' 0], L' lower triangular with L'L'ᵀ = LLᵀ + WWᵀ.
// L is R×R lower triangular, W R×C and used up; rows of both after the first R, up to ROWS, are only turned along.
fn NAME(l: ptr<function, array<f32, RR>>, w: ptr<function, array<f32, RC>>) {
  #for k in 0 .. R
  {
    var peak = 0.0;
    var entries = 0.0;
    #for j in 0 .. C
    peak = max(peak, abs((*w)[k * C + j]));
    entries += abs(sign((*w)[k * C + j]));
    #end
    if (peak > 0.0) {
      let x0 = (*l)[k * R + k];
      let lone = x0 == 0.0 && entries == 1.0;  // columns only change places: scaled to one, they do so exactly
      let scale = select(power_of_two(max(peak, abs(x0))), peak, lone);
      let inverse = 1.0 / scale;
      let h = x0 * inverse;
      var norm2 = h * h;
      #for j in 0 .. C
      (*w)[k * C + j] = select((*w)[k * C + j] * inverse, sign((*w)[k * C + j]), lone);
      norm2 += (*w)[k * C + j] * (*w)[k * C + j];
      #end
      let norm = sqrt(norm2);
      let pivot = h + select(-norm, norm, h >= 0.0);
      let beta = 1.0 / (norm * abs(pivot));
      (*l)[k * R + k] = select(norm, -norm, h >= 0.0) * scale;
      #for i in k + 1 .. ROWS
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
    }
  }
  #end
}
