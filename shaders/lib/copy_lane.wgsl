// Slots copied by one invocation.
// Needs    const STATE_FLOATS, ELEMENT_FLOATS; elements, states
fn state_copy(source: u32, target_slot: u32, here: bool) {
  if (here) {
    for (var i = 0u; i < STATE_FLOATS; i++) { states[target_slot * STATE_FLOATS + i] = states[source * STATE_FLOATS + i]; }
  }
}

fn element_copy(source: u32, target_slot: u32, here: bool) {
  if (here) {
    for (var i = 0u; i < ELEMENT_FLOATS; i++) { elements[target_slot * ELEMENT_FLOATS + i] = elements[source * ELEMENT_FLOATS + i]; }
  }
}
