  // Scans are draws of series: draw d of series s is scan s·num_draws + d.
  transition_step: u32, transition_series: u32,  // of A_t, floats
  num_draws: u32, first_draw: u32,
  seed_low: u32, seed_high: u32,
