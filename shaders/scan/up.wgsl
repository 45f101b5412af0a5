// up: one more level of the spine: combines LEAVES elements of a level into one total of the next.
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
  up_sweep(elements_base, leaves);
  element_copy(elements_base + leaves - 1u, params.total_offset + s * params.total_stride + group.x, team == 0u);
}
