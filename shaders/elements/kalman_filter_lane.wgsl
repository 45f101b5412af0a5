// kalman_filter: p(z_t | y_lo:t, z_lo-1) = N(A z_lo-1 + b, U Uᵀ), p(y_lo:t | z_lo-1) ∝ exp(hᵀZᵀz − ½ zᵀZZᵀz)
// Combine  bᵢ = c + Uᵢw, W = UᵢᵀZⱼ, h̃ = hⱼ − Zⱼᵀc, [I W; wᵀ h̃ᵀ; 0 Zⱼ] → [Ξ 0; μᵀ ρᵀ; X Y], T = Uᵢ Ξ⁻ᵀ, B = Aᵢ − T(XᵀAᵢ), i earlier
//          (Aⱼ B, Aⱼ(c + T μ) + bⱼ, tria[Uⱼ, AⱼT], h and Z of tria[Zᵢ, AᵢᵀY; hᵢᵀ, ρᵀ])
// Identity (I, 0, 0, 0, 0)
// Layout   f32 A[n,n] b[n] U[n(n+1)/2] h[n] Z[n(n+1)/2] = 2n² + 3n floats
// Source   Yaghoobi, Corenflos, Hassan & Särkkä 2025, doi:10.1137/23M156121X; means and η = Z h whitened
// Needs    const STATE_DIM = n, EMISSION_DIM = m.  Twin src/scan/elements/kalman_filter.ts
// A chunk's element is an ordinary filter from z = 0, P = 0 with its sensitivity to the start: no combine per step.
#import "lib/filter_element_lane.wgsl"
#import "lib/filter_records.wgsl"

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  if (here) { combine(first, second, second); }
}

// states[first] := states[second];  states[second] := element applied to it (the combine with Aᵢ = 0)
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  let j = element * ELEMENT_FLOATS;
  var x = state_vector(second);
  var u = state_factor(second);
  put_state(first, &x, &u);
  var likelihood = element_likelihood(j);
  settle(&x, &u, &likelihood);
  advance(j, &x, &u);
  put_state(second, &x, &u);
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
    var gain: Taller;
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
