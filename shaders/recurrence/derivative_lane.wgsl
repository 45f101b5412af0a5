// Derivatives along a trajectory, one invocation per element. `next` holds what comes in at every step and takes what is carried:
//   reverse = 0   d_t = J_t d_{t−1} + c_t            c, then d
//   reverse = 1   λ_t = g_t + J_{t+1}' λ_{t+1}       g, then λ; carried is J_t' λ_t, the gradient of s_{t−1}
// Nothing is held within bounds: what overflows is told.
fn given(s: u32, t: u32) -> Vector {
  var out: Vector;
  for (var i = 0u; i < STATE_DIM; i++) { out[i] = next[(s * params.block_steps + t) * STATE_DIM + i]; }
  return out;
}

fn put_given(s: u32, t: u32, x: ptr<function, Vector>) {
  for (var i = 0u; i < STATE_DIM; i++) { next[(s * params.block_steps + t) * STATE_DIM + i] = (*x)[i]; }
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  let p = step_parameters();
  let back = params.reverse == 1u;
  var a = identity();
  var b: Vector;
  var zero: Vector;
  for (var i = lo; i < hi; i++) {
    let t = select(i, lo + hi - 1u - i, back);
    var j = slope(state_before(s, t), step_inputs(s, t), step_number(s, t), p);
    var g = given(s, t);
    if (back) {
      a = product_transposed(&j, &a);
      for (var k = 0u; k < STATE_DIM; k++) { g[k] += b[k]; }
      b = affine_transposed(&j, &g, &zero);
    } else {
      a = product(&j, &a);
      b = affine(&j, &b, &g);
    }
  }
  put_element_matrix(slot * ELEMENT_FLOATS, &a);
  put_element_vector(slot * ELEMENT_FLOATS + N2, &b);
}

fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  let p = step_parameters();
  let back = params.reverse == 1u;
  var carried = state_vector(slot);
  var zero: Vector;
  for (var i = lo; i < hi; i++) {
    let t = select(i, lo + hi - 1u - i, back);
    var j = slope(state_before(s, t), step_inputs(s, t), step_number(s, t), p);
    var g = given(s, t);
    if (back) {
      for (var k = 0u; k < STATE_DIM; k++) { g[k] += carried[k]; }
      put_given(s, t, &g);
      carried = affine_transposed(&j, &g, &zero);
    } else {
      carried = affine(&j, &carried, &g);
      put_given(s, t, &carried);
    }
  }
  if (is_last) { put_state(s, &carried); }
}
