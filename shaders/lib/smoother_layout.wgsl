// Element, buffers and records of the smoother, the same in every form and variant.
// Layout   f32 E[n,n] g[n] D[n(n+1)/2]; in covariance form L stands for D
const ELEMENT_FLOATS: u32 = N2 + STATE_DIM + TRIANGLE;
const AT_G: u32 = N2;
const AT_D: u32 = N2 + STATE_DIM;
const WRITE_CROSS: u32 = 1u;

@group(0) @binding(3) var<storage, read> filtered: array<f32>;             // [N, steps, n + n(n+1)/2]
@group(0) @binding(6) var<storage, read_write> smoothed: array<f32>;       // the same
@group(0) @binding(7) var<storage, read_write> cross: array<f32>;          // [N, steps, n, n] Cov(z_t, z_t+1 | y)
