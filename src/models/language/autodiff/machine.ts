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
