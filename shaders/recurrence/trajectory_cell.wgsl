// What a cell reads: the state before, the inputs and the parameters, which stay in storage.
#import "recurrence/trajectory.wgsl"

var<private> at_inputs: u32;

// x_j, u_k, p_k
fn cell_state(j: u32) -> f32 { return entry(XS + j); }
fn cell_input(k: u32) -> f32 { return parameters[at_inputs + k]; }
fn cell_parameter(k: u32) -> f32 { return parameters[params.p_offset + k]; }

// The team brings the state before step t.
fn cell_step(s: u32, t: u32) {
  at_inputs = inputs_of(s, t);
  for (var j = lane; j < STATE_DIM; j += TEAM) { put(XS + j, entry_before(s, t, j)); }
  sync();
}
