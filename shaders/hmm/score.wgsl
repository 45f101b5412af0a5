// Log-probabilities as whole + part 2⁻³² nats: sums and maxima are exact, so they do not depend on the order they are taken in,
// ties stay ties, and a sum over a million steps has no rounding. NEVER is the whole of log 0.
const NEVER: i32 = -1073741824;         // −2³⁰
const LOWEST_SCORE: i32 = -536870912;   // −2²⁹: below it counts as log 0
struct Score {
  whole: i32,
  part: u32,
}

// Exact for f32; parts beyond 2⁻³² are cut.
fn score_of(l: f32) -> Score {
  if (l <= 0.5 * LOG_ZERO) { return Score(NEVER, 0u); }
  let size = min(abs(l), 1e8);
  let whole = floor(size);
  let part = u32((size - whole) * 4294967296.0);
  if (l >= 0.0) { return Score(i32(whole), part); }
  return Score(-i32(whole) - select(1, 0, part == 0u), ~part + 1u);
}

// Of a whole number and the rest.
fn score_of_nats(l: vec2f) -> Score {
  if (l.x + l.y <= 0.5 * LOG_ZERO) { return Score(NEVER, 0u); }
  let part = score_of(l.y);
  return Score(part.whole + i32(clamp(l.x, -1e8, 1e8)), part.part);
}

fn add_scores(a: Score, b: Score) -> Score {
  let part = a.part + b.part;
  let whole = a.whole + b.whole + select(0, 1, part < a.part);
  if (a.whole < LOWEST_SCORE || b.whole < LOWEST_SCORE || whole < LOWEST_SCORE) { return Score(NEVER, 0u); }
  return Score(whole, part);
}

// a − b of b > log 0
fn subtract_scores(a: Score, b: Score) -> Score {
  if (a.whole < LOWEST_SCORE) { return Score(NEVER, 0u); }
  return Score(a.whole - b.whole - select(0, 1, a.part < b.part), a.part - b.part);
}

fn beats(a: Score, b: Score) -> bool { return a.whole > b.whole || (a.whole == b.whole && a.part > b.part); }
