  // Fields of the model: entry of step t (from the block's start) and series s at offset + t·step + s·series, floats.
  weights_offset: u32, weights_step: u32, weights_series: u32,  // F [n, n]
  bias_offset: u32, bias_step: u32, bias_series: u32,           // b [n]
  noise_offset: u32, noise_step: u32, noise_series: u32,        // Lq [n, n] lower
  record_offset: u32, record_step: u32, record_series: u32,     // in indices: which emission record
  emission_offset: u32,                                         // H [m, n] then Lr [m, m], one after another
  flags: u32,                                                   // what to write, see the element
