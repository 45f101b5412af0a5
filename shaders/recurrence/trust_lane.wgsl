// Updates of one coordinate after the other within a trust region: what is left of a change once the filter has pulled it towards 0,
//   δ_t = (1 − K_t) (a_t δ_{t−1} + r_t),  K = P⁻/(P⁻ + σ²),  P⁻_t = a_t² P_{t−1} + 1,  P = (1 − K) P⁻,
// with the variance P before every chunk from newton_mobius.
@group(0) @binding(7) var<storage, read> variances: array<f32>;   // states of newton_mobius

fn variance_before(slot: u32) -> Vector {
  var out: Vector;
  for (var i = 0u; i < STATE_DIM; i++) { out[i] = variances[slot * STATE_DIM + i]; }
  return out;
}

// 1 − K of coordinate i; its variance goes a step on.
fn kept(variance: ptr<function, Vector>, a: f32, i: u32) -> f32 {
  let predicted = squared_slope(a) * (*variance)[i] + 1.0;
  let keep = parameters[4] / (predicted + parameters[4]);
  (*variance)[i] = tame(keep * predicted);
  return keep;
}

// a := (1 − K) a, r := (1 − K) r
fn hold_residual(variance: ptr<function, Vector>, a: ptr<function, Diagonals>, r: ptr<function, Vector>) {
  for (var i = 0u; i < STATE_DIM; i++) {
    let keep = kept(variance, (*a)[i], i);
    (*a)[i] *= keep;
    (*r)[i] *= keep;
  }
}

// a := (1 − K) a, f := s + (1 − K) (f − s)
fn hold_value(s: u32, t: u32, variance: ptr<function, Vector>, a: ptr<function, Diagonals>, f: ptr<function, Vector>) {
  for (var i = 0u; i < STATE_DIM; i++) {
    let keep = kept(variance, (*a)[i], i);
    (*a)[i] *= keep;
    (*f)[i] = held_entry(s, t, i, (*f)[i], keep);
  }
}
