// particle_look: what the observation of a step says of where the particles of the step before would go on average
//   v_i = p(y | f(x_i)), weights w_i v_i for the choice of ancestors; x_i after the resampling that is due
// Grid     x: WORKGROUP particles; y: series
// Source   Pitt & Shephard 1999, doi:10.1080/01621459.1999.10474153.  Twin src/inference/nonlinear/particle_filter.cpu.ts
#import "particles/params.wgsl"
#import "particles/blocks.wgsl"
#import "particles/ancestors.wgsl"
#import "particles/functions.wgsl"
#import "particles/density.wgsl"
@group(0) @binding(8) var<storage, read_write> looks: array<vec2u>;  // [N, particles]: ancestor, bits of log v

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y;
  let own = group.x * WORKGROUP + invocation;
  let t = control[s * CONTROL + STEP];
  let runs = goes_on(s) && t > 0u && is_observed(s, t);
  var l = LOG_ZERO;
  var bad = false;
  if (runs && own < params.num_particles) {
    var start = own;
    l = 0.0;
    if (control[s * CONTROL + RESAMPLE] == 1u) { start = ancestor_of(s, (t - 1u) & 1u, own); }
    else {
      let before = log_weights[weight_at(s, t - 1u, own)];
      l = select(less_exponent(before, bitcast<i32>(control[s * CONTROL + EXPONENT])), before, before < LEAST);
    }
    let v = log_density(s, t, move_state(s, t, read_state(state_at(s, t - 1u, start))));
    bad = v == NOT_FINITE;
    looks[s * params.num_particles + own] = vec2u(start, bitcast<u32>(v));
    l = select(l + v, LOG_ZERO, l < LEAST || v < LEAST);
  }
  let w = fold_weights(s, LOOKS, group.x, invocation, l, bad, runs);
}
