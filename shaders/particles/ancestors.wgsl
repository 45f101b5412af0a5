// Systematic resampling: ancestor k is the first particle whose weight, with those before, is more than ⌊(k total + v)/N⌋, v the
// same share of the total for all. In whole numbers, so that every particle has ⌊N w⌋ or ⌈N w⌉ descendants, exactly.

// ⌊(k total + v)/N⌋ = k ⌊total/N⌋ + ⌊v/N⌋ + ⌊(k r + r')/N⌋, r and r' what those divisions leave
fn place_of(s: u32, k: u32) -> vec2u {
  let at = s * CONTROL + PLACES;
  let rest = add_wide(times_wide(vec2u(control[at + 2u], 0u), k), vec2u(control[at + 5u], 0u));
  let whole = add_wide(times_wide(vec2u(control[at], control[at + 1u]), k), vec2u(control[at + 3u], control[at + 4u]));
  let more = divide_wide(rest, params.num_particles);
  return add_wide(whole, more.whole);
}

// The workgroup first, by the sums of those before, then the particle in it.
fn ancestor_of(s: u32, slot: u32, k: u32) -> u32 {
  let place = place_of(s, k);
  var low = 0u;
  var high = params.num_blocks - 1u;
  for (var bits = 0u; bits < 32u; bits++) {
    if (low == high) { break; }
    let middle = (low + high + 1u) / 2u;
    let at = (s * params.num_blocks + middle) * 3u;
    if (less_wide(place, vec2u(prefixes[at], prefixes[at + 1u]))) { high = middle - 1u; } else { low = middle; }
  }
  let at = (s * params.num_blocks + low) * 3u;
  let rest = subtract_wide(place, vec2u(prefixes[at], prefixes[at + 1u]));
  let shift = prefixes[at + 2u];
  var first = low * WORKGROUP;
  var last = min(first + WORKGROUP, params.num_particles) - 1u;
  for (var bits = 0u; bits < 32u; bits++) {
    if (first == last) { break; }
    let middle = (first + last) / 2u;
    if (less_wide(rest, shift_right_wide(cumulative[cumulative_at(slot, s, middle)], shift))) { last = middle; } else { first = middle + 1u; }
  }
  return first;
}
