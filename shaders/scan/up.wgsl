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
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.y + group.z * 65535u;
  if (s >= params.num_series) { return; }
  let count = ceil_div(series_steps(s), params.leaf_steps);
  let first = group.x * LEAVES;
  if (first >= count) { return; }
  let leaves = min(LEAVES, count - first);
  let base = params.element_offset + s * params.element_stride + first;
  team_init(invocation);
  up_sweep(base, leaves);
  element_copy(base + leaves - 1u, params.total_offset + s * params.total_stride + group.x, team == 0u);
}
