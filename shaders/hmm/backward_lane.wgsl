// β carried back by the kept matrices of the chunks: the scan from the end of hmm_smoother and hmm_two_filter.
fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  if (!here) { return; }
  let chunk = s * params.kept_stride + lo / params.chunk_length;
  for (var i = 0u; i < ELEMENT_WORDS; i++) { elements[slot * ELEMENT_WORDS + i] = kept[chunk * ELEMENT_WORDS + i]; }
}

// elements[second] := elements[second] elements[first]: the second is the earlier in time
fn element_combine(first: u32, second: u32, here: bool) {
  if (!here) { return; }
  var later = element_rows(first);
  #for i in 0 .. NUM_STATES
  {
  let at = second * ELEMENT_WORDS + i * ROW_WORDS;
  put_element_row(at, multiply(element_row(at), &later));
  }
  #end
}

// states[first] := states[second];  states[second] := M β
fn state_split(first: u32, second: u32, element: u32, here: bool) {
  if (!here) { return; }
  let beta = state_row(second * STATE_WORDS);
  put_state_row(first * STATE_WORDS, beta);
  var m = element_rows(element);
  put_state_row(second * STATE_WORDS, apply(&m, beta));
}
