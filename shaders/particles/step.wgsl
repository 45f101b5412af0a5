// particle_step: particles of a step, drawn from those of the step before and weighted by what is observed
//   x_k = f(x_a(k)) + L ε_k,  log w_k = log w_a(k) + log p(y | x_k), of which after resampling log w_a(k) = 0, after a look ahead −log v_a(k)
// Grid     x: WORKGROUP particles; y: series
// Source   Gordon, Salmond & Smith 1993, doi:10.1049/ip-f-2.1993.0015; Pitt & Shephard 1999, doi:10.1080/01621459.1999.10474153
// Twin     src/inference/nonlinear/particle_filter.cpu.ts
#import "particles/params.wgsl"
#import "lib/normals.wgsl"
#import "particles/blocks.wgsl"
#import "particles/ancestors.wgsl"
#import "particles/functions.wgsl"
#import "particles/density.wgsl"
@group(0) @binding(8) var<storage, read> looks: array<vec2u>;  // [N, particles]: of particle_look

// The particle that a new one comes from, and the log weight it brings.
struct Origin {
  start: u32,
  l: f32,
}

fn origin_of(s: u32, t: u32, k: u32) -> Origin {
  let at = s * CONTROL;
  if (control[at + LOOKED] == 1u) {
    let look = looks[s * params.num_particles + ancestor_of(s, LOOKS, k)];
    return Origin(look.x, -bitcast<f32>(look.y));
  }
  if (control[at + RESAMPLE] == 1u) { return Origin(ancestor_of(s, (t - 1u) & 1u, k), 0.0); }
  let before = log_weights[weight_at(s, t - 1u, k)];
  return Origin(k, select(less_exponent(before, bitcast<i32>(control[at + EXPONENT])), before, before < LEAST));
}

fn add_noise(s: u32, t: u32, k: u32, x: State) -> State {
  var out = x;
  let series = params.first_series + s;
  let e = step_normals(vec2u(params.seed_low, params.seed_high), series, k, t);
  var at = params.initial_factor + s * params.initial_factor_series;
  if (t > 0u) { at = params.dynamics_factor + s * params.dynamics_factor_series + t * params.dynamics_factor_step; }
  #for a in 0 .. STATE_DIM
  {
  var sum = 0.0;
  #for b in 0 .. a + 1
  sum += data[at + a * STATE_DIM + b] * e[b];
  #end
  out[a] += sum;
  }
  #end
  return out;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y;
  let own = group.x * WORKGROUP + invocation;
  let runs = goes_on(s);
  let t = control[s * CONTROL + STEP];
  var x: State;
  var l = LOG_ZERO;
  var bad = false;
  if (runs && own < params.num_particles) {
    if (t == 0u) {
      let mean = params.initial_mean + s * params.initial_mean_series;
      for (var a = 0u; a < STATE_DIM; a++) { x[a] = data[mean + a]; }
      l = 0.0;
    } else {
      let origin = origin_of(s, t, own);
      x = move_state(s, t, read_state(state_at(s, t - 1u, origin.start)));
      l = origin.l;
    }
    x = add_noise(s, t, own, x);
    let to = ((t % params.slots) * params.num_series + s) * params.num_particles + own;
    for (var a = 0u; a < STATE_DIM; a++) {
      states[to * STATE_DIM + a] = x[a];
      bad = bad || !is_finite(x[a]);
    }
    if (is_observed(s, t) && !bad) {
      let more = log_density(s, t, x);
      bad = more == NOT_FINITE;
      l = select(l + more, LOG_ZERO, l < LEAST || more < LEAST);
    }
    log_weights[to] = l;
  }
  let w = fold_weights(s, t & 1u, group.x, invocation, l, bad, runs);
  fold_moments(s, group.x, invocation, x, w, runs);
}
