// Uniforms and bindings that the kernels of particle filters share. All state of a step is on the GPU, the number of the step too, so
// that the dispatches of every step are the same.
struct Params {
  num_particles: u32,
  num_blocks: u32,      // workgroups that the particles of a series take
  first_series: u32,    // of those here
  num_series: u32,
  num_steps: u32,
  slots: u32,           // steps that are kept: 2, or all
  seed_low: u32,
  seed_high: u32,
  resample_below: u32,  // bits of a float: the effective number below which particles are resampled
  stage: u32,           // of the spine: 0 looks ahead, 1 weighs
  initial_mean: u32,    // offsets in data, and strides over series and steps
  initial_mean_series: u32,
  initial_factor: u32,
  initial_factor_series: u32,
  dynamics_factor: u32,
  dynamics_factor_series: u32,
  dynamics_factor_step: u32,
  dynamics_parameters: u32,
  emission_parameters: u32,
  covariance_parameters: u32,
  family: u32,
  inputs: u32,
  inputs_series: u32,
  inputs_step: u32,
  records: u32,
  tables: u32,
  num_trajectories: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> states: array<f32>;       // [slots, N, particles, n]
@group(0) @binding(2) var<storage, read_write> log_weights: array<f32>;  // [slots, N, particles]
@group(0) @binding(3) var<storage, read_write> control: array<u32>;      // [N, CONTROL]: see below
@group(0) @binding(4) var<storage, read> data: array<f32>;

// Words of a series in control.
const CONTROL: u32 = 12u;
const STEP: u32 = 0u;
const LENGTH: u32 = 1u;
const RESAMPLE: u32 = 2u;   // 1: the particles of the last step count as drawn anew
const LOOKED: u32 = 3u;     // 1: ancestors of this step are to be drawn by what its observation says of them
const EXPONENT: u32 = 4u;   // log weights of the last step are so many log 2 too large
const PLACES: u32 = 5u;     // of systematic resampling: ⌊total / N⌋ (2), rest, ⌊v / N⌋ (2), rest
const DEAD: u32 = 11u;      // 1: no particle could give an observation

alias State = array<f32, STATE_DIM>;

fn state_at(s: u32, t: u32, i: u32) -> u32 {
  return (((t % params.slots) * params.num_series + s) * params.num_particles + i) * STATE_DIM;
}

fn weight_at(s: u32, t: u32, i: u32) -> u32 {
  return ((t % params.slots) * params.num_series + s) * params.num_particles + i;
}

fn read_state(at: u32) -> State {
  var x: State;
  #for a in 0 .. STATE_DIM
  x[a] = states[at + a];
  #end
  return x;
}

// A step of a series that is still going.
fn goes_on(s: u32) -> bool {
  let at = s * CONTROL;
  return control[at + STEP] < control[at + LENGTH] && control[at + DEAD] == 0u;
}
