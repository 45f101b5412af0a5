/** What whole chunks do to a vector: products of the matrices of their items, in float64 on the host. */
import type { TableRows } from "./vector_scan.ts";

/** Matrices [rows, n, n] of items: row i for i < lead, afterwards `period` that repeat. */
export interface MatrixTable extends TableRows {
  readonly data: Float64Array;
}

/** Row of item i. */
export const tableRow = ({ lead, period }: TableRows, i: number): number =>
  i < lead ? i : lead + ((i - lead) % period);

/**
 * Matrices of the chunks of items [start, start + count): each the product over its items, the first in scan order acting
 * first. A last chunk that is short gets the matrix of a full one: nothing is carried past it.
 * @param chunk items in a chunk; a multiple of the period
 */
export function chunkMatrices(
  table: MatrixTable,
  n: number,
  start: number,
  count: number,
  chunk: number,
  reverse: boolean,
): MatrixTable {
  const chunks = Math.ceil(count / chunk);
  const lead = Math.min(chunks, Math.ceil(Math.max(0, table.lead - start) / chunk));
  const rows = chunks > lead ? lead + 1 : lead;
  const data = new Float64Array(rows * n * n);
  const known = table.lead + table.period;
  let product = new Float64Array(n * n);
  let next = new Float64Array(n * n);
  for (let c = 0; c < rows; c++) {
    product.fill(0);
    for (let i = 0; i < n; i++) product[i * n + i] = 1;
    for (let k = 0; k < chunk; k++) {
      const item = start + c * chunk + (reverse ? chunk - 1 - k : k);
      if (table.period === 0 && item >= known) continue;
      multiply(table.data, tableRow(table, item) * n * n, product, n, next);
      [product, next] = [next, product];
    }
    data.set(product, c * n * n);
  }
  return { lead, period: rows - lead, data };
}

/** out = A B, A from `at`. */
function multiply(a: Float64Array, at: number, b: Float64Array, n: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[at + i * n + k]! * b[k * n + j]!;
      out[i * n + j] = sum;
    }
  }
}
