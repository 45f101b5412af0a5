// spine: the exclusive scan of the topmost level, in one workgroup, from the state carried in by the block before.
// Grid     x 1, y (and z) series
// Barriers storage, between levels of the tree
#import "scan/params.wgsl"
#ifdef LANE
#import "scan/team_lane.wgsl"
#endif
#import ELEMENT

#import "scan/tree.wgsl"

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y + group.z * 65535u;
  if (s >= params.num_series) { return; }
  let leaves = ceil_div(series_steps(s), params.leaf_steps);
  if (leaves == 0u) { return; }
  let elements_base = params.element_offset + s * params.element_stride;
  let states_base = params.state_offset + s * params.state_stride;
  team_init(invocation);
  up_sweep(elements_base, leaves);
  state_copy(s, states_base + leaves - 1u, team == 0u);
  down_sweep(states_base, elements_base, leaves);
}
