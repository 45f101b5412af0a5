  // A_t of series s at weights_offset + t·weights_step + s·weights_series, b_t likewise in its buffer, floats.
  weights_offset: u32, weights_step: u32, weights_series: u32,
  bias_offset: u32, bias_step: u32, bias_series: u32,
