/** Names of a function's blocks. What a name stands for is an expression: a variable, a literal, or what a pointer points to. */
import type { Expr } from "./autodiff/tree.ts";

export class Scope {
  private readonly entries = new Map<string, Expr>();
  private readonly outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.outer = outer;
  }

  /** False if the block has the name already. */
  declare(called: string, value: Expr): boolean {
    if (this.entries.has(called)) return false;
    this.entries.set(called, value);
    return true;
  }

  replace(called: string, value: Expr): void {
    this.entries.set(called, value);
  }

  find(called: string): Expr | undefined {
    return this.entries.get(called) ?? this.outer?.find(called);
  }

  get names(): string[] {
    return [...this.entries.keys(), ...(this.outer?.names ?? [])];
  }
}
