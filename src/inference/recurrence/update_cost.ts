/** What an update of a trajectory costs on a GPU, by method: estimates that a method is chosen by. */
import type { IterativeMethod } from "./recurrence_problem.ts";

export interface UpdateSizes {
  /** D */
  readonly stateDim: number;
  readonly inputDim: number;
  /** N · T */
  readonly steps: number;
  /** B of blockQuasi */
  readonly blocks: number;
  /** Whether the function is a cell: its rows are evaluated one by one. */
  readonly cell: boolean;
}

export interface UpdateCost {
  readonly flops: number;
  readonly bytes: number;
  readonly dispatches: number;
}

/** Steps of a chunk, and what of an element is read and written on the way up and down, in elements. */
const CHUNK = 32;
const PASSES = 6;
/** Flops of a slope of a cell whose row has been evaluated. */
const SLOPE = 10;
/** Dispatches of a scan with its decision, and of updates without one. */
const SCAN = 4;
const EACH = 2;

/** Flops of f: a guess from its sizes alone. */
export const valueFlops = (D: number): number => 20 * D + 2 * D * D;

export function updateCost(
  method: IterativeMethod,
  { stateDim: D, inputDim, steps, blocks, cell }: UpdateSizes,
): UpdateCost {
  const value = valueFlops(D);
  const trajectory = 4 * (5 * D + 2 * inputDim);
  if (method === "jacobi") return { flops: steps * value, bytes: steps * trajectory, dispatches: EACH };
  const B = method === "newton" ? D : method === "blockQuasi" ? blocks : 1;
  // Entries of A, what it takes to make them, and a product of two.
  const entries = B * D;
  const slopes = cell ? SLOPE * entries : D * value;
  const product = 2 * B * entries;
  const flops = 2 * (value + slopes) + product + 2 * entries + (3 * product) / CHUNK;
  const bytes = trajectory + (4 * PASSES * (entries + D + 1)) / CHUNK;
  return { flops: steps * flops, bytes: steps * bytes, dispatches: SCAN };
}
