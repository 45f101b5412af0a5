// Möbius maps of variances as 2 × 2 matrices (x, y; z, w) with no entry below 0, known up to a factor.
const SAME: vec4f = vec4f(1.0, 0.0, 0.0, 1.0);

// (a² σ², σ²; a², 1 + σ²) over 1 + σ²
fn mobius_step(a: f32) -> vec4f {
  let square = squared_slope(a);
  let trust = parameters[4];
  let share = trust / (1.0 + trust);
  return vec4f(square * share, share, square / (1.0 + trust), 1.0);
}

// M N over its largest entry
fn mobius_product(m: vec4f, n: vec4f) -> vec4f {
  let product = vec4f(m.x * n.x + m.y * n.z, m.x * n.y + m.y * n.w, m.z * n.x + m.w * n.z, m.z * n.y + m.w * n.w);
  return product / max(max(product.x, product.y), max(max(product.z, product.w), 1e-37));
}

fn map_of(slot: u32, i: u32) -> vec4f {
  let at = slot * ELEMENT_FLOATS + 4u * i;
  return vec4f(elements[at], elements[at + 1u], elements[at + 2u], elements[at + 3u]);
}

fn put_map(slot: u32, i: u32, map: vec4f) {
  let at = slot * ELEMENT_FLOATS + 4u * i;
  for (var k = 0u; k < 4u; k++) { elements[at + k] = map[k]; }
}

// Variance i: states[first] := states[second];  states[second] := (x P + y) / (z P + w)
fn split_variance(first: u32, second: u32, element: u32, i: u32) {
  let P = states[second * STATE_FLOATS + i];
  let map = map_of(element, i);
  states[first * STATE_FLOATS + i] = P;
  states[second * STATE_FLOATS + i] = tame((map.x * P + map.y) / (map.z * P + map.w));
}
