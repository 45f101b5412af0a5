// How one invocation carries the change of a trajectory over elements and chunks, whatever stands for A.
// Needs    slope(), element_slope(), element_offset(), affine(), STATE_FLOATS
fn state_vector(slot: u32) -> Vector {
  var out: Vector;
  for (var i = 0u; i < STATE_DIM; i++) { out[i] = states[slot * STATE_FLOATS + i]; }
  return out;
}

fn put_state(slot: u32, x: ptr<function, Vector>) {
  for (var i = 0u; i < STATE_DIM; i++) { states[slot * STATE_FLOATS + i] = (*x)[i]; }
}

// states[first] := states[second];  states[second] := A δ + b
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  var x = state_vector(second);
  put_state(first, &x);
  var a = element_slope(element);
  var b = element_offset(element);
  x = affine(&a, &x, &b);
  tame_vector(&x);
  put_state(second, &x);
}

#ifndef DERIVATIVE
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  let p = step_parameters();
  var delta = state_vector(slot);
  var most = 0.0;
#ifdef TRUST
  var variance = variance_before(slot);
#endif
  for (var t = lo; t < hi; t++) {
    let x = state_before(s, t);
    let u = step_inputs(s, t);
    var f = system(x, u, step_number(s, t), p);
    var at = slope(x, u, step_number(s, t), p);
#ifdef TRUST
    hold_value(s, t, &variance, &at, &f);
#endif
    delta = affine(&at, &delta, &f);
    put_state_at(s, t, &delta, &f, &most);
  }
  states[slot * STATE_FLOATS + STATE_DIM] = most;
}
#endif
