// triangularise: V (n×n) becomes lower triangular, V V ᵀ unchanged. Householder, rows from the top.
fn triangularise(v: ptr<function, array<f32, N2>>) {
  #for k in 0 .. STATE_DIM - 1
  {
    var peak = 0.0;
    #for j in k + 1 .. STATE_DIM
    peak = max(peak, abs((*v)[k * STATE_DIM + j]));
    #end
    if (peak > 0.0) {
      let x0 = (*v)[k * STATE_DIM + k];
      let scale = max(peak, abs(x0));
      let inverse = 1.0 / scale;
      let h = x0 * inverse;
      var norm2 = h * h;
      #for j in k + 1 .. STATE_DIM
      (*v)[k * STATE_DIM + j] *= inverse;
      norm2 += (*v)[k * STATE_DIM + j] * (*v)[k * STATE_DIM + j];
      #end
      let norm = sqrt(norm2);
      let pivot = h + select(-norm, norm, h >= 0.0);
      let beta = 1.0 / (norm * abs(pivot));
      (*v)[k * STATE_DIM + k] = select(norm, -norm, h >= 0.0) * scale;
      #for i in k + 1 .. STATE_DIM
      {
        var d = (*v)[i * STATE_DIM + k] * pivot;
        #for j in k + 1 .. STATE_DIM
        d += (*v)[i * STATE_DIM + j] * (*v)[k * STATE_DIM + j];
        #end
        d *= beta;
        (*v)[i * STATE_DIM + k] -= d * pivot;
        #for j in k + 1 .. STATE_DIM
        (*v)[i * STATE_DIM + j] -= d * (*v)[k * STATE_DIM + j];
        #end
      }
      #end
      #for j in k + 1 .. STATE_DIM
      (*v)[k * STATE_DIM + j] = 0.0;
      #end
    }
  }
  #end
}
