// The element of the filter, by one invocation: its layout, the fold of a chunk, the combine. Formulas: kalman_filter_lane.wgsl.
#import "lib/filter_step_lane.wgsl"
#instantiate "lib/arrow_top_lane.wgsl" NAME=reduce_nm R=STATE_DIM C=EMISSION_DIM ROWS=NEXT RR=NEXT_N RC=NEXT_M
#instantiate "lib/arrow_top_lane.wgsl" NAME=reduce_next R=STATE_DIM C=STATE_DIM ROWS=NEXT RR=NEXT_N RC=NEXT_N
#instantiate "lib/arrow_lane.wgsl" NAME=reduce_combine R=STATE_DIM C=STATE_DIM S=NEXT ZEROED=STATE_DIM RR=N2 RC=N2 SR=NEXT_N SC=NEXT_N TOL=0.0
#import "lib/filter_slots.wgsl"

// One more step at the end of the element A, x, U, [Z; hᵀ]. Starting from the identity it is the element of step t alone.
// At step 0 the prior, in slot s of the states, takes the place of the transition.
fn fold_step(s: u32, t: u32, a: ptr<function, Matrix>, x: ptr<function, Vector>, u: ptr<function, Matrix>, z: ptr<function, Trapezoid>) {
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
  var gain: Taller;
  var e: Short;
  update(s, t, record, x, u, &factor, &gain, &e);
  // G = s⁻¹ H A, columns; A −= gain G; [Z; hᵀ] = tria[Z, Gᵀ; hᵀ, eᵀ]
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
  var w: Taller;
  #for i in 0 .. EMISSION_DIM
  #for j in 0 .. STATE_DIM
  w[j * EMISSION_DIM + i] = g[i * STATE_DIM + j];
  #end
  w[MN + i] = e[i];
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
  var z: Trapezoid;
  for (var t = lo; t < hi; t++) { fold_step(s, t, &a, &x, &u, &z); }
  put_element(slot, &a, &x, &u, &z);
}

fn put_element(slot: u32, a: ptr<function, Matrix>, b: ptr<function, Vector>, u: ptr<function, Matrix>, z: ptr<function, Trapezoid>) {
  let at = slot * ELEMENT_FLOATS;
  put_element_matrix(at, a);
  put_element_vector(at + AT_B, b);
  put_element_factor(at + AT_U, u);
  #for i in 0 .. STATE_DIM
  elements[at + AT_ETA + i] = (*z)[N2 + i];
  #for j in 0 .. i + 1
  elements[at + AT_Z + i * (i + 1u) / 2u + j] = (*z)[i * STATE_DIM + j];
  #end
  #end
}

// [Z; hᵀ] of the element at `at`
fn element_likelihood(at: u32) -> Trapezoid {
  var out: Trapezoid;
  #for i in 0 .. STATE_DIM
  out[N2 + i] = elements[at + AT_ETA + i];
  #for j in 0 .. i + 1
  out[i * STATE_DIM + j] = elements[at + AT_Z + i * (i + 1u) / 2u + j];
  #end
  #end
  return out;
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

// UᵀZ of the likelihood [Z; hᵀ]; h −= Zᵀx
fn seen_from(x: ptr<function, Vector>, u: ptr<function, Matrix>, z: ptr<function, Trapezoid>) -> Matrix {
  var out: Matrix;
  #for j in 0 .. STATE_DIM
  #for k in j .. STATE_DIM
  (*z)[N2 + j] -= (*z)[k * STATE_DIM + j] * (*x)[k];
  #end
  #for i in 0 .. STATE_DIM
  {
    var sum = 0.0;
    #for k in j .. STATE_DIM
    sum += (*u)[k * STATE_DIM + i] * (*z)[k * STATE_DIM + j];
    #end
    out[i * STATE_DIM + j] = sum;
  }
  #end
  #end
  return out;
}

// x, U given the later likelihood in z = [Z; hᵀ]: x := the mean, u := T = U Ξ⁻ᵀ, z := [Y; ρᵀ], and the formula's [X; μᵀ] in lower.
// With x = c + U w: [I W; wᵀ h̃ᵀ; 0 Z] → [Ξ 0; μᵀ ρᵀ; X Y], h̃ = h − Zᵀc, and the mean is c + T μ: nothing large is subtracted.
fn condition(x: ptr<function, Vector>, u: ptr<function, Matrix>, z: ptr<function, Trapezoid>, lower: ptr<function, Trapezoid>) {
  var prior = whitened(x, u, MOST_DEVIATIONS);
  var w = seen_from(x, u, z);
  var xi = identity();
  #for i in 0 .. STATE_DIM
  (*lower)[N2 + i] = prior[N2 + i];
  #end
  reduce_combine(&xi, &w, lower, z);
  solve_rows(u, &xi);
  #for i in 0 .. STATE_DIM
  #for j in 0 .. STATE_DIM
  (*x)[i] += (*u)[i * STATE_DIM + j] * (*lower)[N2 + j];
  #end
  #end
}

// condition() without what only a combine needs.
fn settle(x: ptr<function, Vector>, u: ptr<function, Matrix>, z: ptr<function, Trapezoid>) {
  var prior = whitened(x, u, MOST_DEVIATIONS);
  var w = seen_from(x, u, z);
  var both: Trapezoid;
  #for i in 0 .. STATE_DIM
  both[N2 + i] = prior[N2 + i];
  #for j in 0 .. STATE_DIM
  both[i * STATE_DIM + j] = 0.0;
  (*z)[i * STATE_DIM + j] = w[i * STATE_DIM + j];
  #end
  both[i * STATE_DIM + i] = 1.0;
  #end
  reduce_next(&both, z);
  var xi: Matrix;
  #for i in 0 .. N2
  xi[i] = both[i];
  #end
  solve_rows(u, &xi);
  #for i in 0 .. STATE_DIM
  #for j in 0 .. STATE_DIM
  (*x)[i] += (*u)[i * STATE_DIM + j] * both[N2 + j];
  #end
  #end
}

// After condition(): a := B = A − T(XᵀA), own := tria[Z, AᵀY; hᵀ, ρᵀ] of the earlier A and own = [Z; hᵀ]. later is used up.
fn pull_back(a: ptr<function, Matrix>, own: ptr<function, Trapezoid>, later: ptr<function, Trapezoid>, tt: ptr<function, Matrix>, lower: ptr<function, Trapezoid>) {
  var y: Matrix;
  var x: Matrix;
  #for i in 0 .. N2
  y[i] = (*later)[i];
  x[i] = (*lower)[i];
  #end
  var w = product_transposed(a, &y);
  #for i in 0 .. N2
  (*later)[i] = w[i];
  #end
  reduce_next(own, later);
  w = product_transposed(&x, a);
  w = product(tt, &w);
  #for k in 0 .. N2
  (*a)[k] -= w[k];
  #end
}

// elements[result] := elements[earlier] ⊗ elements[later]
fn combine(earlier: u32, later: u32, result: u32) {
  let i = earlier * ELEMENT_FLOATS;
  let j = later * ELEMENT_FLOATS;
  var b = element_vector(i + AT_B);
  var tt = element_factor(i + AT_U);
  var likelihood = element_likelihood(j);
  var lower: Trapezoid;
  condition(&b, &tt, &likelihood, &lower);
  var a = element_matrix(i);
  var own = element_likelihood(i);
  pull_back(&a, &own, &likelihood, &tt, &lower);
  advance(j, &b, &tt);
  var aj = element_matrix(j);
  a = product(&aj, &a);
  put_element(result, &a, &b, &tt, &own);
}

// x := Aⱼ x + bⱼ, tt := tria[Uⱼ, AⱼT] with the element at j
fn advance(j: u32, x: ptr<function, Vector>, tt: ptr<function, Matrix>) {
  var aj = element_matrix(j);
  var bj = element_vector(j + AT_B);
  *x = affine(&aj, x, &bj);
  var w = product(&aj, tt);
  *tt = element_factor(j + AT_U);
  reduce_nn(tt, &w);
}
