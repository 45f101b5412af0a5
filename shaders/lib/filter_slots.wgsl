// How an element of the filter stands in storage, in every form and variant.
// Layout   f32 A[n,n] b[n] U[n(n+1)/2] h[n] Z[n(n+1)/2] = 2n² + 3n floats, η = Z h; in covariance form C, η and J for U, h and Z
const ELEMENT_FLOATS: u32 = 2u * N2 + 3u * STATE_DIM;
const AT_B: u32 = N2;
const AT_U: u32 = N2 + STATE_DIM;
const AT_ETA: u32 = AT_U + TRIANGLE;
const AT_Z: u32 = AT_ETA + STATE_DIM;
