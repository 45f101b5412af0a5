// newton_mobius: variances of an update within a trust region, coordinate by coordinate, as maps of the variance before the range:
//   P_t = (a² σ² P_{t−1} + σ²) / (a² P_{t−1} + 1 + σ²),  a = (1 − k) clip(∂f_i/∂x_i)
// All entries of the matrices of these maps are ≥ 0: nothing cancels.
// Combine  Mᵢ⊗Mⱼ = MⱼMᵢ over its largest entry, i earlier
// Layout   f32 M[n,4] by rows, the largest entry 1; states f32 P[n]
// Source   Gonzalez et al. 2024, arXiv:2407.19115 (quasi-ELK); products of Möbius maps: ours
// Needs    const STATE_DIM = n, BLOCKS = 1, DIAGONAL: 0 exact, 1 z ∘ J z; INPUT_DIM, PARAMETERS
const N2: u32 = STATE_DIM;
const SIDE: u32 = STATE_DIM;
const ELEMENT_FLOATS: u32 = 4u * STATE_DIM;
const STATE_FLOATS: u32 = STATE_DIM;
alias Vector = array<f32, STATE_DIM>;
alias Diagonals = array<f32, N2>;

@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> elements: array<f32>;
@group(0) @binding(5) var<storage, read_write> states: array<f32>;
#import "recurrence/trajectory_lane.wgsl"
#import "recurrence/diagonal_lane.wgsl"
#import "recurrence/mobius.wgsl"

#import "lib/copy_lane.wgsl"

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  let p = step_parameters();
  var maps: array<vec4f, STATE_DIM>;
  for (var i = 0u; i < STATE_DIM; i++) { maps[i] = SAME; }
  for (var t = lo; t < hi; t++) {
    let a = slope(state_before(s, t), step_inputs(s, t), step_number(s, t), p);
    for (var i = 0u; i < STATE_DIM; i++) { maps[i] = mobius_product(mobius_step(a[i]), maps[i]); }
  }
  for (var i = 0u; i < STATE_DIM; i++) { put_map(slot, i, maps[i]); }
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  for (var i = 0u; i < STATE_DIM; i++) { put_map(second, i, mobius_product(map_of(second, i), map_of(first, i))); }
}

// states[first] := states[second];  states[second] := the map of it
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  for (var i = 0u; i < STATE_DIM; i++) { split_variance(first, second, element, i); }
}
