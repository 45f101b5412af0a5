// Symmetric n×n matrices of one invocation: the lower triangle is computed, the upper one mirrors it.
fn mirror(a: ptr<function, Matrix>) {
  #for i in 0 .. STATE_DIM
  #for j in 0 .. i
  (*a)[j * STATE_DIM + i] = (*a)[i * STATE_DIM + j];
  #end
  #end
}

// C += scale · A Bᵀ, a product that is symmetric
fn add_symmetric(c: ptr<function, Matrix>, scale: f32, a: ptr<function, Matrix>, b: ptr<function, Matrix>) {
  #for i in 0 .. STATE_DIM
  #for j in 0 .. i + 1
  {
    var sum = 0.0;
    #for k in 0 .. STATE_DIM
    sum += (*a)[i * STATE_DIM + k] * (*b)[j * STATE_DIM + k];
    #end
    sum = (*c)[i * STATE_DIM + j] + scale * sum;
    (*c)[i * STATE_DIM + j] = sum;
    (*c)[j * STATE_DIM + i] = sum;
  }
  #end
  #end
}

fn subtract(a: ptr<function, Matrix>, b: ptr<function, Matrix>) -> Matrix {
  var out: Matrix;
  #for k in 0 .. N2
  out[k] = (*a)[k] - (*b)[k];
  #end
  return out;
}

// B := A⁻¹ B by elimination with partial pivoting; A is used up.
fn solve(a: ptr<function, Matrix>, b: ptr<function, Matrix>) {
  #for k in 0 .. STATE_DIM
  {
    var pivot = k;
    var peak = abs((*a)[k * STATE_DIM + k]);
    #for i in k + 1 .. STATE_DIM
    if (abs((*a)[i * STATE_DIM + k]) > peak) {
      peak = abs((*a)[i * STATE_DIM + k]);
      pivot = i;
    }
    #end
    #for i in k + 1 .. STATE_DIM
    if (pivot == i) {
      #for j in 0 .. STATE_DIM
      {
        let x = (*a)[k * STATE_DIM + j];
        (*a)[k * STATE_DIM + j] = (*a)[i * STATE_DIM + j];
        (*a)[i * STATE_DIM + j] = x;
        let y = (*b)[k * STATE_DIM + j];
        (*b)[k * STATE_DIM + j] = (*b)[i * STATE_DIM + j];
        (*b)[i * STATE_DIM + j] = y;
      }
      #end
    }
    #end
    #for i in k + 1 .. STATE_DIM
    {
      let ratio = (*a)[i * STATE_DIM + k] / (*a)[k * STATE_DIM + k];
      #for j in k + 1 .. STATE_DIM
      (*a)[i * STATE_DIM + j] -= ratio * (*a)[k * STATE_DIM + j];
      #end
      #for j in 0 .. STATE_DIM
      (*b)[i * STATE_DIM + j] -= ratio * (*b)[k * STATE_DIM + j];
      #end
    }
    #end
  }
  #end
  #for back in 0 .. STATE_DIM
  {
    let k = STATE_DIM - 1u - back;
    #for j in 0 .. STATE_DIM
    {
      var sum = (*b)[k * STATE_DIM + j];
      #for i in STATE_DIM - back .. STATE_DIM
      sum -= (*a)[k * STATE_DIM + i] * (*b)[i * STATE_DIM + j];
      #end
      (*b)[k * STATE_DIM + j] = sum / (*a)[k * STATE_DIM + k];
    }
    #end
  }
  #end
}
