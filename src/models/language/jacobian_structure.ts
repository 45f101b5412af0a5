import type { EntryKind, JacobianStructure } from "./vector_function.ts";

/** The narrowest description of a Jacobian [m, n] by what is known of its entries. */
export function jacobianStructure(entries: readonly EntryKind[], m: number, n: number): JacobianStructure {
  if (entries.every(entry => entry === "zero")) return { entries, kind: "zero" };
  if (!entries.includes("varying")) return { entries, kind: "constant" };
  let bandwidth = 0;
  entries.forEach((entry, at) => {
    if (entry !== "zero") bandwidth = Math.max(bandwidth, Math.abs(Math.floor(at / n) - (at % n)));
  });
  if (bandwidth === 0 && m === n) return { entries, kind: "diagonal", bandwidth };
  return bandwidth < Math.max(m, n) - 1 ? { entries, kind: "banded", bandwidth } : { entries, kind: "dense" };
}
