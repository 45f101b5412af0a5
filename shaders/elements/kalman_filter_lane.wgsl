// kalman_filter: p(z_t | y_lo:t, z_lo-1) = N(A z_lo-1 + b, U Uᵀ), p(y_lo:t | z_lo-1) ∝ exp(ηᵀz − ½ zᵀZZᵀz)
// Combine  W = UᵢᵀZⱼ, [I W; 0 Zⱼ] → [Ξ 0; X Y], T = Uᵢ Ξ⁻ᵀ, r = ηⱼ − Zⱼ(Zⱼᵀbᵢ), B = Aᵢ − T(XᵀAᵢ), i earlier
//          (Aⱼ B, Aⱼ(bᵢ + T Tᵀr) + bⱼ, tria[Uⱼ, AⱼT], Bᵀr + ηᵢ, tria[Zᵢ, AᵢᵀY])
// Identity (I, 0, 0, 0, 0)
// Layout   f32 A[n,n] b[n] U[n(n+1)/2] η[n] Z[n(n+1)/2] = 2n² + 3n floats
// Source   Yaghoobi, Corenflos, Hassan & Särkkä 2025, doi:10.1137/23M156121X; b in gain form
// Needs    const STATE_DIM = n, EMISSION_DIM = m.  Twin src/scan/elements/kalman_filter.ts
// A chunk's element is an ordinary filter from z = 0, P = 0 with its sensitivity to the start: no combine per step.
#import "lib/gaussian_lane.wgsl"
#import "lib/likelihood.wgsl"
#import "lib/root.wgsl"
#instantiate "lib/arrow_top_lane.wgsl" NAME=reduce_nn R=STATE_DIM C=STATE_DIM RR=N2 RC=N2
#instantiate "lib/arrow_top_lane.wgsl" NAME=reduce_nm R=STATE_DIM C=EMISSION_DIM RR=N2 RC=MN
#instantiate "lib/arrow_lane.wgsl" NAME=reduce_update R=EMISSION_DIM C=STATE_DIM S=STATE_DIM RR=M2 RC=MN SR=MN SC=N2 TOL=0.0
#instantiate "lib/arrow_lane.wgsl" NAME=reduce_combine R=STATE_DIM C=STATE_DIM S=STATE_DIM RR=N2 RC=N2 SR=N2 SC=N2 TOL=0.0
#import "lib/filter_layout.wgsl"
const M2: u32 = EMISSION_DIM * EMISSION_DIM;
const RECORD_FLOATS: u32 = MN + M2;  // H, then Lr
alias Square = array<f32, M2>;
alias Tall = array<f32, MN>;  // m×n or n×m
alias Short = array<f32, EMISSION_DIM>;

// x, U := moments after the transition into step t.
fn predict(s: u32, t: u32, x: ptr<function, Vector>, u: ptr<function, Matrix>) {
  var f = parameter_matrix(weights_at(s, t));
  var b: Vector;
  let at = params.bias_offset + t * params.bias_step + s * params.bias_series;
  #for i in 0 .. STATE_DIM
  b[i] = parameters[at + i];
  #end
  *x = affine(&f, x, &b);
  var w = product_lower(&f, u);
  *u = parameter_matrix(params.noise_offset + t * params.noise_step + s * params.noise_series);
  reduce_nn(u, &w);
}

// Conditions x, U on y_t, by [Lr, H U; 0, U]. Leaves the factor of the innovation covariance, the gain [n, m] with
// K = gain factor⁻¹, and e = factor⁻¹ (y − H x).
fn update(s: u32, t: u32, record: u32, x: ptr<function, Vector>, u: ptr<function, Matrix>, factor: ptr<function, Square>, gain: ptr<function, Tall>, e: ptr<function, Short>) {
  var w: Tall;
  let at = (s * params.block_steps + t) * EMISSION_DIM;
  #for i in 0 .. EMISSION_DIM
  {
    var residual = observations[at + i];
    #for j in 0 .. STATE_DIM
    residual -= parameters[record + i * STATE_DIM + j] * (*x)[j];
    #end
    (*e)[i] = residual;
    #for j in 0 .. STATE_DIM
    {
      var sum = 0.0;
      #for k in j .. STATE_DIM
      sum += parameters[record + i * STATE_DIM + k] * (*u)[k * STATE_DIM + j];
      #end
      w[i * STATE_DIM + j] = sum;
    }
    #end
  }
  #end
  #for i in 0 .. M2
  (*factor)[i] = parameters[record + MN + i];
  #end
  reduce_update(factor, &w, gain, u);
  #for i in 0 .. EMISSION_DIM
  #for j in 0 .. i
  (*e)[i] -= (*factor)[i * EMISSION_DIM + j] * (*e)[j];
  #end
  (*e)[i] = divide((*e)[i], (*factor)[i * EMISSION_DIM + i]);
  #end
  #for i in 0 .. STATE_DIM
  #for j in 0 .. EMISSION_DIM
  (*x)[i] += (*gain)[i * EMISSION_DIM + j] * (*e)[j];
  #end
  #end
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  var x: Vector;
  var u: Matrix;
  var a = identity();
  var eta: Vector;
  var z: Matrix;
  for (var t = lo; t < hi; t++) {
    if (params.block_start + t == 0u) {  // the prior takes the place of the transition
      x = state_vector(s);
      u = state_factor(s);
      a = Matrix();
    } else {
      predict(s, t, &x, &u);
      var f = parameter_matrix(weights_at(s, t));
      a = product(&f, &a);
    }
    let record = emission_record(s, t);
    var factor: Square;
    var gain: Tall;
    var e: Short;
    update(s, t, record, &x, &u, &factor, &gain, &e);
    // G = s⁻¹ H A, columns; A −= gain G; η += Gᵀe; Z = tria[Z, Gᵀ]
    var g: array<f32, MN>;
    #for i in 0 .. EMISSION_DIM
    #for j in 0 .. STATE_DIM
    {
      var sum = 0.0;
      #for k in 0 .. STATE_DIM
      sum += parameters[record + i * STATE_DIM + k] * a[k * STATE_DIM + j];
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
    eta[j] += g[i * STATE_DIM + j] * e[i];
    w[j * EMISSION_DIM + i] = g[i * STATE_DIM + j];
    #end
    #end
    #for i in 0 .. STATE_DIM
    #for j in 0 .. STATE_DIM
    #for k in 0 .. EMISSION_DIM
    a[i * STATE_DIM + j] -= gain[i * EMISSION_DIM + k] * g[k * STATE_DIM + j];
    #end
    #end
    #end
    reduce_nm(&z, &w);
  }
  let at = slot * ELEMENT_FLOATS;
  put_element_matrix(at, &a);
  put_element_vector(at + AT_B, &x);
  put_element_factor(at + AT_U, &u);
  put_element_vector(at + AT_ETA, &eta);
  put_element_factor(at + AT_Z, &z);
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

// η − Z(Zᵀx) of the element at j
fn information_residual(j: u32, z: ptr<function, Matrix>, x: ptr<function, Vector>) -> Vector {
  var zero: Vector;
  var projected = affine_transposed(z, x, &zero);
  projected = affine(z, &projected, &zero);
  var out = element_vector(j + AT_ETA);
  #for k in 0 .. STATE_DIM
  out[k] -= projected[k];
  #end
  return out;
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  let i = first * ELEMENT_FLOATS;
  let j = second * ELEMENT_FLOATS;
  var y = element_factor(j + AT_Z);
  var tt = element_factor(i + AT_U);
  var b = element_vector(i + AT_B);
  var zero: Vector;
  var r = information_residual(j, &y, &b);
  var w = product_transposed(&tt, &y);
  var xi = identity();
  var x: Matrix;
  reduce_combine(&xi, &w, &x, &y);
  solve_rows(&tt, &xi);
  var aj = element_matrix(j);
  var gain = affine_transposed(&tt, &r, &zero);
  b = affine(&tt, &gain, &b);
  var bj = element_vector(j + AT_B);
  b = affine(&aj, &b, &bj);
  w = product(&aj, &tt);
  var u = element_factor(j + AT_U);
  reduce_nn(&u, &w);
  var ai = element_matrix(i);
  w = product_transposed(&x, &ai);
  x = product(&tt, &w);
  w = product_transposed(&ai, &y);  // AᵢᵀY
  #for k in 0 .. N2
  ai[k] -= x[k];
  #end
  var etai = element_vector(i + AT_ETA);
  var eta = affine_transposed(&ai, &r, &etai);
  var a = product(&aj, &ai);
  var z = element_factor(i + AT_Z);
  reduce_nn(&z, &w);
  put_element_matrix(j, &a);
  put_element_vector(j + AT_B, &b);
  put_element_factor(j + AT_U, &u);
  put_element_vector(j + AT_ETA, &eta);
  put_element_factor(j + AT_Z, &z);
}

// states[first] := states[second];  states[second] := element applied to it (the combine with Aᵢ = 0)
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  let j = element * ELEMENT_FLOATS;
  var b = state_vector(second);
  var tt = state_factor(second);
  put_state(first, &b, &tt);
  var y = element_factor(j + AT_Z);
  var zero: Vector;
  var r = information_residual(j, &y, &b);
  var w = product_transposed(&tt, &y);
  var xi = identity();
  reduce_nn(&xi, &w);
  solve_rows(&tt, &xi);
  var aj = element_matrix(j);
  var gain = affine_transposed(&tt, &r, &zero);
  b = affine(&tt, &gain, &b);
  var bj = element_vector(j + AT_B);
  b = affine(&aj, &b, &bj);
  w = product(&aj, &tt);
  var u = element_factor(j + AT_U);
  reduce_nn(&u, &w);
  put_state(second, &b, &u);
}

// The square root Kalman filter from the state before the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var x = state_vector(slot);
  var u = state_factor(slot);
  for (var t = lo; t < hi; t++) {
    if (params.block_start + t > 0u) { predict(s, t, &x, &u); }
    let at = s * params.block_steps + t;
    let out = at * STATE_FLOATS;
    if ((params.flags & WRITE_PREDICTED) != 0u) {
      #for i in 0 .. STATE_DIM
      predicted[out + i] = x[i];
      #for j in 0 .. i + 1
      predicted[out + STATE_DIM + i * (i + 1u) / 2u + j] = u[i * STATE_DIM + j];
      #end
      #end
    }
    var factor: Square;
    var gain: Tall;
    var e: Short;
    update(s, t, emission_record(s, t), &x, &u, &factor, &gain, &e);
    var likelihood = 0.0;
    #for i in 0 .. EMISSION_DIM
    likelihood = add_likelihood(likelihood, e[i], factor[i * EMISSION_DIM + i]);
    #end
    likelihoods[at] = likelihood;
    if ((params.flags & WRITE_FILTERED) != 0u) {
      #for i in 0 .. STATE_DIM
      filtered[out + i] = x[i];
      #for j in 0 .. i + 1
      filtered[out + STATE_DIM + i * (i + 1u) / 2u + j] = u[i * STATE_DIM + j];
      #end
      #end
    }
  }
  if (is_last) { put_state(s, &x, &u); }
}
