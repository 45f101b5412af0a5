  // Where the items and their matrices stand.
  items_offset: u32,                 // floats in vectors: w of this level, [lanes, items, n]
  items_stride: u32,                 // items of a lane
  matrix_series: u32,                // floats in matrices from one series to the next
  matrix_row: u32, matrix_i: u32, matrix_j: u32,  // from row to row, entry to entry
