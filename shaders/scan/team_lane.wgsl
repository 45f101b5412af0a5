// A team of one invocation.
var<private> team: u32;
fn team_init(invocation: u32) { team = invocation; }
