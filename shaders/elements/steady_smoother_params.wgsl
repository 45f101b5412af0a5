  // Where means and gains stand.
  mean_step: u32, mean_series: u32,     // floats in filtered, from step to step and series to series
  ahead_step: u32, ahead_series: u32,   // the same in predicted, whose step t + 1 is used at t
  table_series: u32,                    // floats in tables from one series to the next
  table_row: u32,                       // and from row to row
