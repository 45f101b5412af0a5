/** Numbers in cells, read from their bytes. */

/** What numberAt() gives for a cell that holds neither a number nor a word for "missing". */
export const NO_NUMBER = Number.POSITIVE_INFINITY;

export type DecimalMark = "." | ",";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MISSING = /^(na|n\/a|#n\/a|nan|null|none|missing|[-–.?])?$/i;
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const latin = new TextDecoder("windows-1252");

/** The number of a text; NaN where it says that there is none; NO_NUMBER for other text and beyond float64. */
export function parseNumber(text: string, decimal: DecimalMark): number {
  const trimmed = text.trim();
  if (MISSING.test(trimmed)) return Number.NaN;
  if (decimal === "," && trimmed.includes(".")) return NO_NUMBER;
  const pointed = decimal === "," ? trimmed.replace(",", ".") : trimmed;
  if (!NUMBER.test(pointed)) return NO_NUMBER;
  const value = Number(pointed);
  return Number.isFinite(value) ? value : NO_NUMBER;
}

/** parseNumber() of bytes. Up to 15 digits need no text: a whole number over a power of ten, both exact, rounds once. */
export function numberAt(bytes: Uint8Array, start: number, end: number, decimal: DecimalMark): number {
  while (start < end && bytes[start]! <= 32) start++;
  while (end > start && bytes[end - 1]! <= 32) end--;
  if (start === end) return Number.NaN;
  const mark = decimal === "," ? 44 : 46;
  const negative = bytes[start] === 45;
  let i = negative || bytes[start] === 43 ? start + 1 : start;
  let whole = 0;
  let digits = 0;
  let scale = 0;
  for (; i < end; i++, digits++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (i < end && bytes[i] === mark) {
    for (i++; i < end; i++, digits++, scale++) {
      const digit = bytes[i]! - 48;
      if (digit < 0 || digit > 9) break;
      whole = whole * 10 + digit;
    }
  }
  if (i < end || digits === 0 || digits > 15)
    return parseNumber(latin.decode(bytes.subarray(start, end)), decimal);
  const value = whole / POWERS[scale]!;
  return negative ? -value : value;
}

/** What may be wrong with a cell that is no number, and what to do. */
export function adviceOn(text: string, decimal: DecimalMark): string {
  if (/^[+-]?\d{1,3}([.,'’\s]\d{3})+([.,]\d+)?$/.test(text))
    return "It seems to have thousands separators: write the number without them.";
  const other = decimal === "." ? "," : ".";
  if (Number.isFinite(parseNumber(text, other)))
    return `If its decimals are behind a ${other === "," ? "comma" : "point"}, choose that under “How the file was read”.`;
  if (/\d/.test(text) && /[%€$£¥a-z°]/i.test(text)) return "Write the number alone, without its unit.";
  return "Correct the cell, or leave it empty if the value is missing.";
}
