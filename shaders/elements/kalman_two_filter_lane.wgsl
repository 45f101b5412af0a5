// kalman_two_filter: p(y_t+1:T-1 | z_t = z) ∝ exp(ηᵀz − ½ zᵀZZᵀz), met with the filter at t: p(z_t | y_0:T-1)
// Combine  that of kalman_filter_lane.wgsl, i earlier; a suffix scan: j comes first in scan order
// Apply    to (η, Z), with Ξ, X, Y, T, r, B of the combine: (Bᵀr + ηᵢ, tria[Zᵢ, AᵢᵀY]); 0 after the last step of a series
// Smooth   m = c + U w, Ξ = tria[I, UᵀZ], T = U Ξ⁻ᵀ, Uₛ = tria[T], mₛ = c + T(Ξ⁻¹w + Tᵀ(η − Z Zᵀc)); see lib/whiten.wgsl
// Cross    Cov(z_t-1, z_t | y) = P_t-1|T Bᵀ with B of step t's element alone; B is written, at t, for the host to multiply
// Source   Särkkä & García-Fernández 2021, doi:10.1109/TAC.2020.2976316; square root form Yaghoobi et al. 2025
// Needs    const STATE_DIM = n, EMISSION_DIM = m.  Twin src/scan/elements/kalman_two_filter.ts
// No covariance of a prediction is inverted, so none may be too singular.
#import "lib/filter_element_lane.wgsl"
#import "lib/whiten.wgsl"
const WRITE_CROSS: u32 = 1u;

@group(0) @binding(6) var<storage, read> filtered: array<f32>;             // [N, steps, n + n(n+1)/2]
@group(0) @binding(7) var<storage, read_write> smoothed: array<f32>;       // the same
@group(0) @binding(8) var<storage, read_write> cross: array<f32>;          // [N, steps, n, n] B of each step, none at step 0

// elements[second] := elements[second] ⊗ elements[first]: first in scan order is the later in time
fn element_combine(first: u32, second: u32, here: bool) {
  if (here) { combine(second, first, second); }
}

// states[first] := states[second];  states[second] := element applied to it
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  let i = element * ELEMENT_FLOATS;
  var r = state_vector(second);
  var y = state_factor(second);
  put_state(first, &r, &y);
  var b = element_vector(i + AT_B);
  var tt = element_factor(i + AT_U);
  var x: Matrix;
  condition(&r, &y, &b, &tt, &x);
  var a = element_matrix(i);
  var eta = element_vector(i + AT_ETA);
  var z = element_factor(i + AT_Z);
  pull_back(&a, &eta, &z, &r, &tt, &x, &y);
  put_state(second, &eta, &z);
}

// Filtered moments at `at` (floats), conditioned on (η, Z), to `smoothed`.
fn write_smoothed(at: u32, eta: ptr<function, Vector>, z: ptr<function, Matrix>) {
  var c: Vector;
  var w: Vector;
  var tt: Matrix;
  #for i in 0 .. STATE_DIM
  {
    var rest = filtered[at + i];
    var row2 = 0.0;
    #for j in 0 .. i + 1
    tt[i * STATE_DIM + j] = filtered[at + STATE_DIM + i * (i + 1u) / 2u + j];
    #end
    #for j in 0 .. i
    rest -= tt[i * STATE_DIM + j] * w[j];
    row2 += tt[i * STATE_DIM + j] * tt[i * STATE_DIM + j];
    #end
    w[i] = whiten(rest, tt[i * STATE_DIM + i], row2);
    c[i] = rest - tt[i * STATE_DIM + i] * w[i];
  }
  #end
  var uz = product_transposed(&tt, z);
  var xi = identity();
  reduce_nn(&xi, &uz);
  solve_rows(&tt, &xi);
  #for i in 0 .. STATE_DIM
  #for j in 0 .. i
  w[i] -= xi[i * STATE_DIM + j] * w[j];
  #end
  w[i] /= xi[i * STATE_DIM + i];
  #end
  var r = information_residual(eta, z, &c);
  r = affine_transposed(&tt, &r, &w);
  c = affine(&tt, &r, &c);
  var u: Matrix;
  reduce_nn(&u, &tt);
  #for i in 0 .. STATE_DIM
  smoothed[at + i] = c[i];
  #for j in 0 .. i + 1
  smoothed[at + STATE_DIM + i * (i + 1u) / 2u + j] = u[i * STATE_DIM + j];
  #end
  #end
}

// The recursion step by step from the likelihood of what comes after the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var eta = state_vector(slot);
  var z = state_factor(slot);
  for (var back = hi; back > lo; back--) {
    let t = back - 1u;
    let at = s * params.block_steps + t;
    write_smoothed(at * STATE_FLOATS, &eta, &z);
    if (params.block_start + t > 0u) {  // nothing comes before step 0
      // Zeros said in full: SwiftShader was seen not to clear a `var` of a loop anew in every pass.
      var a = identity();
      var b = Vector();
      var u = Matrix();
      var leaf_eta = Vector();
      var leaf_z = Matrix();
      var x: Matrix;
      fold_step(s, t, &a, &b, &u, &leaf_eta, &leaf_z);
      condition(&eta, &z, &b, &u, &x);
      pull_back(&a, &leaf_eta, &leaf_z, &eta, &u, &x, &z);
      #for i in 0 .. STATE_DIM
      eta[i] = leaf_eta[i];
      #end
      #for i in 0 .. N2
      z[i] = leaf_z[i];
      #end
      if ((params.flags & WRITE_CROSS) != 0u) {
        #for i in 0 .. N2
        cross[at * N2 + i] = a[i];
        #end
      }
    }
  }
  if (is_last) { put_state(s, &eta, &z); }
}
