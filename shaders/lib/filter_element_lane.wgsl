// The element of the filter, by one invocation: its layout, the fold of a chunk, the combine. Formulas: kalman_filter_lane.wgsl.
#import "lib/filter_step_lane.wgsl"
#instantiate "lib/arrow_top_lane.wgsl" NAME=reduce_nm R=STATE_DIM C=EMISSION_DIM RR=N2 RC=MN
#instantiate "lib/arrow_lane.wgsl" NAME=reduce_combine R=STATE_DIM C=STATE_DIM S=STATE_DIM RR=N2 RC=N2 SR=N2 SC=N2 TOL=0.0
#import "lib/filter_slots.wgsl"

// One more step at the end of the element (A, x, U, η, Z). Starting from the identity it is the element of step t alone.
// At step 0 the prior, in slot s of the states, takes the place of the transition.
fn fold_step(s: u32, t: u32, a: ptr<function, Matrix>, x: ptr<function, Vector>, u: ptr<function, Matrix>, eta: ptr<function, Vector>, z: ptr<function, Matrix>) {
  if (params.block_start + t == 0u) {
    *x = state_vector(s);
    *u = state_factor(s);
    *a = Matrix();
  } else {
    predict(s, t, x, u);
    var f = parameter_matrix(weights_at(s, t));
    *a = product(&f, a);
  }
  let record = emission_record(s, t);
  var factor: Square;
  var gain: Tall;
  var e: Short;
  update(s, t, record, x, u, &factor, &gain, &e);
  // G = s⁻¹ H A, columns; A −= gain G; η += Gᵀe; Z = tria[Z, Gᵀ]
  var g: array<f32, MN>;
  #for i in 0 .. EMISSION_DIM
  #for j in 0 .. STATE_DIM
  {
    var sum = 0.0;
    #for k in 0 .. STATE_DIM
    sum += parameters[record + i * STATE_DIM + k] * (*a)[k * STATE_DIM + j];
    #end
    #for k in 0 .. i
    sum -= factor[i * EMISSION_DIM + k] * g[k * STATE_DIM + j];
    #end
    g[i * STATE_DIM + j] = divide(sum, factor[i * EMISSION_DIM + i]);
  }
  #end
  #end
  var w: array<f32, MN>;
  #for j in 0 .. STATE_DIM
  #for i in 0 .. EMISSION_DIM
  (*eta)[j] += g[i * STATE_DIM + j] * e[i];
  w[j * EMISSION_DIM + i] = g[i * STATE_DIM + j];
  #end
  #end
  #for i in 0 .. STATE_DIM
  #for j in 0 .. STATE_DIM
  #for k in 0 .. EMISSION_DIM
  (*a)[i * STATE_DIM + j] -= gain[i * EMISSION_DIM + k] * g[k * STATE_DIM + j];
  #end
  #end
  #end
  reduce_nm(z, &w);
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  var x: Vector;
  var u: Matrix;
  var a = identity();
  var eta: Vector;
  var z: Matrix;
  for (var t = lo; t < hi; t++) { fold_step(s, t, &a, &x, &u, &eta, &z); }
  put_element(slot, &a, &x, &u, &eta, &z);
}

fn put_element(slot: u32, a: ptr<function, Matrix>, b: ptr<function, Vector>, u: ptr<function, Matrix>, eta: ptr<function, Vector>, z: ptr<function, Matrix>) {
  let at = slot * ELEMENT_FLOATS;
  put_element_matrix(at, a);
  put_element_vector(at + AT_B, b);
  put_element_factor(at + AT_U, u);
  put_element_vector(at + AT_ETA, eta);
  put_element_factor(at + AT_Z, z);
}

// T = U Ξ⁻ᵀ, row by row
fn solve_rows(u: ptr<function, Matrix>, xi: ptr<function, Matrix>) {
  #for i in 0 .. STATE_DIM
  #for k in 0 .. STATE_DIM
  #for j in 0 .. k
  (*u)[i * STATE_DIM + k] -= (*u)[i * STATE_DIM + j] * (*xi)[k * STATE_DIM + j];
  #end
  (*u)[i * STATE_DIM + k] /= (*xi)[k * STATE_DIM + k];
  #end
  #end
}

// r = η − Z(Zᵀx)
fn information_residual(eta: ptr<function, Vector>, z: ptr<function, Matrix>, x: ptr<function, Vector>) -> Vector {
  var zero: Vector;
  var projected = affine_transposed(z, x, &zero);
  projected = affine(z, &projected, &zero);
  var out = *eta;
  #for k in 0 .. STATE_DIM
  out[k] -= projected[k];
  #end
  return out;
}

// With the later (ηⱼ, Zⱼ) in eta, y and the earlier (b, U): eta := r, y := Y, u := T, x := X.
fn condition(eta: ptr<function, Vector>, y: ptr<function, Matrix>, b: ptr<function, Vector>, u: ptr<function, Matrix>, x: ptr<function, Matrix>) {
  *eta = information_residual(eta, y, b);
  var w = product_transposed(u, y);
  var xi = identity();
  reduce_combine(&xi, &w, x, y);
  solve_rows(u, &xi);
}

// After condition(), a := B = A − T(XᵀA), eta := Bᵀr + η, z := tria[Z, AᵀY] of the earlier A, η, Z.
fn pull_back(a: ptr<function, Matrix>, eta: ptr<function, Vector>, z: ptr<function, Matrix>, r: ptr<function, Vector>, tt: ptr<function, Matrix>, x: ptr<function, Matrix>, y: ptr<function, Matrix>) {
  var w = product_transposed(a, y);
  reduce_nn(z, &w);
  w = product_transposed(x, a);
  w = product(tt, &w);
  #for k in 0 .. N2
  (*a)[k] -= w[k];
  #end
  *eta = affine_transposed(a, r, eta);
}

// elements[result] := elements[earlier] ⊗ elements[later]
fn combine(earlier: u32, later: u32, result: u32) {
  let i = earlier * ELEMENT_FLOATS;
  let j = later * ELEMENT_FLOATS;
  var r = element_vector(j + AT_ETA);
  var y = element_factor(j + AT_Z);
  var b = element_vector(i + AT_B);
  var tt = element_factor(i + AT_U);
  var x: Matrix;
  condition(&r, &y, &b, &tt, &x);
  var a = element_matrix(i);
  var eta = element_vector(i + AT_ETA);
  var z = element_factor(i + AT_Z);
  pull_back(&a, &eta, &z, &r, &tt, &x, &y);
  advance(j, &b, &tt, &r);
  var aj = element_matrix(j);
  a = product(&aj, &a);
  put_element(result, &a, &b, &tt, &eta, &z);
}

// b := Aⱼ(b + T Tᵀr) + bⱼ, tt := tria[Uⱼ, AⱼT] with the element at j
fn advance(j: u32, b: ptr<function, Vector>, tt: ptr<function, Matrix>, r: ptr<function, Vector>) {
  var zero: Vector;
  var aj = element_matrix(j);
  var gain = affine_transposed(tt, r, &zero);
  *b = affine(tt, &gain, b);
  var bj = element_vector(j + AT_B);
  *b = affine(&aj, b, &bj);
  var w = product(&aj, tt);
  *tt = element_factor(j + AT_U);
  reduce_nn(tt, &w);
}
