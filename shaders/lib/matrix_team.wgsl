// Dense matrices of one team of TEAM invocations, row-major in `memory`; all functions are called by the whole team.
// Every function starts with its operands visible and ends with a barrier; vectors are n×1 matrices.
// Memory is workgroup memory, or storage (wide) when the matrices are too large for it.
// Needs const TEAM, TEAMS, MEMORY_FLOATS (per team), and from the element ELEMENT_FLOATS and STATE_FLOATS.
const N2: u32 = STATE_DIM * STATE_DIM;
const TRIANGLE: u32 = (N2 + STATE_DIM) / 2u;
const NO_TOLERANCE: f32 = 0.0;
#import "lib/root.wgsl"

@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> elements: array<f32>;
@group(0) @binding(5) var<storage, read_write> states: array<f32>;  // slots 0 … N−1 carry from block to block

var<private> team: u32;
var<private> lane: u32;
var<private> at_team: u32;  // where this team's matrices start
var<private> awake: bool;   // false: this team only keeps the barriers company, it reads and stores no slots

#ifdef TEAM_MEMORY_WORKGROUP
const ALL_FLOATS: u32 = TEAMS * MEMORY_FLOATS;
var<workgroup> memory: array<f32, ALL_FLOATS>;
fn sync() { workgroupBarrier(); }
fn put(at: u32, value: f32) { memory[at_team + at] = value; }
fn entry(at: u32) -> f32 { return memory[at_team + at]; }
#else
// Matrices stand behind the slots: [workgroups, MEMORY_FLOATS] from memory_offset.
fn sync() { storageBarrier(); }
fn put(at: u32, value: f32) { elements[at_team + at] = value; }
fn entry(at: u32) -> f32 { return elements[at_team + at]; }
#endif

fn team_init(invocation: u32, group: u32) {
  team = invocation / TEAM;
  lane = invocation % TEAM;
#ifdef TEAM_MEMORY_WORKGROUP
  at_team = team * MEMORY_FLOATS;
#else
  at_team = params.memory_offset + group * MEMORY_FLOATS;
#endif
}

fn fill(a: u32, count: u32, value: f32) {
  for (var i = lane; i < count; i += TEAM) { put(a + i, value); }
  sync();
}

fn set_identity(a: u32) {
  for (var i = lane; i < N2; i += TEAM) { put(a + i, select(0.0, 1.0, i / STATE_DIM == i % STATE_DIM)); }
  sync();
}

fn copy(a: u32, b: u32, count: u32) {
  for (var i = lane; i < count; i += TEAM) { put(a + i, entry(b + i)); }
  sync();
}

// A := parameters
fn load_parameters(a: u32, source: u32, count: u32) {
  for (var i = lane; i < count; i += TEAM) { put(a + i, parameters[source + i]); }
  sync();
}

fn load_elements(a: u32, source: u32, count: u32) {
  if (awake) {
    for (var i = lane; i < count; i += TEAM) { put(a + i, elements[source + i]); }
  }
  sync();
}

// A := lower triangle packed by rows
fn load_element_factor(a: u32, source: u32) {
  for (var i = lane; i < N2; i += TEAM) {
    let row = i / STATE_DIM;
    let column = i % STATE_DIM;
    var value = 0.0;
    if (column <= row && awake) { value = elements[source + row * (row + 1u) / 2u + column]; }
    put(a + i, value);
  }
  sync();
}

fn store_elements(target_at: u32, a: u32, count: u32) {
  if (awake) {
    for (var i = lane; i < count; i += TEAM) { elements[target_at + i] = entry(a + i); }
  }
}

fn store_element_factor(target_at: u32, a: u32) {
  if (awake) {
    for (var i = lane; i < N2; i += TEAM) {
      let row = i / STATE_DIM;
      let column = i % STATE_DIM;
      if (column <= row) { elements[target_at + row * (row + 1u) / 2u + column] = entry(a + i); }
    }
  }
}

fn state_copy(source: u32, target_slot: u32, here: bool) {
  if (here) {
    for (var i = lane; i < STATE_FLOATS; i += TEAM) { states[target_slot * STATE_FLOATS + i] = states[source * STATE_FLOATS + i]; }
  }
}

fn element_copy(source: u32, target_slot: u32, here: bool) {
  if (here) {
    for (var i = lane; i < ELEMENT_FLOATS; i += TEAM) { elements[target_slot * ELEMENT_FLOATS + i] = elements[source * ELEMENT_FLOATS + i]; }
  }
}

// C := A B, A r×q, B q×c
fn product(c_at: u32, a: u32, b: u32, r: u32, q: u32, c: u32) {
  for (var i = lane; i < r * c; i += TEAM) {
    let row = i / c;
    let column = i % c;
    var sum = 0.0;
    for (var k = 0u; k < q; k++) { sum += entry(a + row * q + k) * entry(b + k * c + column); }
    put(c_at + i, sum);
  }
  sync();
}

// C := P B, P r×q in parameters
fn product_parameters(c_at: u32, p: u32, b: u32, r: u32, q: u32, c: u32) {
  for (var i = lane; i < r * c; i += TEAM) {
    let row = i / c;
    let column = i % c;
    var sum = 0.0;
    for (var k = 0u; k < q; k++) { sum += parameters[p + row * q + k] * entry(b + k * c + column); }
    put(c_at + i, sum);
  }
  sync();
}

// C := E B, E r×q in elements
fn product_elements(c_at: u32, e: u32, b: u32, r: u32, q: u32, c: u32) {
  for (var i = lane; i < r * c; i += TEAM) {
    let row = i / c;
    let column = i % c;
    var sum = 0.0;
    if (awake) {
      for (var k = 0u; k < q; k++) { sum += elements[e + row * q + k] * entry(b + k * c + column); }
    }
    put(c_at + i, sum);
  }
  sync();
}

// C := Aᵀ B, A q×r, B q×c
fn product_transposed(c_at: u32, a: u32, b: u32, r: u32, q: u32, c: u32) {
  for (var i = lane; i < r * c; i += TEAM) {
    let row = i / c;
    let column = i % c;
    var sum = 0.0;
    for (var k = 0u; k < q; k++) { sum += entry(a + k * r + row) * entry(b + k * c + column); }
    put(c_at + i, sum);
  }
  sync();
}

// x := elements[b] + x, n entries
fn add_element_vector(x: u32, b: u32) {
  if (awake) {
    for (var i = lane; i < STATE_DIM; i += TEAM) { put(x + i, entry(x + i) + elements[b + i]); }
  }
  sync();
}

// x := parameters[b] + x, n entries
fn add_parameter_vector(x: u32, b: u32) {
  for (var i = lane; i < STATE_DIM; i += TEAM) { put(x + i, entry(x + i) + parameters[b + i]); }
  sync();
}

// C += scale · A B
fn add_product(c_at: u32, scale: f32, a: u32, b: u32, r: u32, q: u32, c: u32) {
  for (var i = lane; i < r * c; i += TEAM) {
    let row = i / c;
    let column = i % c;
    var sum = 0.0;
    for (var k = 0u; k < q; k++) { sum += entry(a + row * q + k) * entry(b + k * c + column); }
    put(c_at + i, entry(c_at + i) + scale * sum);
  }
  sync();
}

// C += Aᵀ B, A q×r
fn add_product_transposed(c_at: u32, a: u32, b: u32, r: u32, q: u32, c: u32) {
  for (var i = lane; i < r * c; i += TEAM) {
    let row = i / c;
    let column = i % c;
    var sum = 0.0;
    for (var k = 0u; k < q; k++) { sum += entry(a + k * r + row) * entry(b + k * c + column); }
    put(c_at + i, entry(c_at + i) + sum);
  }
  sync();
}

// C := Aᵀ, A r×c
fn transpose(c_at: u32, a: u32, r: u32, c: u32) {
  for (var i = lane; i < r * c; i += TEAM) { put(c_at + (i % c) * r + i / c, entry(a + i)); }
  sync();
}

// [L W; X V] → [L' 0; X' V'] by rotations: see lib/arrow_lane.wgsl. L r×r lower triangular, W r×c (used up), X s×r of which the
// first `zeroed` rows are taken as zero, V s×c. Every invocation forms the rotations of row k for itself and turns its rows.
// One barrier per pivot.
fn arrow(l: u32, w: u32, x: u32, v: u32, r: u32, c: u32, s: u32, zeroed: u32, tolerance: f32) {
  for (var k = 0u; k < r; k++) {
    let above = r - k - 1u;
    var total = entry(l + k * r + k) * entry(l + k * r + k);
    for (var j = 0u; j < c; j++) { total += entry(w + k * c + j) * entry(w + k * c + j); }
    var row2 = 0.0;
    for (var j = 0u; j < k; j++) { row2 += entry(l + k * r + j) * entry(l + k * r + j); }
    let vanishes = total <= tolerance * tolerance * row2;
    var rho = 0.0;
    // One pass more than there are rows to turn: the last only follows the pivot.
    for (var i = lane; i < above + s + TEAM; i += TEAM) {
      let turns = i < above + s;
      let inside = i < above;
      let corner = select(x + (i - above) * r + k, l + (k + 1u + i) * r + k, inside);
      let row = select(v + (i - above) * c, w + (k + 1u + i) * c, inside);
      var a = 0.0;
      if (inside || (turns && i - above >= zeroed)) { a = entry(corner); }
      rho = select(entry(l + k * r + k), 0.0, vanishes);
      if (!vanishes) {
        for (var back = 0u; back < c; back++) {
          let j = c - 1u - back;
          let wk = entry(w + k * c + j);
          let square = rho * rho + wk * wk;
          if (wk != 0.0 && square > TINY) {
            let inverse = inverse_root(square);
            let s = select(wk * inverse, sign(wk), rho == 0.0);  // columns that only change places stay exact
            if (turns) {
              let b = entry(row + j);
              put(row + j, rho * inverse * b - s * a);
              a = rho * inverse * a + s * b;
            }
            rho = select(square * inverse, abs(wk), rho == 0.0);
          }
        }
      }
      if (turns) { put(corner, a); }
    }
    sync();
    if (lane == 0u) { put(l + k * r + k, rho); }
  }
  sync();
}

fn scaled(x: f32, inverse: f32, lone: bool) -> f32 { return select(x * inverse, sign(x), lone); }

// [L W] → [L' 0] by reflections, L' lower triangular with L'L'ᵀ = LLᵀ + WWᵀ; W r×c is used up. Rows of both after the first r,
// up to `rows`, are only turned along.
fn arrow_top(l: u32, w: u32, r: u32, c: u32, rows: u32) {
  for (var k = 0u; k < r; k++) {
    let diagonal = l + k * r + k;
    let x0 = entry(diagonal);
    var peak = 0.0;
    var entries = 0.0;
    for (var j = 0u; j < c; j++) {
      peak = max(peak, abs(entry(w + k * c + j)));
      entries += abs(sign(entry(w + k * c + j)));
    }
    var out = x0;
    if (peak > 0.0) {
      let lone = x0 == 0.0 && entries == 1.0;  // columns only change places: scaled to one, they do so exactly
      let scale = select(power_of_two(max(peak, abs(x0))), peak, lone);
      let inverse = 1.0 / scale;
      let h = x0 * inverse;
      var norm2 = h * h;
      for (var j = 0u; j < c; j++) {
        let wj = scaled(entry(w + k * c + j), inverse, lone);
        norm2 += wj * wj;
      }
      let norm = sqrt(norm2);
      let pivot = h + select(-norm, norm, h >= 0.0);
      let beta = 1.0 / (norm * abs(pivot));
      out = select(norm, -norm, h >= 0.0) * scale;
      for (var i = k + 1u + lane; i < rows; i += TEAM) {
        let row = w + i * c;
        let value = entry(l + i * r + k);
        var d = value * pivot;
        for (var j = 0u; j < c; j++) { d += entry(row + j) * scaled(entry(w + k * c + j), inverse, lone); }
        d *= beta;
        put(l + i * r + k, value - d * pivot);
        for (var j = 0u; j < c; j++) { put(row + j, entry(row + j) - d * scaled(entry(w + k * c + j), inverse, lone)); }
      }
    }
    sync();
    if (lane == 0u) { put(diagonal, out); }
  }
  sync();
}

// U := U L⁻ᵀ, row by row; L lower triangular n×n
fn solve_rows(u: u32, l: u32) {
  for (var i = lane; i < STATE_DIM; i += TEAM) {
    for (var k = 0u; k < STATE_DIM; k++) {
      var value = entry(u + i * STATE_DIM + k);
      for (var j = 0u; j < k; j++) { value -= entry(u + i * STATE_DIM + j) * entry(l + k * STATE_DIM + j); }
      put(u + i * STATE_DIM + k, value / entry(l + k * STATE_DIM + k));
    }
  }
  sync();
}

// X := X L⁻¹, row by row; L lower triangular n×n, a zero pivot gives a zero column
fn solve_rows_back(x: u32, l: u32) {
  for (var i = lane; i < STATE_DIM; i += TEAM) {
    for (var back = 0u; back < STATE_DIM; back++) {
      let k = STATE_DIM - 1u - back;
      var value = entry(x + i * STATE_DIM + k);
      for (var j = k + 1u; j < STATE_DIM; j++) { value -= entry(x + i * STATE_DIM + j) * entry(l + j * STATE_DIM + k); }
      let pivot = entry(l + k * STATE_DIM + k);
      put(x + i * STATE_DIM + k, select(value / pivot, 0.0, pivot == 0.0));
    }
  }
  sync();
}

// Index in an n×n matrix of entry k of its lower triangle packed by rows.
fn triangle_entry(k: u32) -> u32 {
  var row = u32((sqrt(8.0 * f32(k) + 1.0) - 1.0) * 0.5);
  if (row * (row + 1u) / 2u > k) { row -= 1u; }
  if ((row + 1u) * (row + 2u) / 2u <= k) { row += 1u; }
  return row * STATE_DIM + k - row * (row + 1u) / 2u;
}
