// States that are Gaussian moments: [slots, n + n(n+1)/2], mean then lower-triangular factor packed by rows.
#import "lib/matrix_lane.wgsl"
const STATE_FLOATS: u32 = STATE_DIM + TRIANGLE;

fn state_vector(slot: u32) -> Vector {
  var out: Vector;
  #for i in 0 .. STATE_DIM
  out[i] = states[slot * STATE_FLOATS + i];
  #end
  return out;
}

fn state_factor(slot: u32) -> Matrix {
  var out: Matrix;
  #for i in 0 .. STATE_DIM
  #for j in 0 .. i + 1
  out[i * STATE_DIM + j] = states[slot * STATE_FLOATS + STATE_DIM + i * (i + 1u) / 2u + j];
  #end
  #end
  return out;
}

fn put_state(slot: u32, x: ptr<function, Vector>, u: ptr<function, Matrix>) {
  #for i in 0 .. STATE_DIM
  states[slot * STATE_FLOATS + i] = (*x)[i];
  #for j in 0 .. i + 1
  states[slot * STATE_FLOATS + STATE_DIM + i * (i + 1u) / 2u + j] = (*u)[i * STATE_DIM + j];
  #end
  #end
}
