// sequential: the ordinary recursion over the whole block, one series per team, from the state carried in.
// Grid     x workgroups of TEAMS series (y continues x)
#import "scan/params.wgsl"
#ifdef LANE
#import "scan/team_lane.wgsl"
#endif
#import ELEMENT

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  team_init(invocation);
  let s = (group.x + group.y * 65535u) * TEAMS + team;
  let here = s < params.num_series;
  let series = min(s, params.num_series - 1u);
  let steps = series_steps(series);
  run_chunk(series, 0u, steps, series, true, here && steps > 0u);
}
