// A model's functions as the kernels of particle filters take them: what the build reads those kernels with.
fn user_dynamics(x: array<f32, STATE_DIM>, u: array<f32, DYNAMICS_INPUTS>, t: f32, p: array<f32, DYNAMICS_PARAMETERS>) -> array<f32, STATE_DIM> {
  var out = x;
  out[0] = p[0] * x[0] + u[0];
  return out;
}

fn user_emissions(x: array<f32, STATE_DIM>, u: array<f32, EMISSION_INPUTS>, t: f32, p: array<f32, EMISSION_PARAMETERS>) -> array<f32, THETA_DIM> {
  var out: array<f32, THETA_DIM>;
  out[0] = p[0] * x[0] + u[0];
  return out;
}

fn user_covariance(x: array<f32, STATE_DIM>, u: array<f32, COVARIANCE_INPUTS>, t: f32, p: array<f32, COVARIANCE_PARAMETERS>) -> array<f32, COVARIANCE_DIM> {
  var out: array<f32, COVARIANCE_DIM>;
  out[0] = p[0] + u[0];
  return out;
}
