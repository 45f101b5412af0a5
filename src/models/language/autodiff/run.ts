/** Runs typed functions in float64: closures over one flat memory, no eval. */
import type { Code, Machine } from "./machine.ts";
import { RunExpressions } from "./run_expressions.ts";
import { RunStatements } from "./run_statements.ts";
import type { Fn, Variable } from "./tree.ts";
import { slots } from "./types.ts";

export interface Runnable {
  readonly memory: Float64Array;
  /** Addresses of the arguments, and of the result. */
  readonly params: readonly number[];
  readonly result: number;
  readonly run: () => void;
}

class Compiler implements Machine {
  readonly memory: Float64Array;
  used = 0;
  private readonly codes = new Map<Fn, Code>();
  private readonly constants = new Map<Variable, number>();
  private addresses = new Map<Variable, number>();

  constructor(size: number) {
    this.memory = new Float64Array(size);
  }

  allocate(count: number): number {
    const address = this.used;
    this.used += count;
    return address;
  }

  addressOf(variable: Variable): number {
    const table = variable.kind === "constant" ? this.constants : this.addresses;
    const known = table.get(variable);
    if (known !== undefined) return known;
    const address = this.allocate(slots(variable.type));
    table.set(variable, address);
    if (variable.value) {
      const before: (() => void)[] = [];
      const to = { base: address, moving: null };
      const stores = new RunExpressions(this).stores(variable.value, to, before);
      for (const step of [...before, ...stores]) step();
    }
    return address;
  }

  code(fn: Fn): Code {
    const known = this.codes.get(fn);
    if (known) return known;
    const outer = this.addresses;
    this.addresses = new Map();
    const params = fn.params.map(param => this.addressOf(param));
    const result = this.allocate(slots(fn.result));
    const body = new RunStatements(this, result).sequence(fn.body);
    this.addresses = outer;
    const code: Code = { params, result, run: body };
    this.codes.set(fn, code);
    return code;
  }
}

/** A function ready to run: write the arguments, run, read the result. */
export function compile(fn: Fn): Runnable {
  // The closures hold the memory, so its size must be known first.
  const trial = new Compiler(0);
  trial.code(fn);
  const compiler = new Compiler(trial.used);
  return { memory: compiler.memory, ...compiler.code(fn) };
}
