// particle_ahead: f(x_i, u_t+1, t + 1) of all particles of step t, once for all trajectories that go back through them
// Grid     x: WORKGROUP particles; y: series
// Source   Godsill, Doucet & West 2004, doi:10.1198/016214504000000151.  Twin src/inference/nonlinear/backward_simulation.cpu.ts
#import "particles/params.wgsl"
#import "particles/functions.wgsl"
@group(0) @binding(5) var<storage, read_write> moved: array<f32>;  // [N, particles, n]
@group(0) @binding(6) var<storage, read_write> walk: array<u32>;   // the step, here and for particle_backward

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y;
  let i = group.x * WORKGROUP + invocation;
  let t = walk[0];
  if (s == 0u && i == 0u) { walk[1] = t; }
  if (i >= params.num_particles || t + 1u >= control[s * CONTROL + LENGTH] || control[s * CONTROL + DEAD] == 1u) { return; }
  let x = move_state(s, t + 1u, read_state(state_at(s, t, i)));
  let at = (s * params.num_particles + i) * STATE_DIM;
  for (var a = 0u; a < STATE_DIM; a++) { moved[at + a] = x[a]; }
}
