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

/** The narrowest description of a structure. */
export function describe(entries: JacobianStructure["entries"], m: number, n: number): JacobianStructure {
  if (entries.every(entry => entry === "zero")) return { entries, kind: "zero" };
  let bandwidth = 0;
  entries.forEach((entry, at) => {
    if (entry !== "zero") bandwidth = Math.max(bandwidth, Math.abs(Math.floor(at / n) - (at % n)));
  });
  if (!entries.includes("varying")) return { entries, kind: "constant" };
  if (m === n && bandwidth === 0) return { entries, kind: "diagonal", bandwidth };
  if (bandwidth < Math.max(m, n) - 1) return { entries, kind: "banded", bandwidth };
  return { entries, kind: "dense" };
}
