// lyapunov: log |J_t … J_0 v| along a trajectory, as products of Jacobians with a whole power of two kept apart.
// Combine  (M,e)ᵢ⊗(M,e)ⱼ = (MⱼMᵢ 2^−k, eᵢ+eⱼ+k), the largest entry in [1, 2)
// Layout   f32 M[n,n] e; states f32 v[n] e
// Source   Heinsen & Kozachkov 2025, arXiv:2510.03426 (products kept in range)
// Needs    const STATE_DIM = n, INPUT_DIM, PARAMETERS.  Twin src/inference/recurrence/lyapunov.cpu.ts
#import "lib/matrix_lane.wgsl"
const ELEMENT_FLOATS: u32 = N2 + 1u;
const STATE_FLOATS: u32 = STATE_DIM + 1u;
#import "recurrence/trajectory_lane.wgsl"
#import "recurrence/scale.wgsl"

fn jacobian(s: u32, t: u32, p: Parameters) -> Matrix {
  var out = system_jacobian(state_before(s, t), step_inputs(s, t), step_number(s, t), p);
  for (var i = 0u; i < N2; i++) { out[i] = tame(out[i]); }
  return out;
}

// Scales the entries. Returns the exponent that was taken out.
fn scale_matrix(a: ptr<function, Matrix>) -> f32 {
  var peak = 0.0;
  for (var i = 0u; i < N2; i++) { peak = max(peak, abs((*a)[i])); }
  let e = exponent_of(peak);
  for (var i = 0u; i < N2; i++) { (*a)[i] *= power(-e); }
  return f32(e);
}

fn scale_vector(v: ptr<function, Vector>) -> f32 {
  var peak = 0.0;
  for (var i = 0u; i < STATE_DIM; i++) { peak = max(peak, abs((*v)[i])); }
  let e = exponent_of(peak);
  for (var i = 0u; i < STATE_DIM; i++) { (*v)[i] *= power(-e); }
  return f32(e);
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  let p = step_parameters();
  var a = identity();
  var e = 0.0;
  for (var t = lo; t < hi; t++) {
    var j = jacobian(s, t, p);
    a = product(&j, &a);
    e += scale_matrix(&a);
  }
  put_element_matrix(slot * ELEMENT_FLOATS, &a);
  elements[slot * ELEMENT_FLOATS + N2] = e;
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  let i = first * ELEMENT_FLOATS;
  let j = second * ELEMENT_FLOATS;
  var ai = element_matrix(i);
  var aj = element_matrix(j);
  var a = product(&aj, &ai);
  let e = scale_matrix(&a);
  put_element_matrix(j, &a);
  elements[j + N2] += elements[i + N2] + e;
}

// states[first] := states[second];  states[second] := M v
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  state_copy(second, first, true);
  var v: Vector;
  var zero: Vector;
  for (var i = 0u; i < STATE_DIM; i++) { v[i] = states[second * STATE_FLOATS + i]; }
  var a = element_matrix(element * ELEMENT_FLOATS);
  v = affine(&a, &v, &zero);
  let e = scale_vector(&v);
  for (var i = 0u; i < STATE_DIM; i++) { states[second * STATE_FLOATS + i] = v[i]; }
  states[second * STATE_FLOATS + STATE_DIM] += elements[element * ELEMENT_FLOATS + N2] + e;
}

fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  let p = step_parameters();
  var v: Vector;
  var zero: Vector;
  for (var i = 0u; i < STATE_DIM; i++) { v[i] = states[slot * STATE_FLOATS + i]; }
  var e = states[slot * STATE_FLOATS + STATE_DIM];
  for (var t = lo; t < hi; t++) {
    var j = jacobian(s, t, p);
    v = affine(&j, &v, &zero);
    e += scale_vector(&v);
    var square = 0.0;
    for (var i = 0u; i < STATE_DIM; i++) { square += v[i] * v[i]; }
    next[s * params.block_steps + t] = log_of(e, square);
  }
}
