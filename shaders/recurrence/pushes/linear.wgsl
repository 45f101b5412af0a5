// of x/2 + p₀ u: what the build reads the kernel with
fn system_push(x: array<f32, STATE_DIM>, u: array<f32, INPUT_DIM>, t: f32, p: array<f32, PARAMETERS>, dx: array<f32, STATE_DIM>, du: array<f32, INPUT_DIM>, dp: array<f32, PARAMETERS>) -> array<f32, STATE_DIM> {
  var out: array<f32, STATE_DIM>;
  for (var i = 0u; i < STATE_DIM; i++) { out[i] = 0.5 * dx[i] + p[0] * du[0] + u[0] * dp[0]; }
  return out;
}
