/** Columns of a Jacobian that share no row can be had from one tangent: greedy colouring (Curtis, Powell & Reid 1974). */
import type { JacobianStructure } from "../vector_function.ts";

/** Columns in groups; columns of zeros are in none. */
export function colourColumns({ entries }: JacobianStructure, m: number, n: number): number[][] {
  const groups: number[][] = [];
  const rowsOf: boolean[][] = [];
  for (let j = 0; j < n; j++) {
    const rows = Array.from({ length: m }, (_, i) => entries[i * n + j] !== "zero");
    if (!rows.includes(true)) continue;
    let g = rowsOf.findIndex(taken => rows.every((row, i) => !row || !taken[i]));
    if (g < 0) {
      g = groups.length;
      groups.push([]);
      rowsOf.push(Array<boolean>(m).fill(false));
    }
    groups[g]!.push(j);
    rows.forEach((row, i) => {
      if (row) rowsOf[g]![i] = true;
    });
  }
  return groups;
}
