// What recurrence kernels read: the trajectory, inputs, parameters and settings; and how values that are not finite are kept out.
// parameters[0] 1 − damping, [1] clip of entries of A, [2] bound of states, [3] A where it is a constant
alias Inputs = array<f32, INPUT_DIM>;
alias Parameters = array<f32, PARAMETERS>;

@group(0) @binding(3) var<storage, read> current: array<f32>;         // s [N, steps, D]
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

fn step_number(t: u32) -> f32 { return f32(params.first_step + t); }

fn step_parameters() -> Parameters {
  var out: Parameters;
  for (var i = 0u; i < PARAMETERS; i++) { out[i] = parameters[params.p_offset + i]; }
  return out;
}

fn step_inputs(s: u32, t: u32) -> Inputs {
  var out: Inputs;
  let at = params.input_offset + s * params.input_series + t * params.input_step;
  for (var i = 0u; i < INPUT_DIM; i++) { out[i] = parameters[at + i]; }
  return out;
}

// Entry i of s_{t−1}.
fn entry_before(s: u32, t: u32, i: u32) -> f32 {
  if (t == 0u) { return parameters[params.initial_offset + s * STATE_DIM + i]; }
  return current[(s * params.block_steps + t - 1u) * STATE_DIM + i];
}

// r_i = f_i − s_i of step t, 0 where f has no value.
fn residual_entry(s: u32, t: u32, i: u32, value: f32) -> f32 {
  return tame(value - current[(s * params.block_steps + t) * STATE_DIM + i]);
}

// What entry i of the merit of a step is.
fn merit_entry(value: f32, residual: f32) -> f32 {
  let small = clamp(residual, -1e9, 1e9);
  return select(NO_MERIT, 0.5 * small * small, is_number(value));
}

// Stores the new entry i of s_t. Returns its change.
fn put_entry(s: u32, t: u32, i: u32, value: f32) -> f32 {
  let at = (s * params.block_steps + t) * STATE_DIM + i;
  let before = current[at];
  let after = clamp(select(before, value, is_number(value)), -parameters[2], parameters[2]);
  next[at] = after;
  return tame(after - before);
}
