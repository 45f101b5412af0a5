// recurrence_decide: the merit of every series after the up-sweeps; which series go on, and whether anything is dispatched at all.
// A series that stops gets length 0: no kernel touches it any more, and its result stays in the buffer of its last update.
// Grid     one workgroup
struct Params {
  num_series: u32,
  top_offset: u32,        // slots of the topmost level in elements, and how many a series has there
  top_stride: u32,
  leaf_steps: u32,        // steps under one of them
  element_floats: u32,
  max_updates: u32,
  polish: u32,            // updates after the tolerance is met
  merit_stride: u32,
  num_groups: u32,        // words of groups
  sums: u32,              // 1: the merit is the sum over all slots of a series, 0: it stands in the last
}
const OPEN: u32 = 0u;
const REACHED: u32 = 1u;
const STOPPED: u32 = 2u;
const NOT_YET: u32 = 0xffffffffu;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> elements: array<f32>;
@group(0) @binding(2) var<storage, read_write> indices: array<u32>;   // [N] lengths
@group(0) @binding(3) var<storage, read_write> control: array<u32>;   // [N, 4] state, updates until the tolerance, updates made, –; then calls of this kernel
@group(0) @binding(4) var<storage, read_write> merits: array<f32>;    // [N, merit_stride] per step, by update; then the tolerance
@group(0) @binding(5) var<storage, read_write> groups: array<u32>;    // workgroups of the kernels to come

var<workgroup> going: atomic<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  if (group.x + group.y > 0u) { return; }
  let tolerance = merits[params.num_series * params.merit_stride];
  let looks = control[4u * params.num_series];
  var goes = 0u;
  for (var s = invocation; s < params.num_series; s += WORKGROUP) {
    let length = indices[s];
    if (length == 0u) { continue; }
    let leaves = (length + params.leaf_steps - 1u) / params.leaf_steps;
    let slots = params.top_offset + s * params.top_stride;
    var sum = 0.0;
    for (var leaf = select(leaves - 1u, 0u, params.sums == 1u); leaf < leaves; leaf++) {
      sum += elements[(slots + leaf + 1u) * params.element_floats - 1u];
    }
    let merit = sum / f32(length);
    merits[s * params.merit_stride + looks] = merit;
    let at = 4u * s;
    if (control[at] == OPEN && merit <= tolerance) {
      control[at] = REACHED;
      control[at + 1u] = control[at + 2u];
    }
    let made = control[at + 2u];
    var more = made < params.max_updates;
    if (control[at] == REACHED) { more = made < control[at + 1u] + params.polish; }
    if (more) {
      control[at + 2u] = made + 1u;
      goes = 1u;
    } else {
      if (control[at] == OPEN) { control[at] = STOPPED; }
      indices[s] = 0u;
    }
  }
  if (goes == 1u) { atomicOr(&going, 1u); }
  workgroupBarrier();
  if (invocation == 0u) { control[4u * params.num_series] = looks + 1u; }
  if (atomicLoad(&going) == 0u) {
    for (var k = invocation; k < params.num_groups; k += WORKGROUP) { groups[k] = 0u; }
  }
}
