// of x/2 + p₀ u: what the build reads the kernel with
fn system_pull(x: array<f32, STATE_DIM>, u: array<f32, INPUT_DIM>, t: f32, p: array<f32, PARAMETERS>, dy: array<f32, STATE_DIM>) -> array<f32, STATE_DIM> {
  var out: array<f32, STATE_DIM>;
  var sum = 0.0;
  for (var i = 0u; i < STATE_DIM; i++) {
    out[i] = 0.5 * dy[i];
    sum += dy[i];
  }
  pulled_input(0u, p[0] * sum);
  pulled_parameter(0u, u[0] * sum);
  return out;
}
