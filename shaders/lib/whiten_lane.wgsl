// A mean and its factor as one array of n + 1 rows, [U; wᵀ], by one invocation: x = c + U w. See lib/whiten.wgsl.
const NEXT: u32 = STATE_DIM + 1u;
const NEXT_N: u32 = NEXT * STATE_DIM;
alias Trapezoid = array<f32, NEXT_N>;

// [U; wᵀ]; x := c. No |w| is above `limit`; below zero, w = 0.
fn whitened(x: ptr<function, Vector>, u: ptr<function, Matrix>, limit: f32) -> Trapezoid {
  var out: Trapezoid;
  var c = Vector();
  var most = 0.0;
  #for i in 0 .. STATE_DIM
  {
    var rest = (*x)[i];
    var row2 = 0.0;
    #for j in 0 .. i
    rest -= (*u)[i * STATE_DIM + j] * out[N2 + j];
    row2 += (*u)[i * STATE_DIM + j] * (*u)[i * STATE_DIM + j];
    out[i * STATE_DIM + j] = (*u)[i * STATE_DIM + j];
    #end
    #for j in i + 1 .. STATE_DIM
    out[i * STATE_DIM + j] = 0.0;
    #end
    let pivot = (*u)[i * STATE_DIM + i];
    out[i * STATE_DIM + i] = pivot;
    out[N2 + i] = whiten(rest, pivot, row2);
    c[i] = rest - pivot * out[N2 + i];
    most = max(most, abs(out[N2 + i]));
  }
  #end
  if (most <= limit) {
    *x = c;
  } else {
    #for i in 0 .. STATE_DIM
    out[N2 + i] = 0.0;
    #end
  }
  return out;
}

// x += U w, u := U
fn unwhiten(both: ptr<function, Trapezoid>, x: ptr<function, Vector>, u: ptr<function, Matrix>) {
  #for i in 0 .. STATE_DIM
  #for j in 0 .. i + 1
  (*x)[i] += (*both)[i * STATE_DIM + j] * (*both)[N2 + j];
  (*u)[i * STATE_DIM + j] = (*both)[i * STATE_DIM + j];
  #end
  #end
}
