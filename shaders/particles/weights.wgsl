// Weights of the particles of a workgroup as whole numbers, which add up exactly: exp(l) = f 2ⁿ is ⌊f 2^(39 + n − e)⌋, e the largest n of the workgroup.
// The spine brings all workgroups to one e by shifting their sums. A weight below 2⁻³⁹ of the largest is 0.
#import "lib/wide.wgsl"
const NOTHING: i32 = -1073741824;  // exponent of 0
const LEAST: f32 = -5e8;           // log weights below are those of 0
const BITS: i32 = 39;

var<workgroup> counts_low: array<u32, WORKGROUP>;
var<workgroup> counts_high: array<u32, WORKGROUP>;
var<workgroup> exponents: array<i32, WORKGROUP>;
var<workgroup> sums: array<vec4f, WORKGROUP>;

struct Weight {
  f: f32,
  n: i32,
}

// n = round(l / log 2), l − n log 2 in two parts (Cody & Waite), Taylor polynomial of degree 7
fn weight_of(l: f32) -> Weight {
  if (l < LEAST) { return Weight(0.0, NOTHING); }
  let n = round(min(l, 5e8) * 1.44269504);
  let r = clamp((min(l, 5e8) - n * 0.693359375) + n * 0.00021219444, -1.0, 1.0);
  let f = 1.0 + r * (1.0 + r * (0.5 + r * (0.16666667 + r * (0.041666667 + r * (0.008333333 + r * (0.0013888889 + r * 0.0001984127))))));
  return Weight(f, i32(n));
}

// l − n log 2
fn less_exponent(l: f32, n: i32) -> f32 { return (l - f32(n) * 0.693359375) + f32(n) * 0.00021219444; }

// 2^j, 0 below 2⁻¹²⁶; j ≤ 0
fn scale_of(j: i32) -> f32 { return select(bitcast<f32>(u32(max(j, -126) + 127) << 23u), 0.0, j < -126); }

fn count_of(w: Weight, largest: i32) -> vec2u {
  if (w.n == NOTHING) { return vec2u(0u, 0u); }
  let whole = vec2u(u32(w.f * 8388608.0), 0u);
  let shift = BITS - 23 + max(w.n - largest, -64);
  if (shift >= 0) { return shift_left_wide(whole, u32(shift)); }
  return shift_right_wide(whole, u32(-shift));
}

fn workgroup_largest(lane: u32, candidate: i32) -> i32 {
  exponents[lane] = candidate;
  workgroupBarrier();
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    if (lane < half) { exponents[lane] = max(exponents[lane], exponents[lane + half]); }
    workgroupBarrier();
  }
  let largest = exponents[0];
  workgroupBarrier();
  return largest;
}

fn workgroup_sum(lane: u32, term: vec4f) -> vec4f {
  sums[lane] = term;
  workgroupBarrier();
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    if (lane < half) { sums[lane] = sums[lane] + sums[lane + half]; }
    workgroupBarrier();
  }
  let all = sums[0];
  workgroupBarrier();
  return all;
}

// The sum up to and with this invocation; all of them stand in counts_low, counts_high afterwards.
fn workgroup_scan(lane: u32, count: vec2u) -> vec2u {
  var sum = count;
  counts_low[lane] = sum.x;
  counts_high[lane] = sum.y;
  workgroupBarrier();
  for (var reach = 1u; reach < WORKGROUP; reach *= 2u) {
    var earlier = vec2u(0u, 0u);
    if (lane >= reach) { earlier = vec2u(counts_low[lane - reach], counts_high[lane - reach]); }
    workgroupBarrier();
    sum = add_wide(sum, earlier);
    counts_low[lane] = sum.x;
    counts_high[lane] = sum.y;
    workgroupBarrier();
  }
  return sum;
}
