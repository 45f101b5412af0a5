/**
 * Which variables of a function can depend on the active arguments, and whether the result does. What does not gets no tangent.
 * A variable counts as a whole, in every place of the function: an overestimate that costs a zero, never a derivative.
 */
import type { CallExpr, Expr, Fn, Stmt, Variable } from "./tree.ts";
import { holdsFloat } from "./types.ts";

export interface Activity {
  readonly variables: ReadonlySet<Variable>;
  /** Arguments that have a tangent: those asked for, and pointers that something active is written through. */
  readonly params: readonly boolean[];
  readonly result: boolean;
}

/** Functions whose derivative is 0 everywhere. */
export const FLAT = new Set(["ceil", "floor", "round", "sign", "step", "trunc", "any", "all"]);

/** The variable whose part an expression is; of what a pointer points to, the pointer. */
export function rootVariable(e: Expr): Variable | undefined {
  if (e.kind === "name") return e.variable;
  if (e.kind === "member" || e.kind === "index" || e.kind === "swizzle") return rootVariable(e.a);
  if (e.kind === "deref" || e.kind === "address") return rootVariable(e.a);
  return undefined;
}

export class Activities {
  private readonly known = new Map<Fn, Map<string, Activity>>();

  of(fn: Fn, params: readonly boolean[]): Activity {
    const key = params.map(Number).join("");
    let byMask = this.known.get(fn);
    if (!byMask) {
      byMask = new Map();
      this.known.set(fn, byMask);
    }
    const known = byMask.get(key);
    if (known) return known;
    const found = new Walk(this, fn, params).run();
    byMask.set(key, found);
    return found;
  }

  /** Of a call, with the arguments that are active. */
  ofCall(call: CallExpr, active: ReadonlySet<Variable>): Activity {
    return this.of(
      call.fn,
      call.args.map(arg => this.isActive(arg, active)),
    );
  }

  isActive(e: Expr, active: ReadonlySet<Variable>): boolean {
    if (!holdsFloat(e.type)) return false;
    switch (e.kind) {
      case "literal":
        return false;
      case "name":
        return active.has(e.variable);
      case "binary":
        return this.isActive(e.a, active) || this.isActive(e.b, active);
      case "construct":
        return e.args.some(arg => this.isActive(arg, active));
      case "builtin":
        return !FLAT.has(e.name) && e.args.some(arg => this.isActive(arg, active));
      case "call":
        return this.ofCall(e, active).result;
      default:
        return this.isActive(e.a, active);
    }
  }
}

class Walk {
  private readonly activities: Activities;
  private readonly fn: Fn;
  private readonly active = new Set<Variable>();
  private result = false;

  constructor(activities: Activities, fn: Fn, params: readonly boolean[]) {
    this.activities = activities;
    this.fn = fn;
    fn.params.forEach((param, i) => {
      if (params[i]) this.active.add(param);
    });
  }

  run(): Activity {
    let before: string;
    do {
      before = `${this.active.size} ${this.result}`;
      this.body(this.fn.body);
    } while (before !== `${this.active.size} ${this.result}`);
    const params = this.fn.params.map(param => this.active.has(param));
    return { variables: this.active, params, result: this.result };
  }

  private body(body: readonly Stmt[]): void {
    for (const s of body) this.statement(s);
  }

  /** Whether the value is active; notes what a call writes through its pointers. */
  private value(e: Expr): boolean {
    if (e.kind === "call") {
      const { params, result } = this.activities.ofCall(e, this.active);
      e.args.forEach((arg, i) => {
        const root = arg.type.kind === "pointer" && params[i] ? rootVariable(arg) : undefined;
        if (root) this.active.add(root);
      });
      return result;
    }
    return this.activities.isActive(e, this.active);
  }

  private statement(s: Stmt): void {
    switch (s.kind) {
      case "declare":
        if (s.init && this.value(s.init)) this.active.add(s.variable);
        return;
      case "assign":
        if (this.value(s.value)) this.active.add(rootVariable(s.target)!);
        return;
      case "call":
        this.value(s.call);
        return;
      case "if":
        this.body(s.whenTrue);
        this.body(s.otherwise);
        return;
      case "for":
        if (s.init) this.statement(s.init);
        this.body(s.body);
        if (s.update) this.statement(s.update);
        return;
      case "loop":
        this.body(s.body);
        this.body(s.continuing);
        return;
      case "switch":
        for (const c of s.cases) this.body(c.body);
        return;
      case "return":
        if (s.value && this.value(s.value)) this.result = true;
        return;
      case "block":
        this.body(s.body);
        return;
    }
  }
}
