// kalman_two_filter: p(y_t+1:T-1 | z_t = z) ∝ exp(hᵀZᵀz − ½ zᵀZZᵀz), met with the filter at t: p(z_t | y_0:T-1)
// Combine  that of kalman_filter_lane.wgsl, i earlier; a suffix scan: j comes first in scan order
// Apply    to (h, Z), with Y, ρ of the combine: h and Z of tria[Zᵢ, AᵢᵀY; hᵢᵀ, ρᵀ]; 0 after the last step of a series
// Smooth   with T, μ of the combine, the filter's moments the earlier: mₛ = c + T μ, Uₛ = tria[T]; see lib/whiten.wgsl
// Cross    Cov(z_t-1, z_t | y) = P_t-1|T Bᵀ with B of step t's element alone; B is written, at t, for the host to multiply
// Source   Särkkä & García-Fernández 2021, doi:10.1109/TAC.2020.2976316; square root form Yaghoobi et al. 2025
// Needs    const STATE_DIM = n, EMISSION_DIM = m.  Twin src/scan/elements/kalman_two_filter.ts
// No covariance of a prediction is inverted, so none may be too singular.
#import "lib/filter_element_lane.wgsl"
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
  var likelihood = state_likelihood(second);
  put_state_likelihood(first, &likelihood);
  var b = element_vector(i + AT_B);
  var tt = element_factor(i + AT_U);
  var lower: Trapezoid;
  condition(&b, &tt, &likelihood, &lower);
  var a = element_matrix(i);
  var own = element_likelihood(i);
  pull_back(&a, &own, &likelihood, &tt, &lower);
  put_state_likelihood(second, &own);
}

// A state is h, then Z: the layout of a mean and its factor.
fn state_likelihood(slot: u32) -> Trapezoid {
  let h = state_vector(slot);
  let z = state_factor(slot);
  var out: Trapezoid;
  #for i in 0 .. STATE_DIM
  out[N2 + i] = h[i];
  #end
  #for i in 0 .. N2
  out[i] = z[i];
  #end
  return out;
}

fn put_state_likelihood(slot: u32, likelihood: ptr<function, Trapezoid>) {
  var h: Vector;
  var z: Matrix;
  #for i in 0 .. STATE_DIM
  h[i] = (*likelihood)[N2 + i];
  #end
  #for i in 0 .. N2
  z[i] = (*likelihood)[i];
  #end
  put_state(slot, &h, &z);
}

// Filtered moments at `at` (floats), given the likelihood, to `smoothed`.
fn write_smoothed(at: u32, likelihood: ptr<function, Trapezoid>) {
  var x: Vector;
  var tt = Matrix();
  #for i in 0 .. STATE_DIM
  x[i] = filtered[at + i];
  #for j in 0 .. i + 1
  tt[i * STATE_DIM + j] = filtered[at + STATE_DIM + i * (i + 1u) / 2u + j];
  #end
  #end
  var used = *likelihood;
  settle(&x, &tt, &used);
  var u = Matrix();
  reduce_nn(&u, &tt);
  #for i in 0 .. STATE_DIM
  smoothed[at + i] = x[i];
  #for j in 0 .. i + 1
  smoothed[at + STATE_DIM + i * (i + 1u) / 2u + j] = u[i * STATE_DIM + j];
  #end
  #end
}

// The recursion step by step from the likelihood of what comes after the chunk.
fn run_chunk(s: u32, lo: u32, hi: u32, steps: u32, slot: u32, is_last: bool, here: bool) {
  if (!here) { return; }
  var likelihood = state_likelihood(slot);
  for (var back = hi; back > lo; back--) {
    let t = back - 1u;
    let at = s * params.block_steps + t;
    write_smoothed(at * STATE_FLOATS, &likelihood);
    if (params.block_start + t > 0u) {  // nothing comes before step 0
      // Zeros said in full: SwiftShader was seen not to clear a `var` of a loop anew in every pass.
      var a = identity();
      var b = Vector();
      var u = Matrix();
      var leaf = Trapezoid();
      var lower = Trapezoid();
      fold_step(s, t, &a, &b, &u, &leaf);
      condition(&b, &u, &likelihood, &lower);
      pull_back(&a, &leaf, &likelihood, &u, &lower);
      likelihood = leaf;
      if ((params.flags & WRITE_CROSS) != 0u) {
        #for i in 0 .. N2
        cross[at * N2 + i] = a[i];
        #end
      }
    }
  }
  if (is_last) { put_state_likelihood(s, &likelihood); }
}
