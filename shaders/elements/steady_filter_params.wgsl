  // Strides of the biases, floats.
  bias_step: u32, bias_series: u32,                   // b [n]; step t of the block at t·bias_step
  flags: u32,                                         // what to write
