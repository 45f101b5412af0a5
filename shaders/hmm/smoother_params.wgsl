  transition_step: u32, transition_series: u32,  // floats in transitions from step to step and series to series
  kept_stride: u32,          // chunks of a series in kept
  lost_bits: u32,            // as in the filter
  sum_steps: u32,            // steps whose expected transitions are added up; 0: none are wanted
