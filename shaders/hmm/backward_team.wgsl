// β carried back by the kept matrices of the chunks, by a team: the scan from the end of hmm_smoother and hmm_two_filter.
fn fold_chunk(s: u32, lo: u32, hi: u32, slot: u32, here: bool) {
  let source = (s * params.kept_stride + lo / params.chunk_length) * ELEMENT_WORDS;
  if (here) {
    for (var i = lane; i < ELEMENT_WORDS; i += TEAM) { elements[slot * ELEMENT_WORDS + i] = kept[source + i]; }
  }
  sync();
}

// elements[second] := elements[second] elements[first]: the second is the earlier in time
fn element_combine(first: u32, second: u32, here: bool) { multiply_elements(second, first, second, here); }
