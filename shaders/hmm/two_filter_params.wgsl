  // A_t of series s at t·transition_step + s·transition_series, floats. Offsets in outputs are in floats.
  transition_step: u32, transition_series: u32,
  record_floats: u32,        // of one step in emission_records
  smoothed_offset: u32,      // p(z_t | y_0:T−1) [N, steps, K]
  sums_offset: u32,          // Σ p(z_t−1, z_t | y_0:T−1) [N, steps / sum_steps, K, K]
  kept_stride: u32,          // chunks of a series in kept
  lost_bits: u32,            // as in the filter
  sum_steps: u32,            // steps whose expected transitions are added up; 0: none are wanted
