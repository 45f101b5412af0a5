  // Where gains and noise factors stand, and which draws these are.
  table_series: u32, table_row: u32,   // floats in tables from series to series and row to row
  factor_offset: u32,                   // D after E in a row
  last_offset: u32,                    // U [rows] of the last step of a series; 0: its row has it as D, with E = 0
  first_series: u32, first_draw: u32,
  seed_low: u32, seed_high: u32,
