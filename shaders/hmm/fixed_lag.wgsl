// fixed_lag: the windows t … min(t + L, T − 1) of a block, each by itself, from their last step in the block to their first.
// Grid     x, y teams, one for each of num_items windows of all series
// A window that began in a later block goes on from β in states[s, t mod L], and one that goes on in an earlier block leaves its own.
#import "scan/params.wgsl"
#ifdef LANE
#import "scan/team_lane.wgsl"
#endif
#import ELEMENT

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let number = group.x + groups.x * group.y;
  team_init(invocation, number);
#ifdef LANE
  let item = number * WORKGROUP + invocation;
#else
  let item = number;
#endif
  let s = item / params.num_items;
  if (s >= params.num_series) { return; }
  let steps = series_steps(s);
  let ahead = params.block_start + params.first_item + item % params.num_items;
  if (steps == 0u || ahead < params.lag || ahead - params.lag >= params.block_start + steps) { return; }
  let t = ahead - params.lag;
  let last = min(ahead, indices[s] - 1u);
  let begins = last < params.block_start + steps;
  let ends = t >= params.block_start;
  let from_step = select(steps, last + 1u - params.block_start, begins);
  let to_step = select(0u, t + 1u - params.block_start, ends);
  run_window(s, from_step, to_step, s * params.lag + t % max(params.lag, 1u), begins, ends);
}
