// What a cell reads where a workgroup evaluates one step after the other: the state before, the inputs and the parameters.
// Barriers workgroup, around the state before
#import "recurrence/trajectory.wgsl"
var<workgroup> before: array<f32, STATE_DIM>;
var<private> at_inputs: u32;

fn cell_state(j: u32) -> f32 { return before[j]; }
fn cell_input(k: u32) -> f32 { return parameters[at_inputs + k]; }
fn cell_parameter(k: u32) -> f32 { return parameters[params.p_offset + k]; }

fn cell_step(s: u32, t: u32, invocation: u32) {
  workgroupBarrier();
  at_inputs = inputs_of(s, t);
  for (var j = invocation; j < STATE_DIM; j += WORKGROUP) { before[j] = entry_before(s, t, j); }
  workgroupBarrier();
}
