// newton_blocks: newton_lane.wgsl with A the diagonals of B × B blocks of K = n/B coordinates: B = 1 a diagonal A (quasi-DEER), or,
// with DIAGONAL = 2, one number for all (Picard 1). TRUST: within a trust region, see recurrence/trust_lane.wgsl.
// Combine  block by block, coordinate by coordinate
// Layout   f32 A[B,B,K] b[n] l; states f32 δ[n] and the largest |δ|
// Source   Gonzalez et al. 2024, arXiv:2407.19115 (quasi-DEER)
// Needs    const STATE_DIM = n, BLOCKS = B, DIAGONAL: 0 exact, 1 z ∘ J z for the probe z, 2 constant; INPUT_DIM, PARAMETERS
const N2: u32 = BLOCKS * STATE_DIM;
const SIDE: u32 = STATE_DIM / BLOCKS;
const ELEMENT_FLOATS: u32 = N2 + STATE_DIM + 1u;
const STATE_FLOATS: u32 = STATE_DIM + 1u;
alias Vector = array<f32, STATE_DIM>;
alias Diagonals = array<f32, N2>;

@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> elements: array<f32>;
@group(0) @binding(5) var<storage, read_write> states: array<f32>;
#import "recurrence/trajectory_lane.wgsl"
#import "recurrence/diagonal_lane.wgsl"
#ifdef TRUST
#import "recurrence/trust_lane.wgsl"
#endif

#import "lib/copy_lane.wgsl"

// A B
fn product(a: ptr<function, Diagonals>, b: ptr<function, Diagonals>) -> Diagonals {
  var out: Diagonals;
  for (var i = 0u; i < BLOCKS; i++) {
    for (var j = 0u; j < BLOCKS; j++) {
      for (var k = 0u; k < SIDE; k++) {
        var sum = 0.0;
        for (var c = 0u; c < BLOCKS; c++) { sum += (*a)[(i * BLOCKS + c) * SIDE + k] * (*b)[(c * BLOCKS + j) * SIDE + k]; }
        out[(i * BLOCKS + j) * SIDE + k] = tame(sum);
      }
    }
  }
  return out;
}

// A x + b
fn affine(a: ptr<function, Diagonals>, x: ptr<function, Vector>, b: ptr<function, Vector>) -> Vector {
  var out = *b;
  for (var i = 0u; i < BLOCKS; i++) {
    for (var c = 0u; c < BLOCKS; c++) {
      for (var k = 0u; k < SIDE; k++) { out[i * SIDE + k] += (*a)[(i * BLOCKS + c) * SIDE + k] * (*x)[c * SIDE + k]; }
    }
  }
  return out;
}

fn element_slope(slot: u32) -> Diagonals {
  var out: Diagonals;
  for (var i = 0u; i < N2; i++) { out[i] = elements[slot * ELEMENT_FLOATS + i]; }
  return out;
}

fn element_offset(slot: u32) -> Vector {
  var out: Vector;
  for (var i = 0u; i < STATE_DIM; i++) { out[i] = elements[slot * ELEMENT_FLOATS + N2 + i]; }
  return out;
}

fn put_element(slot: u32, a: ptr<function, Diagonals>, b: ptr<function, Vector>, merit: f32) {
  for (var i = 0u; i < N2; i++) { elements[slot * ELEMENT_FLOATS + i] = (*a)[i]; }
  for (var i = 0u; i < STATE_DIM; i++) { elements[slot * ELEMENT_FLOATS + N2 + i] = (*b)[i]; }
  elements[slot * ELEMENT_FLOATS + N2 + STATE_DIM] = merit;
}

fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  let p = step_parameters();
  var a: Diagonals;
  for (var i = 0u; i < BLOCKS; i++) {
    for (var k = 0u; k < SIDE; k++) { a[(i * BLOCKS + i) * SIDE + k] = 1.0; }
  }
  var b: Vector;
  var merit = 0.0;
#ifdef TRUST
  var variance = variance_before(params.num_series + slot);
#endif
  for (var t = lo; t < hi; t++) {
    let x = state_before(s, t);
    let u = step_inputs(s, t);
    var r = system(x, u, step_number(s, t), p);
    residual(s, t, &r, &merit);
    var at = slope(x, u, step_number(s, t), p);
#ifdef TRUST
    hold_residual(&variance, &at, &r);
#endif
    a = product(&at, &a);
    b = affine(&at, &b, &r);
    tame_vector(&b);
  }
  put_element(slot, &a, &b, merit);
}

// elements[second] := elements[first] ⊗ elements[second]
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  var ai = element_slope(first);
  var aj = element_slope(second);
  var bi = element_offset(first);
  var bj = element_offset(second);
  var a = product(&aj, &ai);
  var b = affine(&aj, &bi, &bj);
  tame_vector(&b);
  let merit = ELEMENT_FLOATS - 1u;
  put_element(second, &a, &b, elements[first * ELEMENT_FLOATS + merit] + elements[second * ELEMENT_FLOATS + merit]);
}

#import "recurrence/run_lane.wgsl"
