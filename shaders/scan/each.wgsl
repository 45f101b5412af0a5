// each: the element of every single step, for scans that share its matrices between many lanes.
// Grid     x, y workgroups of TEAMS steps of all series
// Keeps    elements [N, steps]
#import "scan/params.wgsl"
#ifdef LANE
#import "scan/team_lane.wgsl"
#endif
#import ELEMENT

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let number = group.x + groups.x * group.y;
  team_init(invocation, number);
  let item = number * TEAMS + team;
  let s = min(item / params.block_steps, params.num_series - 1u);
  let t = item % params.block_steps;
  let here = item < params.num_series * params.block_steps && t < series_steps(s);
  let step = min(t, max(series_steps(s), 1u) - 1u);
  fold_chunk(s, step, step + 1u, item, here);
}
