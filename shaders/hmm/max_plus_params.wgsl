  // A_t of series s at t·transition_step + s·transition_series, words.
  transition_step: u32, transition_series: u32,
  record_floats: u32,        // of one step in emission_records
