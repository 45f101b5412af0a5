/**
 * Forward mode: of a function, one that also takes tangents of its active arguments and returns value and tangent. Variables
 * are paired (x and d_x), branches and loops stay, values that are used twice become lets. The output is of the language of
 * the input, so that the second derivative is the same transformation once more.
 */
import { Activities, type Activity, rootVariable } from "./activity.ts";
import { DualExpressions } from "./forward_expressions.ts";
import {
  address,
  construct,
  Duals,
  declare,
  deref,
  type Expr,
  type Fn,
  name,
  type Stmt,
  type Variable,
} from "./tree.ts";
import { BOOL, holdsFloat, type Type } from "./types.ts";

export interface Differentiated {
  readonly fn: Fn;
  /** Its arguments are those of the function, then the tangents of these. */
  readonly params: readonly boolean[];
  /** It returns value and tangent (members 0 and 1); else the value alone, which has no derivative. */
  readonly result: boolean;
}

export class Forward {
  readonly activities = new Activities();
  private readonly duals = new Duals();
  private readonly done = new Map<Fn, Map<string, Differentiated>>();

  dual(type: Type): Type {
    return this.duals.of(type);
  }

  /** @param params which arguments are active */
  differentiate(fn: Fn, params: readonly boolean[]): Differentiated {
    const activity = this.activities.of(fn, params);
    const key = activity.params.map(Number).join("");
    let byMask = this.done.get(fn);
    if (!byMask) {
      byMask = new Map();
      this.done.set(fn, byMask);
    }
    const known = byMask.get(key);
    if (known) return known;
    const made = new Transform(this, fn, this.activities.of(fn, activity.params)).run();
    byMask.set(key, made);
    return made;
  }
}

export const zero = (type: Type): Expr => construct(type);

class Transform {
  private readonly forward: Forward;
  private readonly fn: Fn;
  private readonly activity: Activity;
  private readonly tangents = new Map<Variable, Variable>();
  private readonly dual: DualExpressions;

  constructor(forward: Forward, fn: Fn, activity: Activity) {
    this.forward = forward;
    this.fn = fn;
    this.activity = activity;
    this.dual = new DualExpressions(forward, activity.variables, chain => this.tangentOf(chain));
  }

  run(): Differentiated {
    const { fn, activity } = this;
    const seeds = fn.params.filter((_, i) => activity.params[i]).map(p => this.tangent(p));
    const result = activity.result ? this.forward.dual(fn.result) : fn.result;
    const body = this.body(fn.body);
    const made: Fn = { hint: `${fn.hint}_jvp`, params: [...fn.params, ...seeds], result, body };
    return { fn: made, params: activity.params, result: activity.result };
  }

  private tangent(variable: Variable): Variable {
    const known = this.tangents.get(variable);
    if (known) return known;
    const { hint, type, kind } = variable;
    const made: Variable = { hint: `d_${hint}`, type, kind };
    this.tangents.set(variable, made);
    return made;
  }

  /** The tangent of a variable or a part of one: the same part of its partner. */
  private tangentOf(e: Expr): Expr {
    if (e.kind === "name") return name(this.tangent(e.variable));
    if (e.kind === "deref") return deref(this.tangentOf(e.a));
    if (e.kind === "address") return address(this.tangentOf(e.a));
    if (e.kind === "member" || e.kind === "index" || e.kind === "swizzle")
      return { ...e, a: this.tangentOf(e.a) };
    throw new Error(`forward mode: no tangent of ${e.kind}`);
  }

  private body(body: readonly Stmt[]): Stmt[] {
    return body.flatMap(s => this.statement(s));
  }

  private isActive(variable: Variable | undefined): boolean {
    return variable !== undefined && this.activity.variables.has(variable);
  }

  private statement(s: Stmt): Stmt[] {
    const out: Stmt[] = [];
    switch (s.kind) {
      case "declare": {
        const { variable } = s;
        const active = this.isActive(variable);
        const init = s.init && this.dual.of(s.init, out);
        if (active)
          out.push(declare(this.tangent(variable), init ? (init.tangent ?? zero(variable.type)) : null));
        out.push(declare(variable, init ? init.value : null));
        return out;
      }
      case "assign": {
        const { value, tangent } = this.dual.of(s.value, out);
        // The tangent first: it is made of what the variables were.
        if (this.isActive(rootVariable(s.target)) && holdsFloat(s.target.type))
          out.push({
            kind: "assign",
            target: this.tangentOf(s.target),
            value: tangent ?? zero(s.target.type),
          });
        out.push({ kind: "assign", target: s.target, value });
        return out;
      }
      case "call":
        this.dual.call(s.call, out, true);
        return out;
      case "if":
        return [{ ...s, whenTrue: this.body(s.whenTrue), otherwise: this.body(s.otherwise) }];
      case "for":
        return this.for(s);
      case "loop":
        return [{ ...s, body: this.body(s.body), continuing: this.body(s.continuing) }];
      case "switch":
        return [{ ...s, cases: s.cases.map(c => ({ ...c, body: this.body(c.body) })) }];
      case "return": {
        if (!s.value) return [s];
        const { value, tangent } = this.dual.of(s.value, out);
        const dual = this.forward.dual(this.fn.result);
        const result = this.activity.result
          ? construct(dual, [value, tangent ?? zero(this.fn.result)])
          : value;
        out.push({ kind: "return", value: result });
        return out;
      }
      case "block":
        return [{ kind: "block", body: this.body(s.body) }];
      default:
        return [s];
    }
  }

  /** Stays a for where it counts; where its own statements have tangents it becomes a loop. */
  private for(s: Extract<Stmt, { kind: "for" }>): Stmt[] {
    const init = s.init ? this.statement(s.init) : [];
    const update = s.update ? this.statement(s.update) : [];
    const body = this.body(s.body);
    if (init.length <= 1 && update.length <= 1)
      return [{ ...s, init: init[0] ?? null, update: update[0] ?? null, body }];
    const leave: Stmt[] = s.condition
      ? [
          {
            kind: "if",
            condition: { kind: "unary", type: BOOL, operator: "!", a: s.condition },
            whenTrue: [{ kind: "break" }],
            otherwise: [],
          },
        ]
      : [];
    const loop: Stmt = {
      kind: "loop",
      body: [...leave, ...body],
      continuing: update,
      breakIf: null,
    };
    return [{ kind: "block", body: [...init, loop] }];
  }
}
