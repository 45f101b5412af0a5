/** Derivatives of cells with respect to state, inputs and weights, in float64: products of slopes, row by row. */
import type { EntryKind, Sensitivities } from "../../../language/vector_function.ts";
import type { CellParts, TakeSlope } from "./cell.ts";

export function cellSensitivities(
  { stateDim: D, inputDim: d, parameters, twin }: CellParts,
  entries: readonly EntryKind[],
): Omit<Sensitivities, "wgsl"> {
  const cell = twin();
  const count = cell.shared?.count ?? 0;
  const own = d + parameters.length;
  const row = new Float64Array(D);
  const columns = Array.from({ length: D }, (_, i) =>
    Array.from({ length: D }, (_, j) => j).filter(j => entries[i * D + j] !== "zero"),
  );
  /** value(i) must have been called. */
  const slopes = (i: number): void => {
    if (cell.slopes) cell.slopes(i, row);
    else for (const j of columns[i]) row[j] = cell.slope(i, j);
  };
  // Of u, p and what rows share: weights of one way, changes of the other.
  const along = new Float64Array(own + count);
  let weight = 0;
  const scatter: TakeSlope = (entry, slope) => {
    along[entry] += weight * slope;
  };
  let sum = 0;
  const gather: TakeSlope = (entry, slope) => {
    sum += slope * along[entry];
  };
  return {
    pullback(out, x, u, _t, p, y) {
      cell.begin(x, u, p);
      along.fill(0);
      out.fill(0, 0, D);
      for (let i = 0; i < D; i++) {
        weight = y[i];
        if (weight === 0) continue;
        cell.value(i);
        slopes(i);
        for (const j of columns[i]) out[j] += weight * row[j];
        cell.drivers(i, scatter);
      }
      for (let k = 0; k < count; k++) {
        weight = along[own + k];
        cell.shared?.drivers(k, scatter);
      }
      for (let e = 0; e < own; e++) out[D + e] = along[e];
    },
    pushforward(out, x, u, _t, p, dx, du, dp) {
      cell.begin(x, u, p);
      for (let k = 0; k < d; k++) along[k] = du[k];
      for (let k = 0; k < parameters.length; k++) along[d + k] = dp[k];
      for (let k = 0; k < count; k++) {
        sum = 0;
        cell.shared?.drivers(k, gather);
        along[own + k] = sum;
      }
      for (let i = 0; i < D; i++) {
        cell.value(i);
        slopes(i);
        sum = 0;
        for (const j of columns[i]) sum += row[j] * dx[j];
        cell.drivers(i, gather);
        out[i] = sum;
      }
    },
  };
}
