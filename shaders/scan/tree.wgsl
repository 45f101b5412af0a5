// Blelloch up-sweep and down-sweep over LEAVES slots of one workgroup, any element, any number of leaves.
//
// The aggregate of the leaves [lo, hi) stands in slot min(hi, leaves) − 1, so leaves that do not exist need no identity.
// The sweep down carries *states*: the state before a node goes to its first child; applying the first child's
// aggregate to it gives the state before the second child. Slots are in storage, so barriers are storage barriers.
fn up_sweep(base: u32, leaves: u32) {
  for (var span = 1u; span < LEAVES; span *= 2u) {
    storageBarrier();
    for (var first = 0u; first < LEAVES / (2u * span); first += TEAMS) {
      let lo = 2u * span * (first + team);
      let mid = lo + span;
      let hi = min(mid + span, leaves);
      element_combine(base + mid - 1u, base + hi - 1u, mid < leaves);
    }
  }
  storageBarrier();
}

// states[base + leaves − 1] holds the state before leaf 0 on entry; on exit each slot holds the state before its leaf.
fn down_sweep(base: u32, elements_base: u32, leaves: u32) {
  for (var span = LEAVES / 2u; span > 0u; span /= 2u) {
    storageBarrier();
    for (var first = 0u; first < LEAVES / (2u * span); first += TEAMS) {
      let lo = 2u * span * (first + team);
      let mid = lo + span;
      let hi = min(mid + span, leaves);
      state_split(base + mid - 1u, base + hi - 1u, elements_base + mid - 1u, mid < leaves);
    }
  }
  storageBarrier();
}
