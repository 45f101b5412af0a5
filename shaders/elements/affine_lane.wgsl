// affine: z_t = A_t z_{t-1} + b_t, as maps of the state before the range
// Combine  (A,b)ᵢ⊗(A,b)ⱼ = (AⱼAᵢ, Aⱼbᵢ+bⱼ), i first in scan order
// Identity (I, 0)
// Layout   f32 A[n,n] b[n]
// Source   Blelloch 1990, Prefix sums and their applications, §1.4
// Needs    const STATE_DIM = n.  Twin src/scan/elements/affine.ts
// n independent scalar recurrences (a diagonal A) are STATE_DIM = 1 with n times as many series.
#import "lib/matrix_lane.wgsl"
const ELEMENT_FLOATS: u32 = N2 + STATE_DIM;
const STATE_FLOATS: u32 = STATE_DIM;

@group(0) @binding(3) var<storage, read> biases: array<f32>;
@group(0) @binding(6) var<storage, read_write> outputs: array<f32>;        // [N, steps, n]

fn state_vector(slot: u32) -> Vector {
  var out: Vector;
  #for i in 0 .. STATE_DIM
  out[i] = states[slot * STATE_DIM + i];
  #end
  return out;
}

fn put_state(slot: u32, x: ptr<function, Vector>) {
  #for i in 0 .. STATE_DIM
  states[slot * STATE_DIM + i] = (*x)[i];
  #end
}

fn step_weights(s: u32, t: u32) -> Matrix {
  return parameter_matrix(params.weights_offset + t * params.weights_step + s * params.weights_series);
}

fn step_bias(s: u32, t: u32) -> Vector {
  var out: Vector;
  let at = params.bias_offset + t * params.bias_step + s * params.bias_series;
  #for i in 0 .. STATE_DIM
  out[i] = biases[at + i];
  #end
  return out;
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  var a = identity();
  var b: Vector;
  for (var i = lo; i < hi; i++) {
    let t = select(i, lo + hi - 1u - i, params.reverse == 1u);
    var at = step_weights(s, t);
    var bt = step_bias(s, t);
    a = product(&at, &a);
    b = affine(&at, &b, &bt);
  }
  put_element_matrix(slot * ELEMENT_FLOATS, &a);
  put_element_vector(slot * ELEMENT_FLOATS + N2, &b);
}

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
  var b = affine(&aj, &bi, &bj);
  put_element_matrix(j, &a);
  put_element_vector(j + N2, &b);
}

// states[first] := states[second];  states[second] := A z + b
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  var x = state_vector(second);
  put_state(first, &x);
  var a = element_matrix(element * ELEMENT_FLOATS);
  var b = element_vector(element * ELEMENT_FLOATS + N2);
  x = affine(&a, &x, &b);
  put_state(second, &x);
}

fn run_chunk(s: u32, lo: u32, hi: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var x = state_vector(slot);
  for (var i = lo; i < hi; i++) {
    let t = select(i, lo + hi - 1u - i, params.reverse == 1u);
    var at = step_weights(s, t);
    var bt = step_bias(s, t);
    x = affine(&at, &x, &bt);
    #for k in 0 .. STATE_DIM
    outputs[(s * params.block_steps + t) * STATE_DIM + k] = x[k];
    #end
  }
  if (is_last) { put_state(s, &x); }
}
