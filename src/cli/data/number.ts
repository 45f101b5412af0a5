/** Numbers as cells of a text file. */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MISSING = /^(na|nan|null)?$/i;
const INFINITE = /^[+-]?inf(inity)?$/i;

/** What a cell holds; numbers beyond float64 count as infinite. */
export type Cell =
  | { readonly kind: "number" | "infinite"; readonly value: number }
  | { readonly kind: "missing" | "text" };

const MISSING_CELL: Cell = { kind: "missing" };
const INFINITE_CELL: Cell = { kind: "infinite", value: Number.POSITIVE_INFINITY };
const MINUS_INFINITE_CELL: Cell = { kind: "infinite", value: Number.NEGATIVE_INFINITY };
const TEXT_CELL: Cell = { kind: "text" };

/** An empty cell, NA, NaN and null are missing. */
export function parseCell(text: string): Cell {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) {
    const value = Number(trimmed);
    return Number.isFinite(value) ? { kind: "number", value } : infinite(trimmed);
  }
  if (MISSING.test(trimmed)) return MISSING_CELL;
  return INFINITE.test(trimmed) ? infinite(trimmed) : TEXT_CELL;
}

const infinite = (text: string): Cell => (text.startsWith("-") ? MINUS_INFINITE_CELL : INFINITE_CELL);
