/** The one form of every error text: *call: argument, expected, got. Fix.* */
export const say = (call: string, argument: string, expected: string, got: string, fix: string): string =>
  `${call}: ${argument} expected ${expected}, got ${got}. ${fix}`;

/** [2, 3] */
export const shapeText = (shape: readonly (number | string)[]): string => `[${shape.join(", ")}]`;

/** A value as a reader would type it, cut to a readable length. */
export function valueText(value: unknown): string {
  if (typeof value === "string")
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `a typed array of ${(value as Float64Array).length}`;
  if (value !== null && typeof value === "object")
    return `an object with ${Object.keys(value).slice(0, 5).join(", ") || "no keys"}`;
  return String(value);
}

/** The candidate with the smallest edit distance to `key`; undefined when there is none. */
export function nearestKey(key: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = editDistance(key.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}
