/** A table as plain text, columns lined up; numbers to the right. */
export function textTable({ title, header, rows }) {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map(row => row[i].length)));
  const isNumber = text => /^[-+.\de]+$/i.test(text);
  const line = cells =>
    cells
      .map((cell, i) => (isNumber(cell) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  return [title, line(header), widths.map(width => "-".repeat(width)).join("  "), ...rows.map(line)].join(
    "\n",
  );
}
