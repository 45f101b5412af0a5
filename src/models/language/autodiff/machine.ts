/** What the parts of the float64 machine know of each other. */
import type { Scalar } from "./closures.ts";
import type { Fn, Variable } from "./tree.ts";

/** Work to do before an expression is read. */
export type Before = (() => void)[];

/** A place in memory: a fixed address, and a part that is computed. */
export interface Place {
  readonly base: number;
  readonly moving: Scalar | null;
}

/** A function of the machine. */
export interface Code {
  readonly params: readonly number[];
  readonly result: number;
  readonly run: () => void;
}

/** What expressions need of the machine. */
export interface Machine {
  readonly memory: Float64Array;
  allocate(count: number): number;
  addressOf(variable: Variable): number;
  code(fn: Fn): Code;
}

/** Fewer slots than this a loop copies faster than Float64Array's own methods. */
const FEW = 24;

/** Copies a value from one place to another. */
export function copies(M: Float64Array, to: Place, from: Place, count: number): () => void {
  const start = (place: Place): number => place.base + (place.moving === null ? 0 : place.moving());
  if (count > FEW)
    return () => {
      const source = start(from);
      M.copyWithin(start(to), source, source + count);
    };
  return () => {
    const source = start(from);
    const target = start(to);
    for (let i = 0; i < count; i++) M[target + i] = M[source + i]!;
  };
}
