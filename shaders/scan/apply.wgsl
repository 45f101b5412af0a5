// apply: down-sweep of the chunk aggregates from the spine's state, then the ordinary recursion over each chunk.
// Grid     x workgroups of LEAVES chunks, y (and z) series
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
  for (var i = 0u; i < leaves; i += TEAMS) {
    let leaf = i + team;
    let here = leaf < leaves;
    let index = first + min(leaf, leaves - 1u);
    let lo = select(index, count - 1u - index, params.reverse == 1u) * params.chunk_length;
    let hi = min(lo + params.chunk_length, series_steps(s));
    run_chunk(s, lo, hi, params.chunk_length, states_base + leaf, first + leaf + 1u == count, here);
  }
}
