// x/2 + u: what the build reads kernels with, and a function for tests
fn system(x: array<f32, STATE_DIM>, u: array<f32, INPUT_DIM>, t: f32, p: array<f32, PARAMETERS>) -> array<f32, STATE_DIM> {
  var out: array<f32, STATE_DIM>;
  for (var i = 0u; i < STATE_DIM; i++) { out[i] = 0.5 * x[i] + u[0]; }
  return out;
}

fn system_jvp(x: array<f32, STATE_DIM>, u: array<f32, INPUT_DIM>, t: f32, p: array<f32, PARAMETERS>, dx: array<f32, STATE_DIM>) -> array<f32, STATE_DIM> {
  var out: array<f32, STATE_DIM>;
  for (var i = 0u; i < STATE_DIM; i++) { out[i] = 0.5 * dx[i]; }
  return out;
}

fn system_jacobian(x: array<f32, STATE_DIM>, u: array<f32, INPUT_DIM>, t: f32, p: array<f32, PARAMETERS>) -> array<f32, STATE_DIM * STATE_DIM> {
  var out: array<f32, STATE_DIM * STATE_DIM>;
  for (var i = 0u; i < STATE_DIM; i++) { out[i * STATE_DIM + i] = 0.5; }
  return out;
}
