// kalman_smoother: p(z_t | z_u, y_0:u-1) = N(E z_u + g, D Dᵀ), t < u
// Combine  (E,g,D)ᵢ⊗(E,g,D)ⱼ = (EᵢEⱼ, Eᵢgⱼ+gᵢ, tria[Dᵢ, EᵢDⱼ]), i earlier; a suffix scan: j comes first in scan order
// Identity (I, 0, 0)
// Layout   f32 E[n,n] g[n] D[n(n+1)/2]
// Source   Särkkä & García-Fernández 2021, doi:10.1109/TAC.2020.2976316; square root form Yaghoobi et al. 2025
// Needs    const STATE_DIM = n.  Twin src/scan/elements/kalman_smoother.ts
#import "lib/gaussian_lane.wgsl"
#import "lib/root.wgsl"
#import "lib/whiten.wgsl"
#import "lib/whiten_lane.wgsl"
#instantiate "lib/arrow_top_lane.wgsl" NAME=reduce_nn R=STATE_DIM C=STATE_DIM ROWS=STATE_DIM RR=N2 RC=N2
#instantiate "lib/arrow_lane.wgsl" NAME=reduce_backward R=STATE_DIM C=STATE_DIM S=NEXT ZEROED=NEXT RR=N2 RC=N2 SR=NEXT_N SC=NEXT_N TOL=2.4e-7
#import "lib/smoother_layout.wgsl"
#import "lib/filtered_lane.wgsl"

// The element of one step: from the filtered moments at t and the transition to t + 1; at the last step E = 0.
// m = c + U w, [Lq, F U; 0, U; 0, wᵀ] → [Φ, 0; X, D; ., vᵀ], E = X Φ⁻¹ with zero pivots giving zero columns, g = c + D v − E(F c + b).
fn backward(s: u32, t: u32, e: ptr<function, Matrix>, g: ptr<function, Vector>, d: ptr<function, Matrix>) {
  let at = (s * params.block_steps + t) * STATE_FLOATS;
  *g = filtered_vector(at);
  *d = filtered_factor(at);
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
  var phi = parameter_matrix(params.noise_offset + (t + 1u) * params.noise_step + s * params.noise_series);
  var w = product_lower(&f, d);
  var below = whitened(g, d, MOST_DEVIATIONS);
  var x: Trapezoid;
  reduce_backward(&phi, &w, &x, &below);
  #for k in 0 .. STATE_DIM
  {
    let column = STATE_DIM - 1u - k;
    let pivot = phi[column * STATE_DIM + column];
    #for i in 0 .. STATE_DIM
    {
      var sum = x[i * STATE_DIM + column];
      #for j in STATE_DIM - k .. STATE_DIM
      sum -= (*e)[i * STATE_DIM + j] * phi[j * STATE_DIM + column];
      #end
      (*e)[i * STATE_DIM + column] = select(sum / pivot, 0.0, pivot == 0.0);
    }
    #end
  }
  #end
  var ahead = affine(&f, g, &b);
  unwhiten(&below, g, d);
  #for i in 0 .. STATE_DIM
  #for j in 0 .. STATE_DIM
  (*g)[i] -= (*e)[i * STATE_DIM + j] * ahead[j];
  #end
  #end
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  var e = identity();
  var g: Vector;
  var d: Matrix;
  for (var t = hi; t > lo; t--) {
    var se: Matrix;
    var sg: Vector;
    var sd: Matrix;
    backward(s, t - 1u, &se, &sg, &sd);
    var w = product_lower(&se, &d);
    d = sd;
    reduce_nn(&d, &w);
    e = product(&se, &e);
    g = affine(&se, &g, &sg);
  }
  let at = slot * ELEMENT_FLOATS;
  put_element_matrix(at, &e);
  put_element_vector(at + AT_G, &g);
  put_element_factor(at + AT_D, &d);
}

// elements[second] := elements[second] ⊗ elements[first]: first in scan order is the later in time
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  let j = first * ELEMENT_FLOATS;
  let i = second * ELEMENT_FLOATS;
  var ei = element_matrix(i);
  var dj = element_factor(j + AT_D);
  var w = product_lower(&ei, &dj);
  var d = element_factor(i + AT_D);
  reduce_nn(&d, &w);
  var gj = element_vector(j + AT_G);
  var gi = element_vector(i + AT_G);
  var g = affine(&ei, &gj, &gi);
  var ej = element_matrix(j);
  var e = product(&ei, &ej);
  put_element_matrix(i, &e);
  put_element_vector(i + AT_G, &g);
  put_element_factor(i + AT_D, &d);
}

// states[first] := states[second];  states[second] := E z + g, tria[D, E U]
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  let i = element * ELEMENT_FLOATS;
  var x = state_vector(second);
  var u = state_factor(second);
  put_state(first, &x, &u);
  var e = element_matrix(i);
  var g = element_vector(i + AT_G);
  var d = element_factor(i + AT_D);
  var w = product_lower(&e, &u);
  reduce_nn(&d, &w);
  x = affine(&e, &x, &g);
  put_state(second, &x, &d);
}

// The square root Rauch–Tung–Striebel recursion from the state after the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var x = state_vector(slot);
  var u = state_factor(slot);
  for (var t = hi; t > lo; t--) {
    var e: Matrix;
    var g: Vector;
    var d: Matrix;
    backward(s, t - 1u, &e, &g, &d);
    var w = product_lower(&e, &u);
    let at = s * params.block_steps + t - 1u;
    if ((params.flags & WRITE_CROSS) != 0u) {  // E P = (E U) Uᵀ
      #for i in 0 .. STATE_DIM
      #for j in 0 .. STATE_DIM
      {
        var sum = 0.0;
        #for k in 0 .. j + 1
        sum += w[i * STATE_DIM + k] * u[j * STATE_DIM + k];
        #end
        cross[at * N2 + i * STATE_DIM + j] = sum;
      }
      #end
      #end
    }
    u = d;
    reduce_nn(&u, &w);
    x = affine(&e, &x, &g);
    #for i in 0 .. STATE_DIM
    smoothed[at * STATE_FLOATS + i] = x[i];
    #for j in 0 .. i + 1
    smoothed[at * STATE_FLOATS + STATE_DIM + i * (i + 1u) / 2u + j] = u[i * STATE_DIM + j];
    #end
    #end
  }
  if (is_last) { put_state(s, &x, &u); }
}
