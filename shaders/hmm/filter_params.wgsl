  // A_t of series s at t·transition_step + s·transition_series, floats. Offsets in outputs are in floats.
  transition_step: u32, transition_series: u32,
  record_floats: u32,        // of one step in emission_records
  predicted_offset: u32,
  likelihood_offset: u32,
  kept_stride: u32,          // chunks of a series in kept
  lost_bits: u32,            // a positive entry so many bits below its row's largest counts as lost; 0: none does
  flags: u32,                // 1 write filtered, 2 write predicted, 4 keep the chunk matrices
