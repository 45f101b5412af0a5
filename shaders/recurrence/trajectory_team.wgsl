// The function and its Jacobian by a team: LA := A_t, LB := f(s_{t−1}).
// COLUMNS: every invocation evaluates the function along some columns of A. ROWS: some rows of a cell, whose parameters stay in storage.
#ifdef ROWS
#import "recurrence/trajectory_cell.wgsl"

fn load_step(s: u32, t: u32) {
  cell_step(s, t);
  for (var i = lane; i < STATE_DIM; i += TEAM) {
    put(LB + i, cell_value(i));
    for (var j = 0u; j < STATE_DIM; j++) { put(LA + i * STATE_DIM + j, slope_entry(cell_slope(i, j))); }
  }
  sync();
}
#endif
#ifdef COLUMNS
#import "recurrence/trajectory.wgsl"

fn load_step(s: u32, t: u32) {
  var x: array<f32, STATE_DIM>;
  for (var i = 0u; i < STATE_DIM; i++) { x[i] = entry_before(s, t, i); }
  let u = step_inputs(s, t);
  let p = step_parameters();
#ifndef DERIVATIVE
  if (lane == 0u) {
    let f = system(x, u, step_number(s, t), p);
    for (var i = 0u; i < STATE_DIM; i++) { put(LB + i, f[i]); }
  }
#endif
  for (var j = lane; j < STATE_DIM; j += TEAM) {
    var dx: array<f32, STATE_DIM>;
    for (var i = 0u; i < STATE_DIM; i++) { dx[i] = select(0.0, 1.0, i == j); }
    let column = system_jvp(x, u, step_number(s, t), p, dx);
    for (var i = 0u; i < STATE_DIM; i++) { put(LA + i * STATE_DIM + j, slope_entry(column[i])); }
  }
  sync();
}
#endif
