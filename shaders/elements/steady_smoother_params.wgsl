  // Nothing but the block.
  mean_series: u32,   // floats in filtered and smoothed from series to series
