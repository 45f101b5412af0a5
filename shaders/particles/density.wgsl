// log p(y_t | z_t = x), nats: LOG_ZERO where y cannot be, NOT_FINITE where a function has no value or a parameter is outside of its domain.
// Record   observed, row of the table of factors, then y [m], its constant [m] (what does not depend on x) and 1 where it is there [m]
// Needs    const EMISSION, EMISSION_DIM = m, THETA_DIM, COVARIANCE_DIM.  Twin src/models/nonlinear/observation_density.ts
#import "lib/special.wgsl"
#import "lib/negative_binomial.wgsl"
const LOG_ZERO: f32 = -1e30;
const NOT_FINITE: f32 = 1e30;
const RECORD: u32 = 2u + 3u * EMISSION_DIM;
// What EMISSION says.
const GAUSSIAN: u32 = 0u;
const MOMENTS: u32 = 1u;
const DENSITY: u32 = 2u;
const POISSON: u32 = 3u;
const BERNOULLI: u32 = 4u;
const BINOMIAL: u32 = 5u;
const NEGATIVE_BINOMIAL: u32 = 6u;
const GAMMA: u32 = 7u;
const STUDENT_T: u32 = 8u;
const VON_MISES: u32 = 9u;
const CATEGORICAL: u32 = 10u;

fn record_at(s: u32, t: u32) -> u32 { return params.records + (s * params.num_steps + t) * RECORD; }

fn is_observed(s: u32, t: u32) -> bool { return data[record_at(s, t)] > 0.0; }

// By its bits: WGSL may assume that there is no NaN. Functions say −10³⁰ where a logarithm has no value.
fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) < 0x70800000u; }

// log(1 + x), LOG_ZERO where that is none
fn log1p_or_none(x: f32) -> f32 {
  if (x <= -1.0) { return LOG_ZERO; }
  return log1p_f32(x);
}

// y log r − y (r − 1), r = 1 + d
fn ratio_nats(y: f32, d: f32) -> f32 {
  if (abs(d) < 0.5) { return y * log1p_minus_f32(d); }
  return y * (log1p_or_none(d) - d);
}

// log p(y | θ) less its constant; θ is in its domain
fn family_nats(theta: f32, y: f32) -> f32 {
  let a = data[params.family];
  let b = data[params.family + 1u];
  if (EMISSION == POISSON) {
    if (y == 0.0) { return -theta; }
    return ratio_nats(y, (theta - y) / y);
  }
  if (EMISSION == BERNOULLI) {
    if (y > 0.5) { return log_or_zero(theta); }
    return log1p_or_none(-theta);
  }
  if (EMISSION == BINOMIAL) {
    let rest = a - y;
    if (y == 0.0) { return rest * log1p_or_none(-theta); }
    if (rest == 0.0) { return y * log_or_zero(theta); }
    let d = a * theta - y;
    return ratio_nats(y, d / y) + ratio_nats(rest, -d / rest);
  }
  if (EMISSION == NEGATIVE_BINOMIAL) {
    if (y == 0.0) { return -a * log1p_f32(theta / a); }
    if (theta == 0.0) { return LOG_ZERO; }
    return deviance(y, theta, a, theta - y);
  }
  if (EMISSION == GAMMA) { return ratio_nats(a, y / theta - 1.0); }
  if (EMISSION == STUDENT_T) {
    let z = (y - theta) / b;
    return -0.5 * (a + 1.0) * log1p_f32(z * (z / a));
  }
  if (EMISSION == VON_MISES) {
    let d = y - theta;
    let turns = round(d * 0.15915494);
    return -2.0 * a * sine_half_squared_f32(clamp((d - turns * 6.28125) - turns * 1.9353072e-3, -3.1415927, 3.1415927));
  }
  return 0.0;
}

fn in_domain(theta: f32) -> bool {
  if (EMISSION == POISSON || EMISSION == NEGATIVE_BINOMIAL || EMISSION == CATEGORICAL) { return theta >= 0.0; }
  if (EMISSION == BERNOULLI || EMISSION == BINOMIAL) { return theta >= 0.0 && theta <= 1.0; }
  return EMISSION != GAMMA || theta > 0.0;
}

fn family_density(record: u32, theta: array<f32, THETA_DIM>) -> f32 {
  var values = theta;
  var sum = 0.0;
  var total = 0.0;
  for (var k = 0u; k < THETA_DIM; k++) {
    if (!is_finite(values[k]) || !in_domain(values[k])) { return NOT_FINITE; }
    total += values[k];
  }
  if (EMISSION == CATEGORICAL) {
    if (abs(total - 1.0) > 1e-5) { return NOT_FINITE; }
    return log_or_zero(values[min(u32(data[record + 2u]), THETA_DIM - 1u)]);
  }
  for (var k = 0u; k < EMISSION_DIM; k++) {
    if (data[record + 2u + 2u * EMISSION_DIM + k] == 0.0) { continue; }
    sum += family_nats(values[min(k, THETA_DIM - 1u)], data[record + 2u + k]) + data[record + 2u + EMISSION_DIM + k];
  }
  return sum;
}

// Of noise with the factor L [m, m] in the table, after it log p(mean): rows of the identity where y is missing.
fn gaussian_density(record: u32, means: array<f32, THETA_DIM>) -> f32 {
  var left = means;
  let row = params.tables + u32(data[record + 1u]) * (EMISSION_DIM * EMISSION_DIM + 1u);
  var sum = data[row + EMISSION_DIM * EMISSION_DIM];
  for (var i = 0u; i < EMISSION_DIM; i++) {
    if (!is_finite(left[i])) { return NOT_FINITE; }
    if (data[record + 2u + 2u * EMISSION_DIM + i] == 0.0) {
      left[i] = 0.0;
      continue;
    }
    var value = data[record + 2u + i] - left[i];
    for (var j = 0u; j < i; j++) { value -= data[row + i * EMISSION_DIM + j] * left[j]; }
    left[i] = value / data[row + i * EMISSION_DIM + i];
    sum -= 0.5 * left[i] * left[i];
  }
  return sum;
}

// Of the covariance that a function gives, by Cholesky of the rows that are there.
fn moments_density(record: u32, means: array<f32, THETA_DIM>, covariance: array<f32, COVARIANCE_DIM>) -> f32 {
  var left = means;
  var c = covariance;
  var sum = 0.0;
  for (var i = 0u; i < COVARIANCE_DIM; i++) {
    if (!is_finite(c[i])) { return NOT_FINITE; }
  }
  for (var i = 0u; i < EMISSION_DIM; i++) {
    if (!is_finite(left[i])) { return NOT_FINITE; }
    for (var j = 0u; j < i; j++) {
      let size = sqrt(abs(covariance[i * EMISSION_DIM + i])) * sqrt(abs(covariance[j * EMISSION_DIM + j]));
      if (abs(covariance[i * EMISSION_DIM + j] - covariance[j * EMISSION_DIM + i]) > 1e-5 * size) { return NOT_FINITE; }
    }
  }
  for (var i = 0u; i < EMISSION_DIM; i++) {
    if (data[record + 2u + 2u * EMISSION_DIM + i] == 0.0) {
      for (var j = 0u; j < i; j++) { c[i * EMISSION_DIM + j] = 0.0; }
      for (var j = i; j < EMISSION_DIM; j++) { c[j * EMISSION_DIM + i] = 0.0; }
      c[i * EMISSION_DIM + i] = 1.0;
      left[i] = 0.0;
      continue;
    }
    var value = data[record + 2u + i] - left[i];
    for (var j = 0u; j <= i; j++) {
      var entry = c[i * EMISSION_DIM + j];
      for (var k = 0u; k < j; k++) { entry -= c[i * EMISSION_DIM + k] * c[j * EMISSION_DIM + k]; }
      if (j == i) {
        // Without noise only what is exactly right has a density, and that is infinite.
        if (entry <= 0.0) { return NOT_FINITE; }
        c[i * EMISSION_DIM + i] = sqrt(entry);
      } else {
        c[i * EMISSION_DIM + j] = entry / c[j * EMISSION_DIM + j];
        value -= c[i * EMISSION_DIM + j] * left[j];
      }
    }
    left[i] = value / c[i * EMISSION_DIM + i];
    sum -= 0.5 * left[i] * left[i] + 0.91893853 + log_f32(c[i * EMISSION_DIM + i]);
  }
  return sum;
}

fn emission_values(s: u32, t: u32, record: u32, x: State) -> array<f32, THETA_DIM> {
  var u: array<f32, EMISSION_INPUTS>;
  let start = input_at(s, t);
  for (var k = 0u; k < EMISSION_INPUTS; k++) {
    if (EMISSION == DENSITY && k + EMISSION_DIM >= EMISSION_INPUTS) { u[k] = data[record + 2u + EMISSION_DIM + k - EMISSION_INPUTS]; }
    else { u[k] = data[start + k]; }
  }
  var p: array<f32, EMISSION_PARAMETERS>;
  for (var k = 0u; k < EMISSION_PARAMETERS; k++) { p[k] = data[params.emission_parameters + k]; }
  return user_emissions(x, u, f32(t), p);
}

fn covariance_values(s: u32, t: u32, x: State) -> array<f32, COVARIANCE_DIM> {
  var u: array<f32, COVARIANCE_INPUTS>;
  let start = input_at(s, t);
  for (var k = 0u; k < COVARIANCE_INPUTS; k++) { u[k] = data[start + k]; }
  var p: array<f32, COVARIANCE_PARAMETERS>;
  for (var k = 0u; k < COVARIANCE_PARAMETERS; k++) { p[k] = data[params.covariance_parameters + k]; }
  return user_covariance(x, u, f32(t), p);
}

fn log_density(s: u32, t: u32, x: State) -> f32 {
  let record = record_at(s, t);
  let values = emission_values(s, t, record, x);
  var sum = 0.0;
  if (EMISSION == GAUSSIAN) { sum = gaussian_density(record, values); }
  else if (EMISSION == MOMENTS) { sum = moments_density(record, values, covariance_values(s, t, x)); }
  else if (EMISSION == DENSITY) { sum = values[0]; }
  else { sum = family_density(record, values); }
  let bits = bitcast<u32>(sum);
  if (bits == 0xff800000u) { return LOG_ZERO; }
  if ((bits & 0x7f800000u) == 0x7f800000u || sum > 1e29) { return NOT_FINITE; }
  return max(sum, LOG_ZERO);
}
