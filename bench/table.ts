/** Tables as plain text, and numbers of a width that fits them. */

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly left?: boolean;
}

export function textTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map(row => columns.map(column => column.value(row)));
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map(line => line[i].length)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => (columns[i].left ? text.padEnd(widths[i]) : text.padStart(widths[i])))
      .join("  ")
      .trimEnd();
  return [line(columns.map(c => c.title)), line(widths.map(w => "-".repeat(w))), ...cells.map(line)].join(
    "\n",
  );
}

/** Three significant digits without an exponent: 0.0123, 1.23, 12.3, 1230. Absent: a dash. */
export function short(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(3));
  const digits = 2 - Math.floor(Math.log10(Math.abs(rounded)));
  return digits > 0 ? rounded.toFixed(Math.min(digits, 6)) : String(rounded);
}

/** Sizes as people write them: 1000, 1e4, 1e6. */
export const sizeText = (value: number): string =>
  value >= 10_000 && value % 10 ** Math.floor(Math.log10(value)) === 0
    ? value.toExponential().replace("+", "")
    : String(value);

export function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return "-";
  for (const [name, unit] of [
    ["GiB", 2 ** 30],
    ["MiB", 2 ** 20],
    ["KiB", 2 ** 10],
  ] as const)
    if (bytes >= unit) return `${short(bytes / unit)} ${name}`;
  return `${bytes} B`;
}
