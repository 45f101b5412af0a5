// Opens main of a kernel with a workgroup of LEAVES leaves: which series, which leaves; leaves early when there are none.
  let s = group.y + group.z * 65535u;
  if (s >= params.num_series) { return; }
  let count = ceil_div(series_steps(s), params.leaf_steps);
  let first = group.x * LEAVES;
  if (first >= count) { return; }
  let leaves = min(LEAVES, count - first);
  let elements_base = params.element_offset + s * params.element_stride + first;
  team_init(invocation, group.x + groups.x * (group.y + groups.y * group.z));
