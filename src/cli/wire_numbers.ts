/** Numbers across the wire: JSON has neither infinities nor NaN, and a result may have both. */

const KEY = "number";

/** The same with {"number": "-Infinity"} in the place of numbers that JSON has not. */
export function packNumbers(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return { [KEY]: String(value) };
  if (Array.isArray(value)) return value.map(packNumbers);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, packNumbers(part)]));
}

/** What packNumbers() was given. */
export function unpackNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpackNumbers);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0][0] === KEY) return Number(entries[0][1]);
  return Object.fromEntries(entries.map(([key, part]) => [key, unpackNumbers(part)]));
}
