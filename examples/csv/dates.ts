/** Dates in cells, read from their bytes: seconds since 1970, clocks without a zone taken as UTC. */

export type DateOrder = "ymd" | "dmy" | "mdy";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const [SPACE, PLUS, MINUS, POINT, SLASH, COLON] = [32, 43, 45, 46, 47, 58];
const latin = new TextDecoder("windows-1252");

/** Where a whole number ends that begins at `at`; its value and length in `read`. */
const read = { value: 0, digits: 0 };
function readWhole(bytes: Uint8Array, at: number, end: number): number {
  let [i, value] = [at, 0];
  for (; i < end; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  read.value = value;
  read.digits = i - at;
  return i;
}

/**
 * 2012-01-31, 2012/1/31, 31.1.2012, 31/1/2012 or 1/31/2012 by `order`, 2012-01, 20120131, each with a clock if need be;
 * 31 Jan 2012, Jan 31 2012, Jan 2012, 2012 Q1; 2012.
 * @returns NaN for anything else
 */
export function dateAt(bytes: Uint8Array, start: number, end: number, order: DateOrder): number {
  while (start < end && bytes[start]! <= 32) start++;
  while (end > start && bytes[end - 1]! <= 32) end--;
  let at = readWhole(bytes, start, end);
  const [first, firstDigits] = [read.value, read.digits];
  if (firstDigits === 8 && at === end)
    return seconds(Math.floor(first / 10000), Math.floor(first / 100) % 100, first % 100);
  if (firstDigits === 4 && at === end) return first < 1000 ? Number.NaN : seconds(first, 1, 1);
  const separator = bytes[at];
  const plain = separator === MINUS || separator === SLASH || separator === POINT;
  if (firstDigits === 0 || firstDigits > 4 || at === end || !plain)
    return named(latin.decode(bytes.subarray(start, end)));
  at = readWhole(bytes, at + 1, end);
  const [second, secondDigits] = [read.value, read.digits];
  if (secondDigits === 0) return named(latin.decode(bytes.subarray(start, end)));
  if (at === end && firstDigits === 4 && separator !== POINT) return seconds(first, second, 1);
  if (bytes[at] !== separator) return Number.NaN;
  at = readWhole(bytes, at + 1, end);
  const [third, thirdDigits] = [read.value, read.digits];
  if (thirdDigits === 0 || secondDigits > 2) return Number.NaN;
  const day = inOrder(firstDigits === 4 ? "ymd" : separator === POINT ? "dmy" : order, first, second, third);
  return at === end ? day : day + clock(bytes, at, end);
}

function inOrder(order: DateOrder, a: number, b: number, c: number): number {
  if (order === "ymd") return seconds(a, b, c);
  return order === "dmy" ? seconds(c, b, a) : seconds(c, a, b);
}

function seconds(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1 || day > LENGTHS[month - 1]! || year > 9999) return Number.NaN;
  const full = year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
  if (month === 2 && day === 29 && (full % 4 !== 0 || (full % 100 === 0 && full % 400 !== 0)))
    return Number.NaN;
  return Date.UTC(full, month - 1, day) / 1000;
}

/** Seconds of " 13:05", "T13:05:09.5Z", " 1:05 PM+02:00" after midnight UTC; NaN when it is none. */
function clock(bytes: Uint8Array, from: number, end: number): number {
  if (bytes[from] !== SPACE && bytes[from] !== 84 && bytes[from] !== 116) return Number.NaN;
  let at = readWhole(bytes, from + 1, end);
  let hours = read.value;
  if (read.digits === 0 || hours > 24 || bytes[at] !== COLON) return Number.NaN;
  at = readWhole(bytes, at + 1, end);
  const minutes = read.value;
  if (read.digits !== 2 || minutes > 59) return Number.NaN;
  let rest = 0;
  if (at < end && bytes[at] === COLON) {
    at = readWhole(bytes, at + 1, end);
    rest = read.value;
    if (read.digits !== 2 || rest > 60) return Number.NaN;
    if (at < end && bytes[at] === POINT) {
      at = readWhole(bytes, at + 1, end);
      rest += read.value / 10 ** read.digits;
    }
  }
  while (at < end && bytes[at] === SPACE) at++;
  const half = at + 1 < end && (bytes[at + 1]! | 32) === 109 ? bytes[at]! | 32 : 0;
  if (half === 97 || half === 112) {
    if (hours < 1 || hours > 12) return Number.NaN;
    hours = (hours % 12) + (half === 112 ? 12 : 0);
    at += 2;
  }
  const local = (hours * 60 + minutes) * 60 + rest;
  if (at === end || ((bytes[at]! | 32) === 122 && at + 1 === end)) return local;
  if (bytes[at] !== PLUS && bytes[at] !== MINUS) return Number.NaN;
  const sign = bytes[at] === PLUS ? -1 : 1;
  const zone = /^(\d\d):?(\d\d)?$/.exec(latin.decode(bytes.subarray(at + 1, end)));
  return zone ? local + sign * (Number(zone[1]) * 60 + Number(zone[2] ?? 0)) * 60 : Number.NaN;
}

/** Dates with the English name of a month, and quarters. */
function named(text: string): number {
  const quarter = /^(\d{4})[-\s]?Q([1-4])$/i.exec(text);
  if (quarter) return seconds(Number(quarter[1]), 3 * Number(quarter[2]) - 2, 1);
  const words = /^(?:(\d{1,2})[-\s.]+)?([a-z]{3})[a-z]*\.?[-\s]+(?:(\d{1,2}),?\s+)?(\d{2}|\d{4})$/i.exec(
    text,
  );
  if (!words) return Number.NaN;
  const [, before, name, behind, year] = words;
  const month = MONTHS.indexOf(name!.toLowerCase()) + 1;
  return seconds(Number(year), month, Number(before ?? behind ?? 1));
}

const encoder = new TextEncoder();

/** dateAt() of a text. */
export function parseDate(text: string, order: DateOrder): number {
  const bytes = encoder.encode(text);
  return dateAt(bytes, 0, bytes.length, order);
}

/** Which orders of day and month are possible for all of the dates written with strokes, like 01/02/2012. */
export function possibleOrders(texts: readonly string[]): DateOrder[] {
  let [sure, dayFirst, monthFirst] = [true, true, true];
  for (const text of texts) {
    const groups = /^(\d{1,4})[-/](\d{1,2})[-/]\d{1,4}\b/.exec(text);
    if (!groups || groups[1]!.length === 4) continue;
    sure = false;
    if (Number(groups[1]) > 12) monthFirst = false;
    if (Number(groups[2]) > 12) dayFirst = false;
  }
  if (sure) return ["ymd"];
  return [...(monthFirst ? (["mdy"] as const) : []), ...(dayFirst ? (["dmy"] as const) : [])];
}
