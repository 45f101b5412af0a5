// n×n matrices and n-vectors of one invocation, and how they stand in storage.
// Needs const STATE_DIM = n and, from the element, ELEMENT_FLOATS and STATE_FLOATS.
const N2: u32 = STATE_DIM * STATE_DIM;
const TRIANGLE: u32 = (N2 + STATE_DIM) / 2u;
alias Vector = array<f32, STATE_DIM>;
alias Matrix = array<f32, N2>;

@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> elements: array<f32>;
@group(0) @binding(5) var<storage, read_write> states: array<f32>;  // slots 0 … N−1 carry from block to block

fn parameter_matrix(at: u32) -> Matrix {
  var out: Matrix;
  #for i in 0 .. N2
  out[i] = parameters[at + i];
  #end
  return out;
}

fn element_vector(at: u32) -> Vector {
  var out: Vector;
  #for i in 0 .. STATE_DIM
  out[i] = elements[at + i];
  #end
  return out;
}

fn put_element_vector(at: u32, v: ptr<function, Vector>) {
  #for i in 0 .. STATE_DIM
  elements[at + i] = (*v)[i];
  #end
}

fn element_matrix(at: u32) -> Matrix {
  var out: Matrix;
  #for i in 0 .. N2
  out[i] = elements[at + i];
  #end
  return out;
}

fn put_element_matrix(at: u32, a: ptr<function, Matrix>) {
  #for i in 0 .. N2
  elements[at + i] = (*a)[i];
  #end
}

// Lower triangle packed by rows.
fn element_factor(at: u32) -> Matrix {
  var out: Matrix;
  #for i in 0 .. STATE_DIM
  #for j in 0 .. i + 1
  out[i * STATE_DIM + j] = elements[at + i * (i + 1u) / 2u + j];
  #end
  #end
  return out;
}

fn put_element_factor(at: u32, a: ptr<function, Matrix>) {
  #for i in 0 .. STATE_DIM
  #for j in 0 .. i + 1
  elements[at + i * (i + 1u) / 2u + j] = (*a)[i * STATE_DIM + j];
  #end
  #end
}

#import "lib/copy_lane.wgsl"

// A x + b
fn affine(a: ptr<function, Matrix>, x: ptr<function, Vector>, b: ptr<function, Vector>) -> Vector {
  var out = *b;
  #for i in 0 .. STATE_DIM
  #for j in 0 .. STATE_DIM
  out[i] += (*a)[i * STATE_DIM + j] * (*x)[j];
  #end
  #end
  return out;
}

// Aᵀ x + b
fn affine_transposed(a: ptr<function, Matrix>, x: ptr<function, Vector>, b: ptr<function, Vector>) -> Vector {
  var out = *b;
  #for i in 0 .. STATE_DIM
  #for j in 0 .. STATE_DIM
  out[j] += (*a)[i * STATE_DIM + j] * (*x)[i];
  #end
  #end
  return out;
}

// A B
fn product(a: ptr<function, Matrix>, b: ptr<function, Matrix>) -> Matrix {
  var out: Matrix;
  #for i in 0 .. STATE_DIM
  #for j in 0 .. STATE_DIM
  {
    var sum = 0.0;
    #for k in 0 .. STATE_DIM
    sum += (*a)[i * STATE_DIM + k] * (*b)[k * STATE_DIM + j];
    #end
    out[i * STATE_DIM + j] = sum;
  }
  #end
  #end
  return out;
}

// A L, L lower triangular
fn product_lower(a: ptr<function, Matrix>, l: ptr<function, Matrix>) -> Matrix {
  var out: Matrix;
  #for i in 0 .. STATE_DIM
  #for j in 0 .. STATE_DIM
  {
    var sum = 0.0;
    #for k in j .. STATE_DIM
    sum += (*a)[i * STATE_DIM + k] * (*l)[k * STATE_DIM + j];
    #end
    out[i * STATE_DIM + j] = sum;
  }
  #end
  #end
  return out;
}

// Aᵀ B
fn product_transposed(a: ptr<function, Matrix>, b: ptr<function, Matrix>) -> Matrix {
  var out: Matrix;
  #for i in 0 .. STATE_DIM
  #for j in 0 .. STATE_DIM
  {
    var sum = 0.0;
    #for k in 0 .. STATE_DIM
    sum += (*a)[k * STATE_DIM + i] * (*b)[k * STATE_DIM + j];
    #end
    out[i * STATE_DIM + j] = sum;
  }
  #end
  #end
  return out;
}

fn identity() -> Matrix {
  var out: Matrix;
  #for i in 0 .. STATE_DIM
  out[i * STATE_DIM + i] = 1.0;
  #end
  return out;
}
