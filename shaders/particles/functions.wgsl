// The model's functions (put behind the kernel when it is made) at a step of a series.
// Needs    fn user_dynamics, user_emissions, user_covariance (x, u, t, p), their numbers of inputs and parameters as constants

fn input_at(s: u32, t: u32) -> u32 { return params.inputs + s * params.inputs_series + t * params.inputs_step; }

fn move_state(s: u32, t: u32, x: State) -> State {
  var u: array<f32, DYNAMICS_INPUTS>;
  let start = input_at(s, t);
  for (var k = 0u; k < DYNAMICS_INPUTS; k++) { u[k] = data[start + k]; }
  var p: array<f32, DYNAMICS_PARAMETERS>;
  for (var k = 0u; k < DYNAMICS_PARAMETERS; k++) { p[k] = data[params.dynamics_parameters + k]; }
  return user_dynamics(x, u, f32(t), p);
}
