// reduce: folds each chunk into one element, then combines the chunks of a workgroup by an up-sweep.
// Grid     x workgroups of LEAVES chunks, y (and z) series
// Keeps    the up-swept tree (level 0) and one total per workgroup (level 1)
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
  for (var i = 0u; i < leaves; i += TEAMS) {
    let leaf = i + team;
    let here = leaf < leaves;
    let index = first + min(leaf, leaves - 1u);
    let lo = select(index, count - 1u - index, params.reverse == 1u) * params.chunk_length;
    let hi = min(lo + params.chunk_length, series_steps(s));
    fold_chunk(s, lo, hi, elements_base + leaf, here);
  }
  up_sweep(elements_base, leaves);
  element_copy(elements_base + leaves - 1u, params.total_offset + s * params.total_stride + group.x, team == 0u);
}
