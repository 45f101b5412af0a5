// newton: one update of a whole trajectory, s'_t = f(s_{t−1}) + A_t δ_{t−1}, as maps of the change δ = s' − s before the range:
//   δ_t = A_t δ_{t−1} + r_t,  A_t = (1 − k) clip(∂f/∂x(s_{t−1})),  r_t = f(s_{t−1}) − s_t
// The function comes with the kernel: nothing of A is stored but products over chunks. A slot carries the merit ½ Σ |r|² along.
// DERIVATIVE: what a change of the trajectory does along it, forwards or back: recurrence/derivative_lane.wgsl.
// Combine  (A,b,l)ᵢ⊗(A,b,l)ⱼ = (AⱼAᵢ, Aⱼbᵢ+bⱼ, lᵢ+lⱼ), entries within ±1e18
// Layout   f32 A[n,n] b[n] l; states f32 δ[n] and, in the slots of chunks, the largest |δ|
// Source   Lim et al. 2023, arXiv:2309.12252 (DEER)
// Needs    const STATE_DIM = n, INPUT_DIM, PARAMETERS.  Twin src/inference/recurrence/iterate.cpu.ts
#import "lib/matrix_lane.wgsl"
const ELEMENT_FLOATS: u32 = N2 + STATE_DIM + 1u;
const STATE_FLOATS: u32 = STATE_DIM + 1u;
#import "recurrence/trajectory_lane.wgsl"

fn slope(x: Vector, u: Inputs, t: f32, p: Parameters) -> Matrix {
  var out = system_jacobian(x, u, t, p);
  for (var i = 0u; i < N2; i++) { out[i] = slope_entry(out[i]); }
  return out;
}

fn tame_matrix(a: ptr<function, Matrix>) {
  for (var i = 0u; i < N2; i++) { (*a)[i] = tame((*a)[i]); }
}

#ifdef DERIVATIVE
#import "recurrence/derivative_lane.wgsl"
#else
fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  let p = step_parameters();
  var a = identity();
  var b: Vector;
  var merit = 0.0;
  for (var t = lo; t < hi; t++) {
    let x = state_before(s, t);
    let u = step_inputs(s, t);
    var r = system(x, u, step_number(s, t), p);
    residual(s, t, &r, &merit);
    var at = slope(x, u, step_number(s, t), p);
    a = product(&at, &a);
    tame_matrix(&a);
    b = affine(&at, &b, &r);
    tame_vector(&b);
  }
  put_element_matrix(slot * ELEMENT_FLOATS, &a);
  put_element_vector(slot * ELEMENT_FLOATS + N2, &b);
  elements[slot * ELEMENT_FLOATS + N2 + STATE_DIM] = merit;
}
#endif

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  let i = first * ELEMENT_FLOATS;
  let j = second * ELEMENT_FLOATS;
  var ai = element_matrix(i);
  var aj = element_matrix(j);
  var bi = element_vector(i + N2);
  var bj = element_vector(j + N2);
  var a = product(&aj, &ai);
  tame_matrix(&a);
  var b = affine(&aj, &bi, &bj);
  tame_vector(&b);
  put_element_matrix(j, &a);
  put_element_vector(j + N2, &b);
  elements[j + N2 + STATE_DIM] += elements[i + N2 + STATE_DIM];
}

fn element_slope(slot: u32) -> Matrix { return element_matrix(slot * ELEMENT_FLOATS); }
fn element_offset(slot: u32) -> Vector { return element_vector(slot * ELEMENT_FLOATS + N2); }
#import "recurrence/run_lane.wgsl"
