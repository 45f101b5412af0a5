// down: one more level of the spine: from the state before each total to the state before each of its elements.
// Grid     x workgroups of LEAVES elements, y (and z) series
// Barriers storage, between levels of the tree
#import "scan/params.wgsl"
#ifdef LANE
#import "scan/team_lane.wgsl"
#endif
#import ELEMENT
#import "scan/tree.wgsl"

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) invocation: u32) {
#instantiate "scan/workgroup.wgsl" FROM=main
  let states_base = params.state_offset + s * params.state_stride + first;
  state_copy(params.parent_offset + s * params.parent_stride + group.x, states_base + leaves - 1u, team == 0u);
  down_sweep(states_base, elements_base, leaves);
}
