/** Float64 closures of statements. A statement says how it ended: it went on, or left a loop, or the function. */
import { rootVariable } from "./activity.ts";
import { type Before, copies, type Machine } from "./machine.ts";
import { RunExpressions } from "./run_expressions.ts";
import type { Expr, Stmt } from "./tree.ts";
import { construct } from "./tree.ts";
import { slots } from "./types.ts";

/** 0 went on, 1 break, 2 continue, 3 return */
export type Run = () => number;

export class RunStatements {
  private readonly machine: Machine;
  private readonly expressions: RunExpressions;
  private readonly result: number;

  constructor(machine: Machine, result: number) {
    this.machine = machine;
    this.expressions = new RunExpressions(machine);
    this.result = result;
  }

  /** Statements in a row; those that always go on are not asked. */
  sequence(body: readonly Stmt[]): Run {
    const runs: Run[] = [];
    let plain: (() => void)[] = [];
    const flush = () => {
      if (plain.length > 0) runs.push(inARow(plain));
      plain = [];
    };
    for (const s of body) {
      const straight = this.straight(s);
      if (straight) plain.push(...straight);
      else {
        flush();
        runs.push(this.control(s));
      }
    }
    flush();
    if (runs.length === 1) return runs[0]!;
    return () => {
      for (let i = 0; i < runs.length; i++) {
        const end = runs[i]!();
        if (end !== 0) return end;
      }
      return 0;
    };
  }

  private straight(s: Stmt): (() => void)[] | undefined {
    const before: Before = [];
    if (s.kind === "declare") {
      const value = s.init ?? construct(s.variable.type);
      return this.write(value, { kind: "name", type: s.variable.type, variable: s.variable }, false);
    }
    if (s.kind === "assign") return this.write(s.value, s.target, mentions(s.value, s.target));
    if (s.kind === "call") {
      this.expressions.call(s.call, before);
      return before;
    }
    return undefined;
  }

  private write(value: Expr, target: Expr, overlaps: boolean): (() => void)[] {
    const before: Before = [];
    const { expressions } = this;
    const to = expressions.place(target, before);
    const M = this.machine.memory;
    const count = slots(value.type);
    if (value.kind === "call") {
      const code = expressions.call(value, before);
      return [...before, copies(M, to, { base: code.result, moving: null }, count)];
    }
    if (overlaps && count > 1) {
      const copy = { base: this.machine.allocate(count), moving: null };
      const stores = expressions.stores(value, copy, before);
      return [...before, ...stores, copies(M, to, copy, count)];
    }
    const stores = expressions.stores(value, to, before);
    return [...before, ...stores];
  }

  private control(s: Stmt): Run {
    switch (s.kind) {
      case "if": {
        const condition = this.expressions.scalar(s.condition);
        const then = this.sequence(s.whenTrue);
        if (s.otherwise.length === 0) return () => (condition() !== 0 ? then() : 0);
        const otherwise = this.sequence(s.otherwise);
        return () => (condition() !== 0 ? then() : otherwise());
      }
      case "for":
        return this.for(s);
      case "loop": {
        const body = this.sequence(s.body);
        const continuing = this.sequence(s.continuing);
        const leave = s.breakIf ? this.expressions.scalar(s.breakIf) : () => 0;
        return () => {
          for (;;) {
            const end = body();
            if (end === 1) return 0;
            if (end === 3) return 3;
            continuing();
            if (leave() !== 0) return 0;
          }
        };
      }
      case "switch": {
        const selector = this.expressions.scalar(s.selector);
        const bodies = s.cases.map(c => this.sequence(c.body));
        const byValue = new Map(s.cases.flatMap((c, i) => c.values.map(v => [v, bodies[i]!] as const)));
        const otherwise = bodies[s.cases.findIndex(c => c.isDefault)] ?? (() => 0);
        return () => {
          const end = (byValue.get(selector()) ?? otherwise)();
          return end === 1 ? 0 : end;
        };
      }
      case "break":
        return () => 1;
      case "continue":
        return () => 2;
      case "return": {
        if (!s.value) return () => 3;
        const before: Before = [];
        const stores = this.expressions.stores(s.value, { base: this.result, moving: null }, before);
        const all = inARow([...before, ...stores]);
        return () => {
          all();
          return 3;
        };
      }
      case "block":
        return this.sequence(s.body);
      default:
        throw new Error(`float64: ${s.kind}`);
    }
  }

  private for(s: Extract<Stmt, { kind: "for" }>): Run {
    const init = this.sequence(s.init ? [s.init] : []);
    const condition = s.condition ? this.expressions.scalar(s.condition) : () => 1;
    const update = this.sequence(s.update ? [s.update] : []);
    const body = this.sequence(s.body);
    return () => {
      init();
      while (condition() !== 0) {
        const end = body();
        if (end === 1) break;
        if (end === 3) return 3;
        update();
      }
      return 0;
    };
  }
}

function inARow(steps: readonly (() => void)[]): Run {
  if (steps.length === 1) {
    const only = steps[0]!;
    return () => {
      only();
      return 0;
    };
  }
  return () => {
    for (let i = 0; i < steps.length; i++) steps[i]!();
    return 0;
  };
}

/** The value may read what the target is a part of. */
function mentions(value: Expr, target: Expr): boolean {
  const root = rootVariable(target)!;
  const through = root.type.kind === "pointer";
  const look = (e: Expr): boolean => {
    if (e.kind === "name") return e.variable === root || (through && e.variable.kind === "var");
    if (e.kind === "deref") return true;
    if (e.kind === "binary") return look(e.a) || look(e.b);
    if (e.kind === "index") return look(e.a) || look(e.index);
    if (e.kind === "construct" || e.kind === "builtin" || e.kind === "call") return e.args.some(look);
    return e.kind !== "literal" && look(e.a);
  };
  return look(value);
}
