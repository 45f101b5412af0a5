  // Which chunk of which lane: chunks run fastest. Returns from invocations that have none.
  let index = id.x + id.y * 65535u * WORKGROUP;
  let chunk = index % params.chunks;
  let lane = index / params.chunks;
  if (lane >= params.num_lanes) { return; }
  let items = (lane_steps(lane) + params.item_steps - 1u) / params.item_steps;
  let lo = chunk * params.chunk_length;
  if (lo >= items) { return; }
  let hi = min(lo + params.chunk_length, items);
