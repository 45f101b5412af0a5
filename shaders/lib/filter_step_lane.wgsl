// The square root Kalman filter of one step, by one invocation: parameters and data of the step, predict, update.
// Needs const STATE_DIM = n, EMISSION_DIM = m and the uniforms of elements/kalman_params.wgsl
#import "lib/gaussian_lane.wgsl"
#import "lib/likelihood.wgsl"
#import "lib/root.wgsl"
#import "lib/whiten.wgsl"
#import "lib/whiten_lane.wgsl"
#instantiate "lib/arrow_top_lane.wgsl" NAME=reduce_nn R=STATE_DIM C=STATE_DIM ROWS=STATE_DIM RR=N2 RC=N2
#instantiate "lib/arrow_lane.wgsl" NAME=reduce_update R=EMISSION_DIM C=STATE_DIM S=NEXT ZEROED=NEXT RR=M2 RC=MN SR=NEXT_M SC=NEXT_N TOL=0.0
#import "lib/filter_model.wgsl"
const M2: u32 = EMISSION_DIM * EMISSION_DIM;
const RECORD_FLOATS: u32 = MN + M2;  // H, then Lr
alias Square = array<f32, M2>;
const NEXT_M: u32 = NEXT * EMISSION_DIM;
alias Tall = array<f32, MN>;         // m×n or n×m
alias Taller = array<f32, NEXT_M>;   // (n+1)×m
alias Short = array<f32, EMISSION_DIM>;

// x, U := moments after the transition into step t.
fn predict(s: u32, t: u32, x: ptr<function, Vector>, u: ptr<function, Matrix>) {
  var f = parameter_matrix(weights_at(s, t));
  var b: Vector;
  let at = params.bias_offset + t * params.bias_step + s * params.bias_series;
  #for i in 0 .. STATE_DIM
  b[i] = parameters[at + i];
  #end
  *x = affine(&f, x, &b);
  var w = product_lower(&f, u);
  *u = parameter_matrix(params.noise_offset + t * params.noise_step + s * params.noise_series);
  reduce_nn(u, &w);
}

// Conditions x, U on y_t, by [Lr, H U; 0, U; 0, wᵀ] with x = c + U w: rotated, the last row holds what is expected of the whitened
// observation and the new w. Leaves the factor of the innovation covariance, the gain [n, m] with K = gain factor⁻¹, and
// e = factor⁻¹ (y − H x).
fn update(s: u32, t: u32, record: u32, x: ptr<function, Vector>, u: ptr<function, Matrix>, factor: ptr<function, Square>, gain: ptr<function, Taller>, e: ptr<function, Short>) {
  var w: Tall;
  var limit = -1.0;
  #for i in 0 .. EMISSION_DIM
  {
    var total = 0.0;
    #for j in 0 .. STATE_DIM
    {
      var sum = 0.0;
      #for k in j .. STATE_DIM
      sum += parameters[record + i * STATE_DIM + k] * (*u)[k * STATE_DIM + j];
      #end
      w[i * STATE_DIM + j] = sum;
      total += sum * sum;
    }
    #end
    #for j in 0 .. EMISSION_DIM
    (*factor)[i * EMISSION_DIM + j] = parameters[record + MN + i * EMISSION_DIM + j];
    #end
    let noise = (*factor)[i * EMISSION_DIM + i];
    if (total > WIDE * noise * noise) { limit = MOST_DEVIATIONS; }
  }
  #end
  var below = whitened(x, u, limit);
  let at = (s * params.block_steps + t) * EMISSION_DIM;
  #for i in 0 .. EMISSION_DIM
  {
    var residual = observations[at + i];
    #for j in 0 .. STATE_DIM
    residual -= parameters[record + i * STATE_DIM + j] * (*x)[j];
    #end
    (*e)[i] = residual;
  }
  #end
  reduce_update(factor, &w, gain, &below);
  #for i in 0 .. EMISSION_DIM
  #for j in 0 .. i
  (*e)[i] -= (*factor)[i * EMISSION_DIM + j] * (*e)[j];
  #end
  (*e)[i] = divide((*e)[i], (*factor)[i * EMISSION_DIM + i]);
  #end
  #for i in 0 .. STATE_DIM
  #for j in 0 .. EMISSION_DIM
  (*x)[i] += (*gain)[i * EMISSION_DIM + j] * (*e)[j];
  #end
  #end
  unwhiten(&below, x, u);
  #for i in 0 .. EMISSION_DIM
  (*e)[i] -= (*gain)[MN + i];
  #end
}
