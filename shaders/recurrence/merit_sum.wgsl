// The sum of the merits of a workgroup's invocations: the first of them gets it.
// Barriers workgroup
var<workgroup> merits: array<f32, WORKGROUP>;

fn sum_merits(invocation: u32, merit: f32) -> f32 {
  merits[invocation] = merit;
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (invocation < half) { merits[invocation] += merits[invocation + half]; }
  }
  return merits[invocation];
}
