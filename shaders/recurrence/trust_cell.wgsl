// trust_lane.wgsl by a team: P are the variances, and every invocation has coordinates of its own.
@group(0) @binding(7) var<storage, read> variances: array<f32>;   // states of newton_mobius

fn load_variances(slot: u32, here: bool) {
  if (here) {
    for (var i = lane; i < STATE_DIM; i += TEAM) { put(P + i, variances[slot * STATE_DIM + i]); }
  }
  sync();
}

// 1 − K of coordinate i; its variance goes a step on, and its slope is multiplied by 1 − K.
fn kept(i: u32) -> f32 {
  let a = entry(LA + i);
  let predicted = squared_slope(a) * entry(P + i) + 1.0;
  let keep = parameters[4] / (predicted + parameters[4]);
  put(P + i, tame(keep * predicted));
  put(LA + i, keep * a);
  return keep;
}
