// recurrence_slide: where the window of every series goes on, from the merits of its steps. The longest prefix whose merit per step is at
// most the tolerance is done once `polish` more updates are made: the window then starts behind it. So the merit of what is done is at
// most the tolerance too. A series that is through, or has no updates left, gets length 0.
// Grid     x (y continues x): one workgroup per series
// Barriers workgroup, for sums over the window
struct Params {
  num_series: u32,
  window: u32,            // W
  max_updates: u32,
  polish: u32,            // updates after the tolerance is met
  merit_stride: u32,
  num_groups: u32,        // words of groups
}
const OPEN: u32 = 0u;
const REACHED: u32 = 1u;
const STOPPED: u32 = 2u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> elements: array<f32>;          // [N, W] merits of the steps of the window
@group(0) @binding(2) var<storage, read_write> indices: array<u32>;     // [N] steps of the window, [N] steps before it
@group(0) @binding(3) var<storage, read_write> control: array<u32>;     // [N, 4] state, updates until the tolerance, updates made, length
@group(0) @binding(4) var<storage, read_write> merits: array<f32>;      // [N, merit_stride] of the window; the tolerance; [N] of what is done
@group(0) @binding(5) var<storage, read_write> groups: array<u32>;      // workgroups of the kernels to come
@group(0) @binding(6) var<storage, read_write> reached: array<u32>;     // [N, merit_stride] ends of prefixes, by update
@group(0) @binding(7) var<storage, read_write> open_series: array<atomic<u32>, 1>;

var<workgroup> sums: array<f32, WORKGROUP>;
var<workgroup> furthest: atomic<u32>;
var<workgroup> done: f32;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let s = group.x + group.y * 65535u;
  if (s >= params.num_series) { return; }
  let length = indices[s];
  let start = indices[params.num_series + s];
  let made = control[4u * s + 2u];
  let tolerance = merits[params.num_series * params.merit_stride];
  let at = s * params.window;
  let share = (length + WORKGROUP - 1u) / WORKGROUP;
  let lo = min(invocation * share, length);
  let hi = min(lo + share, length);
  var own = 0.0;
  for (var t = lo; t < hi; t++) { own += elements[at + t]; }
  sums[invocation] = own;
  if (invocation == 0u) { done = 0.0; }
  workgroupBarrier();
  var total = 0.0;
  var ahead = 0.0;
  for (var k = 0u; k < WORKGROUP; k++) {
    if (k == invocation) { ahead = total; }
    total += sums[k];
  }
  var sum = ahead;
  for (var t = lo; t < hi; t++) {
    sum += elements[at + t];
    if (sum <= f32(t + 1u) * tolerance) { atomicMax(&furthest, t + 1u); }
  }
  workgroupBarrier();
  let end = start + atomicLoad(&furthest);
  var past = end;
  if (params.polish > 0u) {
    past = start;
    if (made >= params.polish) { past = clamp(reached[s * params.merit_stride + made - params.polish], start, end); }
  }
  // Whoever has the last step that is done tells the merit up to there.
  if (past > start + lo && past <= start + hi) {
    sum = ahead;
    for (var t = lo; start + t < past; t++) { sum += elements[at + t]; }
    done = sum;
  }
  storageBarrier();
  workgroupBarrier();
  if (invocation > 0u || length == 0u) { return; }
  reached[s * params.merit_stride + made] = end;
  merits[s * params.merit_stride + made] = total / f32(length);
  let full = control[4u * s + 3u];
  if (control[4u * s] == OPEN && end == full) {
    control[4u * s] = REACHED;
    control[4u * s + 1u] = made;
  }
  var more = made < params.max_updates;
  if (control[4u * s] == REACHED) { more = made < control[4u * s + 1u] + params.polish; }
  let place = params.num_series * params.merit_stride + 1u + s;
  merits[place] += select(total, done, more);
  if (more) {
    control[4u * s + 2u] = made + 1u;
    indices[params.num_series + s] = past;
    indices[s] = min(params.window, full - past);
    return;
  }
  if (control[4u * s] == OPEN) { control[4u * s] = STOPPED; }
  indices[s] = 0u;
  if (atomicSub(&open_series[0], 1u) == 1u) {
    for (var k = 0u; k < params.num_groups; k++) { groups[k] = 0u; }
  }
}
