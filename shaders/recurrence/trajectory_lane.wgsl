// The trajectory as vectors of one invocation.
#import "recurrence/trajectory.wgsl"

fn state_before(s: u32, t: u32) -> Vector {
  var out: Vector;
  for (var i = 0u; i < STATE_DIM; i++) { out[i] = entry_before(s, t, i); }
  return out;
}

fn tame_vector(x: ptr<function, Vector>) {
  for (var i = 0u; i < STATE_DIM; i++) { (*x)[i] = tame((*x)[i]); }
}

// r_t, from f in place; adds to the merit.
fn residual(s: u32, t: u32, f: ptr<function, Vector>, merit: ptr<function, f32>) {
  for (var i = 0u; i < STATE_DIM; i++) {
    let value = (*f)[i];
    (*f)[i] = residual_entry(s, t, i, value);
    *merit += merit_entry(value, (*f)[i]);
  }
}

// Stores s_t, x = f + A δ; x becomes its change, which `most` takes in.
fn put_state_at(s: u32, t: u32, x: ptr<function, Vector>, f: ptr<function, Vector>, most: ptr<function, f32>) {
  var astray = false;
  for (var i = 0u; i < STATE_DIM; i++) { astray = astray || is_astray((*x)[i], (*f)[i]); }
  for (var i = 0u; i < STATE_DIM; i++) {
    (*x)[i] = put_entry(s, t, i, (*x)[i], astray);
    *most = max(*most, abs((*x)[i]));
  }
}
