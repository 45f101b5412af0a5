// What recurrence kernels read: the trajectory, inputs, parameters and settings; and how values that are not finite are kept out.
// parameters[0] 1 − damping, [1] clip of entries of A, [2] bound of states, [3] A where it is a constant, [4] σ² of a trust region or the
// length of a step down the merit. indices are [N] steps of the window of every series, then [N] steps before it: t counts from there.
alias Inputs = array<f32, INPUT_DIM>;
alias Parameters = array<f32, PARAMETERS>;

@group(0) @binding(3) var<storage, read> current: array<f32>;         // s [N, T, D]
@group(0) @binding(6) var<storage, read_write> next: array<f32>;

// What a step without a value adds to the merit: far more than all steps that have one.
const NO_MERIT: f32 = 1e30;

fn is_number(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

#ifdef DERIVATIVE
fn tame(x: f32) -> f32 { return x; }
fn slope_entry(x: f32) -> f32 { return x; }
#else
// Small enough for products of two and sums of 128 of them.
fn tame(x: f32) -> f32 { return select(0.0, clamp(x, -1e18, 1e18), is_number(x)); }

// An entry of A from one of the Jacobian.
fn slope_entry(x: f32) -> f32 {
  return select(0.0, parameters[0] * clamp(x, -parameters[1], parameters[1]), is_number(x));
}
#endif

fn step_number(s: u32, t: u32) -> f32 {
  let start = indices[params.num_series + s];
  return f32(start + t);
}

fn inputs_of(s: u32, t: u32) -> u32 {
  let start = indices[params.num_series + s];
  return params.input_offset + s * params.input_series + (start + t) * params.input_step;
}

fn step_parameters() -> Parameters {
  var out: Parameters;
  for (var i = 0u; i < PARAMETERS; i++) { out[i] = parameters[params.p_offset + i]; }
  return out;
}

fn step_inputs(s: u32, t: u32) -> Inputs {
  var out: Inputs;
  let at = inputs_of(s, t);
  for (var i = 0u; i < INPUT_DIM; i++) { out[i] = parameters[at + i]; }
  return out;
}

// Entry i of s_{t−1}.
fn entry_before(s: u32, t: u32, i: u32) -> f32 {
  let start = indices[params.num_series + s];
  if (start + t == 0u) { return parameters[params.initial_offset + s * STATE_DIM + i]; }
  return current[(s * params.trajectory_steps + start + t - 1u) * STATE_DIM + i];
}

// r_i = f_i − s_i of step t, 0 where f has no value.
fn residual_entry(s: u32, t: u32, i: u32, value: f32) -> f32 {
  let row = s * params.trajectory_steps + indices[params.num_series + s] + t;
  return tame(value - current[row * STATE_DIM + i]);
}

// What entry i of the merit of a step is. Two units in the last place of f are none: float32 leaves them.
fn merit_entry(value: f32, residual: f32) -> f32 {
  let small = clamp(abs(residual) - 2.4e-7 * abs(value), 0.0, 1e9);
  return select(NO_MERIT, 0.5 * small * small, is_number(value));
}

// Whether an entry f + A δ says that the linear recursion means nothing any more.
fn is_astray(value: f32, f: f32) -> bool { return !is_number(value) || abs(value - f) > 1e8 * (1.0 + abs(f)); }

// Stores the new entry i of s_t, or where that is astray the entry of the first trajectory. Returns the change δ.
fn put_entry(s: u32, t: u32, i: u32, value: f32, astray: bool) -> f32 {
  let row = s * params.trajectory_steps + indices[params.num_series + s] + t;
  let at = row * STATE_DIM + i;
  let before = current[at];
  if (astray || !is_number(value)) {
    next[at] = parameters[params.guess_offset + at];
    return tame(value - before);
  }
  let after = clamp(value, -parameters[2], parameters[2]);
  next[at] = after;
  return tame(after - before);
}

// a², small enough for products with variances.
fn squared_slope(a: f32) -> f32 { return min(a * a, 1e18); }

// s + keep (f − s), by the smaller of the two changes.
fn held_entry(s: u32, t: u32, i: u32, value: f32, keep: f32) -> f32 {
  let row = s * params.trajectory_steps + indices[params.num_series + s] + t;
  let before = current[row * STATE_DIM + i];
  return select(before + keep * (value - before), value - (1.0 - keep) * (value - before), keep > 0.5);
}
