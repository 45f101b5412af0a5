// kalman_smoother_covariance: p(z_t | z_u, y_0:u-1) = N(E z_u + g, L), t < u
// Combine  (E,g,L)ᵢ⊗(E,g,L)ⱼ = (EᵢEⱼ, Eᵢgⱼ+gᵢ, EᵢLⱼEᵢᵀ+Lᵢ), i earlier; a suffix scan: j comes first in scan order
// Identity (I, 0, 0)
// Layout   lib/smoother_layout.wgsl
// Source   Särkkä & García-Fernández 2021, doi:10.1109/TAC.2020.2976316; L in Joseph's form
// Needs    const STATE_DIM = n.  Twin src/scan/elements/kalman_smoother_covariance.ts
#import "lib/gaussian_lane.wgsl"
#import "lib/symmetric_lane.wgsl"
#import "lib/smoother_layout.wgsl"
#import "lib/filtered_lane.wgsl"
#import "lib/precondition.wgsl"

// Lower Cholesky factor in place; a pivot of rounding size becomes 0, and its column with it.
fn cholesky(a: ptr<function, Matrix>) {
  #for k in 0 .. STATE_DIM
  {
    let diagonal = (*a)[k * STATE_DIM + k];
    var pivot = diagonal;
    #for j in 0 .. k
    pivot -= (*a)[k * STATE_DIM + j] * (*a)[k * STATE_DIM + j];
    #end
    let root = select(0.0, sqrt(max(pivot, 0.0)), pivot > VANISHING * diagonal);
    (*a)[k * STATE_DIM + k] = root;
    #for i in k + 1 .. STATE_DIM
    {
      var sum = (*a)[i * STATE_DIM + k];
      #for j in 0 .. k
      sum -= (*a)[i * STATE_DIM + j] * (*a)[k * STATE_DIM + j];
      #end
      (*a)[i * STATE_DIM + k] = select(sum / root, 0.0, root == 0.0);
    }
    #end
  }
  #end
}

// The element of one step: from the filtered moments at t and the transition to t + 1; at the last step E = 0. Leaves its
// amplification too (lib/precondition.wgsl).
// P⁻ = F P Fᵀ + Q = Φ Φᵀ, E = P Fᵀ Φ⁻ᵀ Φ⁻¹ with zero pivots giving zero columns, M = P − E F P, L = M − (M Fᵀ − E Q) Eᵀ.
fn backward(s: u32, t: u32, e: ptr<function, Matrix>, g: ptr<function, Vector>, l: ptr<function, Matrix>, amplified: ptr<function, f32>) {
  let at = (s * params.block_steps + t) * STATE_FLOATS;
  *g = filtered_vector(at);
  *l = filtered_factor(at);
  mirror(l);
  if (params.block_start + t + 1u >= indices[s]) {
    *e = Matrix();
    return;
  }
  var f = parameter_matrix(params.weights_offset + (t + 1u) * params.weights_step + s * params.weights_series);
  var b: Vector;
  let bias = params.bias_offset + (t + 1u) * params.bias_step + s * params.bias_series;
  #for i in 0 .. STATE_DIM
  b[i] = parameters[bias + i];
  #end
  var q = parameter_matrix(params.noise_offset + (t + 1u) * params.noise_step + s * params.noise_series);
  var w = product(&f, l);
  var phi = q;
  add_symmetric(&phi, 1.0, &w, &f);
  var ahead_variance: Vector;
  #for k in 0 .. STATE_DIM
  ahead_variance[k] = phi[k * STATE_DIM + k];
  #end
  cholesky(&phi);
  #for i in 0 .. STATE_DIM
  #for k in 0 .. STATE_DIM
  {
    var sum = w[k * STATE_DIM + i];
    #for j in 0 .. k
    sum -= (*e)[i * STATE_DIM + j] * phi[k * STATE_DIM + j];
    #end
    let pivot = phi[k * STATE_DIM + k];
    (*e)[i * STATE_DIM + k] = select(sum / pivot, 0.0, pivot == 0.0);
  }
  #end
  #for k in 0 .. STATE_DIM
  {
    let column = STATE_DIM - 1u - k;
    var sum = (*e)[i * STATE_DIM + column];
    #for j in STATE_DIM - k .. STATE_DIM
    sum -= (*e)[i * STATE_DIM + j] * phi[j * STATE_DIM + column];
    #end
    let pivot = phi[column * STATE_DIM + column];
    (*e)[i * STATE_DIM + column] = select(sum / pivot, 0.0, pivot == 0.0);
  }
  #end
  #end
  #for i in 0 .. STATE_DIM
  {
    var reach = 0.0;
    #for k in 0 .. STATE_DIM
    reach += (*e)[i * STATE_DIM + k] * (*e)[i * STATE_DIM + k] * ahead_variance[k];
    #end
    let variance = (*l)[i * STATE_DIM + i];
    *amplified = max(*amplified, select(reach / variance, 0.0, variance <= 0.0));
  }
  #end
  var ahead = affine(&f, g, &b);
  var none: Vector;
  ahead = affine(e, &ahead, &none);
  #for i in 0 .. STATE_DIM
  (*g)[i] -= ahead[i];
  #end
  w = product(e, &w);
  *l = subtract(l, &w);
  w = product(e, &q);
  #for i in 0 .. STATE_DIM
  #for j in 0 .. STATE_DIM
  #for k in 0 .. STATE_DIM
  w[i * STATE_DIM + j] -= (*l)[i * STATE_DIM + k] * f[j * STATE_DIM + k];
  #end
  #end
  #end
  add_symmetric(l, 1.0, &w, e);
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  var e = identity();
  var g: Vector;
  var l: Matrix;
  for (var t = hi; t > lo; t--) {
    var se: Matrix;
    var sg: Vector;
    var sl: Matrix;
    var amplified = 0.0;
    backward(s, t - 1u, &se, &sg, &sl, &amplified);
    var w = product(&se, &l);
    l = sl;
    add_symmetric(&l, 1.0, &w, &se);
    e = product(&se, &e);
    g = affine(&se, &g, &sg);
  }
  let at = slot * ELEMENT_FLOATS;
  put_element_matrix(at, &e);
  put_element_vector(at + AT_G, &g);
  put_element_factor(at + AT_D, &l);
}

// elements[second] := elements[second] ⊗ elements[first]: first in scan order is the later in time
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  let j = first * ELEMENT_FLOATS;
  let i = second * ELEMENT_FLOATS;
  var ei = element_matrix(i);
  var lj = element_factor(j + AT_D);
  mirror(&lj);
  var w = product(&ei, &lj);
  var l = element_factor(i + AT_D);
  add_symmetric(&l, 1.0, &w, &ei);
  var gj = element_vector(j + AT_G);
  var gi = element_vector(i + AT_G);
  var g = affine(&ei, &gj, &gi);
  var ej = element_matrix(j);
  var e = product(&ei, &ej);
  put_element_matrix(i, &e);
  put_element_vector(i + AT_G, &g);
  put_element_factor(i + AT_D, &l);
}

// states[first] := states[second];  states[second] := E z + g, E P Eᵀ + L
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  let i = element * ELEMENT_FLOATS;
  var x = state_vector(second);
  var p = state_factor(second);
  put_state(first, &x, &p);
  mirror(&p);
  var e = element_matrix(i);
  var g = element_vector(i + AT_G);
  var l = element_factor(i + AT_D);
  var w = product(&e, &p);
  add_symmetric(&l, 1.0, &w, &e);
  x = affine(&e, &x, &g);
  put_state(second, &x, &l);
}

// The Rauch–Tung–Striebel recursion from the state after the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var x = state_vector(slot);
  var p = state_factor(slot);
  mirror(&p);
  for (var t = hi; t > lo; t--) {
    var e: Matrix;
    var g: Vector;
    var l: Matrix;
    var amplified = 0.0;
    backward(s, t - 1u, &e, &g, &l, &amplified);
    var w = product(&e, &p);
    let at = s * params.block_steps + t - 1u;
    if ((params.flags & WRITE_CROSS) != 0u) {
      #for k in 0 .. N2
      cross[at * N2 + k] = w[k];
      #end
    }
    p = l;
    add_symmetric(&p, 1.0, &w, &e);
    x = affine(&e, &x, &g);
    #for i in 0 .. STATE_DIM
    smoothed[at * STATE_FLOATS + i] = x[i];
    #for j in 0 .. i + 1
    smoothed[at * STATE_FLOATS + STATE_DIM + i * (i + 1u) / 2u + j] = p[i * STATE_DIM + j];
    #end
    #end
    smoothed[at * STATE_FLOATS + STATE_DIM] = mark_amplified(p[0], amplified);
  }
  if (is_last) { put_state(s, &x, &p); }
}
