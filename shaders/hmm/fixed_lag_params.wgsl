  // A_t of series s at t·transition_step + s·transition_series, floats.
  transition_step: u32, transition_series: u32,
  lost_bits: u32,            // as in the filter
  lag: u32,                  // L
  first_item: u32,           // the first window of a series here; window i is that of t = block_start + i − L
  num_items: u32,            // windows of a series here
  kept_stride: u32,          // chunks of a series in elements; 0: no matrices of chunks there
  carry_in: u32,             // slots in states of what later blocks left and of what this one leaves: [N, L] each
  carry_out: u32,
