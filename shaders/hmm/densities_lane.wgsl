// p(y_t | k) of all states as f 2^n, with the largest n taken out; rows of hmm/rows_lane.wgsl absorb them.
#import "hmm/density.wgsl"
fn densities(s: u32, t: u32) -> Densities {
  var out: Densities;
  out.most = NOTHING;
  #for k in 0 .. NUM_STATES
  {
  let p = exp_parts(state_nats(s, t, k));
  out.f[k] = p.f;
  out.n[k] = p.n;
  out.most = max(out.most, p.n);
  }
  #end
  if (out.most == NOTHING) { out.most = 0; }
  #for k in 0 .. NUM_STATES
  out.n[k] = select(out.n[k] - out.most, NOTHING, out.f[k] == 0.0);
  #end
  return out;
}
