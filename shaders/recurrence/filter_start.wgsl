// The state of the first step is known up to its noise alone: mean r_0, factor I, packed by rows.
fn start_filter(s: u32, i: u32, r: f32) {
  let start = s * params.state_floats;
  states[start + i] = r;
  let row = start + STATE_DIM + i * (i + 1u) / 2u;
  for (var j = 0u; j < i; j++) { states[row + j] = 0.0; }
  states[row + i] = 1.0;
}
