// Filtered moments as the smoother reads them: the mean and the lower triangle of a record.
fn filtered_vector(at: u32) -> Vector {
  var out: Vector;
  #for i in 0 .. STATE_DIM
  out[i] = filtered[at + i];
  #end
  return out;
}

fn filtered_factor(at: u32) -> Matrix {
  var out: Matrix;
  #for i in 0 .. STATE_DIM
  #for j in 0 .. i + 1
  out[i * STATE_DIM + j] = filtered[at + STATE_DIM + i * (i + 1u) / 2u + j];
  #end
  #end
  return out;
}
