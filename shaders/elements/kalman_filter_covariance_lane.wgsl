// kalman_filter_covariance: p(z_t | y_lo:t, z_lo-1) = N(A z_lo-1 + b, C), p(y_lo:t | z_lo-1) ∝ exp(ηᵀz − ½ zᵀJz)
// Combine  X = (I + CᵢJⱼ)⁻¹ Cᵢ, G = X Jⱼ, r = ηⱼ − Jⱼbᵢ, B = Aᵢ − G Aᵢ, i earlier
//          (Aⱼ B, Aⱼ(bᵢ + X r) + bⱼ, Aⱼ Ĉ Aⱼᵀ + Cⱼ, Bᵀr + ηᵢ, AᵢᵀĴ Aᵢ + Jᵢ), Joseph's Ĉ = (I−G) Cᵢ (I−G)ᵀ + X Jⱼ Xᵀ and
//          Ĵ = (I−G)ᵀ Jⱼ (I−G) + Vᵀ Cᵢ V, V = Jⱼ(I−G)
// Identity (I, 0, 0, 0, 0)
// Layout   lib/filter_slots.wgsl
// Source   Särkkä & García-Fernández 2021, doi:10.1109/TAC.2020.2976316; updates Bierman 1977, §V.3
// Needs    const STATE_DIM = n, EMISSION_DIM = m, whitened observations.  Twin src/scan/elements/kalman_filter_covariance.ts
// A chunk's element is an ordinary filter from z = 0, P = 0 with its sensitivity to the start: no combine per step.
#import "lib/gaussian_lane.wgsl"
#import "lib/symmetric_lane.wgsl"
#import "lib/log.wgsl"
#import "lib/precondition.wgsl"
#import "lib/filter_slots.wgsl"
#import "lib/filter_model.wgsl"
#import "lib/filter_records.wgsl"
const RECORD_FLOATS: u32 = MN;

// x, P := moments after the transition into step t.
fn predict(s: u32, t: u32, x: ptr<function, Vector>, p: ptr<function, Matrix>) {
  var f = parameter_matrix(weights_at(s, t));
  var b: Vector;
  let at = params.bias_offset + t * params.bias_step + s * params.bias_series;
  #for i in 0 .. STATE_DIM
  b[i] = parameters[at + i];
  #end
  *x = affine(&f, x, &b);
  var w = product(&f, p);
  *p = parameter_matrix(params.noise_offset + t * params.noise_step + s * params.noise_series);
  add_symmetric(p, 1.0, &w, &f);
}

fn emission_row(record: u32, i: u32) -> Vector {
  var h: Vector;
  #for j in 0 .. STATE_DIM
  h[j] = parameters[record + i * STATE_DIM + j];
  #end
  return h;
}

// Conditions x, P on one entry y = hᵀz + N(0, 1): v = P h, k = v / s, P̄ = P − k vᵀ, P := P̄ − (P̄ h − k) kᵀ.
// Leaves the gain k; returns the innovation and its variance s.
fn update(h: ptr<function, Vector>, y: f32, x: ptr<function, Vector>, p: ptr<function, Matrix>, gain: ptr<function, Vector>) -> vec2f {
  var v: Vector;
  var d: Vector;
  var variance = 1.0;
  var e = y;
  #for i in 0 .. STATE_DIM
  #for j in 0 .. STATE_DIM
  v[i] += (*p)[i * STATE_DIM + j] * (*h)[j];
  #end
  variance += (*h)[i] * v[i];
  e -= (*h)[i] * (*x)[i];
  #end
  let inverse = 1.0 / variance;
  #for i in 0 .. STATE_DIM
  (*gain)[i] = v[i] * inverse;
  (*x)[i] += (*gain)[i] * e;
  d[i] = -(*gain)[i];
  #for j in 0 .. STATE_DIM
  (*p)[i * STATE_DIM + j] -= (*gain)[i] * v[j];
  d[i] += (*p)[i * STATE_DIM + j] * (*h)[j];
  #end
  #end
  #for i in 0 .. STATE_DIM
  #for j in 0 .. i + 1
  (*p)[i * STATE_DIM + j] -= d[i] * (*gain)[j];
  (*p)[j * STATE_DIM + i] = (*p)[i * STATE_DIM + j];
  #end
  #end
  return vec2f(e, variance);
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  var x: Vector;
  var p: Matrix;
  var a = identity();
  var eta: Vector;
  var z: Matrix;  // J, its lower triangle
  for (var t = lo; t < hi; t++) {
    if (params.block_start + t == 0u) {  // the prior takes the place of the transition
      x = state_vector(s);
      p = state_factor(s);
      mirror(&p);
      a = Matrix();
    } else {
      predict(s, t, &x, &p);
      var f = parameter_matrix(weights_at(s, t));
      a = product(&f, &a);
    }
    let record = emission_record(s, t);
    for (var i = 0u; i < EMISSION_DIM; i++) {
      // g = Aᵀh;  A −= k gᵀ;  η += g e / s;  J += g gᵀ / s
      var h = emission_row(record, i);
      var none: Vector;
      var g = affine_transposed(&a, &h, &none);
      var gain: Vector;
      let innovation = update(&h, observations[(s * params.block_steps + t) * EMISSION_DIM + i], &x, &p, &gain);
      let inverse = 1.0 / innovation.y;
      #for j in 0 .. STATE_DIM
      eta[j] += g[j] * inverse * innovation.x;
      #for k in 0 .. STATE_DIM
      a[j * STATE_DIM + k] -= gain[j] * g[k];
      #end
      #for k in 0 .. j + 1
      z[j * STATE_DIM + k] += g[j] * inverse * g[k];
      #end
      #end
    }
  }
  let at = slot * ELEMENT_FLOATS;
  put_element_matrix(at, &a);
  put_element_vector(at + AT_B, &x);
  put_element_factor(at + AT_U, &p);
  put_element_vector(at + AT_ETA, &eta);
  put_element_factor(at + AT_Z, &z);
}

// From b, C of the first and element j of the second: G, r, b := Aⱼ(b + X r) + bⱼ and C := Aⱼ Ĉ Aⱼᵀ + Cⱼ, with
// Ĉ = Y − (Y − X) Gᵀ, Y = C − G C: Joseph's form, in which rounding of Y is corrected.
fn condition(j: u32, b: ptr<function, Vector>, c: ptr<function, Matrix>, z: ptr<function, Matrix>, g: ptr<function, Matrix>, r: ptr<function, Vector>) {
  var none: Vector;
  *r = affine(z, b, &none);
  #for k in 0 .. STATE_DIM
  (*r)[k] = elements[j + AT_ETA + k] - (*r)[k];
  #end
  var w = product(c, z);
  #for k in 0 .. STATE_DIM
  w[k * STATE_DIM + k] += 1.0;
  #end
  var x = *c;
  solve(&w, &x);
  *b = affine(&x, r, b);
  *g = product(&x, z);
  w = product(g, c);
  var y = subtract(c, &w);
  x = subtract(&y, &x);
  add_symmetric(&y, -1.0, &x, g);
  var aj = element_matrix(j);
  var bj = element_vector(j + AT_B);
  *b = affine(&aj, b, &bj);
  w = product(&aj, &y);
  *c = element_factor(j + AT_U);
  add_symmetric(c, 1.0, &w, &aj);
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  let i = first * ELEMENT_FLOATS;
  let j = second * ELEMENT_FLOATS;
  var z = element_factor(j + AT_Z);
  mirror(&z);
  var ci = element_factor(i + AT_U);
  mirror(&ci);
  var c = ci;
  var b = element_vector(i + AT_B);
  var g: Matrix;
  var r: Vector;
  condition(j, &b, &c, &z, &g, &r);
  // Ĵ = V + (VᵀC − Gᵀ) V
  var w = product(&z, &g);
  var v = subtract(&z, &w);
  z = product(&ci, &v);
  z = subtract(&z, &g);
  w = product_transposed(&z, &v);
  #for k in 0 .. N2
  v[k] += w[k];
  #end
  var ai = element_matrix(i);
  w = product_transposed(&ai, &v);
  z = element_factor(i + AT_Z);
  #for k in 0 .. STATE_DIM
  #for l in 0 .. k + 1
  #for o in 0 .. STATE_DIM
  z[k * STATE_DIM + l] += w[k * STATE_DIM + o] * ai[o * STATE_DIM + l];
  #end
  #end
  #end
  w = product(&g, &ai);
  ai = subtract(&ai, &w);
  var etai = element_vector(i + AT_ETA);
  var eta = affine_transposed(&ai, &r, &etai);
  var aj = element_matrix(j);
  var a = product(&aj, &ai);
  put_element_matrix(j, &a);
  put_element_vector(j + AT_B, &b);
  put_element_factor(j + AT_U, &c);
  put_element_vector(j + AT_ETA, &eta);
  put_element_factor(j + AT_Z, &z);
}

// states[first] := states[second];  states[second] := element applied to it (the combine with Aᵢ = 0)
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  let j = element * ELEMENT_FLOATS;
  var b = state_vector(second);
  var c = state_factor(second);
  put_state(first, &b, &c);
  mirror(&c);
  var z = element_factor(j + AT_Z);
  mirror(&z);
  var g: Matrix;
  var r: Vector;
  condition(j, &b, &c, &z, &g, &r);
  put_state(second, &b, &c);
}

// The Kalman filter from the state before the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var x = state_vector(slot);
  var p = state_factor(slot);
  mirror(&p);
  for (var t = lo; t < hi; t++) {
    if (params.block_start + t > 0u) { predict(s, t, &x, &p); }
    let at = s * params.block_steps + t;
    let out = at * STATE_FLOATS;
    if ((params.flags & WRITE_PREDICTED) != 0u) {
      #for i in 0 .. STATE_DIM
      predicted[out + i] = x[i];
      #for j in 0 .. i + 1
      predicted[out + STATE_DIM + i * (i + 1u) / 2u + j] = p[i * STATE_DIM + j];
      #end
      #end
    }
    let record = emission_record(s, t);
    var likelihood = 0.0;
    var ratio = 0.0;
    for (var i = 0u; i < EMISSION_DIM; i++) {
      var h = emission_row(record, i);
      var gain: Vector;
      let innovation = update(&h, observations[at * EMISSION_DIM + i], &x, &p, &gain);
      likelihood -= 0.5 * (innovation.x * innovation.x / innovation.y + log_f32(innovation.y));
      ratio = max(ratio, innovation.y - 1.0);
    }
    likelihoods[at] = mark_ratio(likelihood, ratio);
    if ((params.flags & WRITE_FILTERED) != 0u) {
      #for i in 0 .. STATE_DIM
      filtered[out + i] = x[i];
      #for j in 0 .. i + 1
      filtered[out + STATE_DIM + i * (i + 1u) / 2u + j] = p[i * STATE_DIM + j];
      #end
      #end
    }
  }
  if (is_last) { put_state(s, &x, &p); }
}
