  // A_t of series s at t·transition_step + s·transition_series, floats.
  transition_step: u32, transition_series: u32,
  kept_stride: u32,          // chunks of a series in kept
  lost_bits: u32,            // as in the filter
  sum_steps: u32,            // steps whose expected transitions are added up; 0: none are wanted
