/**
 * A vector function of a user's model, y = f(x, u, t, p), in both worlds: float64 JavaScript and WGSL, each with exact
 * derivatives with respect to x. It comes from expressions or from WGSL; what uses it cannot tell which.
 *
 * Shapes: x [n] state, u [d] input, t number of the step (a float), p [P] parameters, y [m]. Derivatives are exact (symbolic or by
 * forward mode), never differences. No eval, no new Function.
 */

/** Sizes of the arguments and of the result. d and P may be 0. */
export interface FunctionSizes {
  /** n */
  readonly stateDim: number;
  /** d */
  readonly inputDim: number;
  /** P */
  readonly numParameters: number;
  /** m */
  readonly outputDim: number;
}

/** What is known of ∂f_i/∂x_j without running f: it holds for every x, u, t, p. */
export type EntryKind = "zero" | "constant" | "varying";

export interface JacobianStructure {
  /** [m · n], row-major. "constant": does not depend on x (it may depend on u, t and p). */
  readonly entries: readonly EntryKind[];
  /**
   * The narrowest description that holds: zero, constant (no entry varies), diagonal (m = n, zero off the diagonal), banded, else dense.
   */
  readonly kind: "zero" | "constant" | "diagonal" | "banded" | "dense";
  /** Of banded (and diagonal, 0): entries with |i − j| above it are zero. */
  readonly bandwidth?: number;
}

/** Float64 calls write into arrays that are given; they allocate nothing and keep nothing. */
export interface Float64Function {
  /** out [m] */
  value(out: Float64Array, x: ArrayLike<number>, u: ArrayLike<number>, t: number, p: ArrayLike<number>): void;
  /** out [m · n], row-major: ∂f_i/∂x_j */
  jacobian(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    p: ArrayLike<number>,
  ): void;
  /** out [m]: J(x) dx */
  jvp(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    p: ArrayLike<number>,
    dx: ArrayLike<number>,
  ): void;
  /** out [m]: the second derivative of f along dx and dy, Σ_jk ∂²f_i/∂x_j∂x_k dx_j dy_k */
  second(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    p: ArrayLike<number>,
    dx: ArrayLike<number>,
    dy: ArrayLike<number>,
  ): void;
}

/**
 * WGSL text that declares, with NAME the name given,
 *
 *   fn NAME(x: array<f32, n>, u: array<f32, d>, t: f32, p: array<f32, P>) -> array<f32, m>
 *   fn NAME_jvp(x, u, t, p, dx: array<f32, n>) -> array<f32, m>
 *   fn NAME_jacobian(x, u, t, p) -> array<f32, m · n>          row-major
 *   fn NAME_second(x, u, t, p, dx: array<f32, n>, dy: array<f32, n>) -> array<f32, m>
 *
 * and helpers whose names begin with NAME_. WGSL has no arrays of length 0: u and p have length max(1, ·). No bindings, no
 * module-scope variables, no `enable`. Several functions of different names may stand in one module.
 */
export interface WgslFunction {
  readonly name: string;
  readonly code: string;
}

/** Derivatives with respect to all arguments but t, float64. They write into arrays that are given. */
export interface Sensitivities {
  /** out [n + d + P]: Σ_i weights_i ∂y_i/∂(x, u, p), all at once; weights [m] */
  pullback(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    p: ArrayLike<number>,
    weights: ArrayLike<number>,
  ): void;
  /** out [m]: the derivative of f along dx [n], du [d] and dp [P] together */
  pushforward(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    p: ArrayLike<number>,
    dx: ArrayLike<number>,
    du: ArrayLike<number>,
    dp: ArrayLike<number>,
  ): void;
  /**
   * WGSL of the same: what wgsl(NAME) declares and, of "push",
   *
   *   fn NAME_push(x, u, t, p, dx: array<f32, n>, du: array<f32, d>, dp: array<f32, P>) -> array<f32, m>
   *
   * of "pull"
   *
   *   fn NAME_pull(x, u, t, p, dy: array<f32, m>) -> array<f32, n>          dy' ∂f/∂x
   *
   * which adds dy' ∂f/∂u_k and dy' ∂f/∂p_k by functions of the module around it, pulled_input(k: u32, value: f32) and
   * pulled_parameter(k: u32, value: f32). Absent where the float64 version alone can do it.
   */
  wgsl?(name: string, which: "push" | "pull"): WgslFunction;
}

export interface VectorFunction extends FunctionSizes {
  readonly structure: JacobianStructure;
  /**
   * No operation with a limited domain (a logarithm, a root, a power) is part of it. Where one is, or it is not known, shaders may give a
   * number where float64 has none.
   */
  readonly everywhere?: boolean;
  readonly float64: Float64Function;
  readonly sensitivities: Sensitivities;
  /** The text under a name of the caller's choice: an identifier. */
  wgsl(name: string): WgslFunction;
}

/** Where something is in what the user wrote; lines and columns count from 1. */
export interface SourcePlace {
  /** Which of several expressions ("dynamics.expressions[1]"), or the WGSL text ("dynamics.wgsl"). */
  readonly source: string;
  readonly line: number;
  readonly column: number;
  /** Characters that it spans; 1 where only the beginning is known. */
  readonly length: number;
}
