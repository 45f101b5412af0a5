/** Numbers as cells of a text file. */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MISSING = /^(na|nan|null)?$/i;
const INFINITE = /^[+-]?inf(inity)?$/i;

/** What a cell holds; numbers beyond float64 count as infinite. */
export type Cell =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "missing" | "infinite" | "text" };

const MISSING_CELL: Cell = { kind: "missing" };
const INFINITE_CELL: Cell = { kind: "infinite" };
const TEXT_CELL: Cell = { kind: "text" };

/** An empty cell, NA, NaN and null are missing. */
export function parseCell(text: string): Cell {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) {
    const value = Number(trimmed);
    return Number.isFinite(value) ? { kind: "number", value } : INFINITE_CELL;
  }
  if (MISSING.test(trimmed)) return MISSING_CELL;
  return INFINITE.test(trimmed) ? INFINITE_CELL : TEXT_CELL;
}
