/** Marks of expressions: the rules of marks.ts over the typed tree. */

import { FLAT } from "./activity.ts";
import type { State } from "./mark_states.ts";
import { alike, anything, flat, free, join, knownMark, type Mark, product, quotient, sum } from "./marks.ts";
import { convert, scalarOperator, scalarUnary } from "./scalar_functions.ts";
import type { Expr, Variable } from "./tree.ts";
import {
  componentOf,
  elementCount,
  elementOf,
  isFloat,
  memberOffset,
  type StructType,
  slots,
} from "./types.ts";

type Of<K extends Expr["kind"]> = Extract<Expr, { kind: K }>;

/** Runs a call; it may change the state through pointers. */
export type RunCall = (call: Of<"call">, state: State) => readonly Mark[];

export class MarkExpressions {
  private readonly runCall: RunCall;
  /** Expressions looked at; a bound on the work. */
  steps = 0;

  constructor(runCall: RunCall) {
    this.runCall = runCall;
  }

  scalar(e: Expr, state: State): Mark {
    return this.of(e, state)[0]!;
  }

  of(e: Expr, state: State): readonly Mark[] {
    this.steps += slots(e.type);
    switch (e.kind) {
      case "literal":
        return [isFloat(componentOf(e.type)) ? free() : knownMark(e.value)];
      case "name":
        return this.variable(e.variable, state);
      case "deref":
        return this.of(e.a, state);
      case "address":
        return this.of(e.a, state);
      case "member": {
        const from = memberOffset(e.a.type as StructType, e.index);
        return this.of(e.a, state).slice(from, from + slots(e.type));
      }
      case "swizzle": {
        const all = this.of(e.a, state);
        return e.components.map(c => all[c]!);
      }
      case "index":
        return this.index(e, state);
      case "unary": {
        const f = scalarUnary(e.operator, componentOf(e.type) ?? "f32");
        return this.of(e.a, state).map(a => {
          if (isFloat(componentOf(e.type)) || e.type.kind === "matrix") return alike(a);
          return flat([a], a.known === undefined ? undefined : f(a.known));
        });
      }
      case "binary":
        return this.binary(e, state);
      case "construct":
        return this.construct(e, state);
      case "builtin":
        return this.builtin(e, state);
      case "call":
        return this.runCall(e, state);
    }
  }

  private variable(variable: Variable, state: State): readonly Mark[] {
    const known = state.get(variable);
    if (known) return known;
    // A constant of the module.
    const marks = variable.value ? this.of(variable.value, state) : [];
    state.set(variable, marks);
    return marks;
  }

  private index(e: Of<"index">, state: State): readonly Mark[] {
    const all = this.of(e.a, state);
    const index = this.scalar(e.index, state);
    const size = slots(elementOf(e.a.type)!);
    const count = elementCount(e.a.type);
    if (index.known !== undefined) {
      const i = Math.min(Math.max(index.known, 0), count - 1);
      return all.slice(i * size, (i + 1) * size);
    }
    return Array.from({ length: size }, (_, k) => {
      let mark = all[k]!;
      for (let i = 1; i < count; i++) mark = join(mark, all[i * size + k]!, index.onX);
      return { degrees: mark.degrees, onX: mark.onX || index.onX };
    });
  }

  private binary(e: Of<"binary">, state: State): readonly Mark[] {
    const [a, b] = [this.of(e.a, state), this.of(e.b, state)];
    const { operator } = e;
    const matrices = e.a.type.kind === "matrix" || e.b.type.kind === "matrix";
    if (operator === "*" && matrices && e.a.type.kind !== "scalar" && e.b.type.kind !== "scalar") {
      const inner = e.a.type.kind === "matrix" ? e.a.type.columns : a.length;
      const rows = a.length / inner;
      return Array.from({ length: slots(e.type) }, (_, k) => {
        const [r, c] = [k % rows, Math.floor(k / rows)];
        let total: Mark = free();
        for (let i = 0; i < inner; i++) total = sum(total, product(a[i * rows + r]!, b[c * inner + i]!));
        return total;
      });
    }
    const of = componentOf(e.a.type) ?? "f32";
    const isNumber = isFloat(componentOf(e.type)) || e.type.kind === "matrix";
    return Array.from({ length: slots(e.type) }, (_, k) => {
      const [x, y] = [a[a.length === 1 ? 0 : k]!, b[b.length === 1 ? 0 : k]!];
      if (isNumber) {
        if (operator === "+" || operator === "-") return sum(x, y);
        if (operator === "*") return product(x, y);
        return operator === "/" ? quotient(x, y) : anything([x, y]);
      }
      if (operator === "&&" && (x.known === 0 || y.known === 0)) return knownMark(0);
      if (operator === "||" && (x.known === 1 || y.known === 1)) return knownMark(1);
      const both = x.known !== undefined && y.known !== undefined;
      return flat([x, y], both ? scalarOperator(operator, of)!(x.known!, y.known!) : undefined);
    });
  }

  private construct(e: Of<"construct">, state: State): readonly Mark[] {
    const to = componentOf(e.type);
    const count = slots(e.type);
    if (e.args.length === 0)
      return Array.from({ length: count }, () => (to && !isFloat(to) ? knownMark(0) : free()));
    const parts = e.args.flatMap(arg => {
      const from = componentOf(arg.type);
      const marks = this.of(arg, state);
      if (!to || !from || from === to) return marks;
      const f = convert(from, to);
      return marks.map(mark => {
        const known = mark.known === undefined || isFloat(to) ? undefined : f(mark.known);
        return flat([mark], known);
      });
    });
    return parts.length === 1 && count > 1 ? Array<Mark>(count).fill(parts[0]!) : parts;
  }

  private builtin(e: Of<"builtin">, state: State): readonly Mark[] {
    const args = e.args.map(arg => this.of(arg, state));
    const count = slots(e.type);
    const part = (i: number, k: number) => args[i]![args[i]!.length === 1 ? 0 : k]!;
    const each = (f: (k: number) => Mark) => Array.from({ length: count }, (_, k) => f(k));
    const dot = () => args[0]!.map((a, k) => product(a, args[1]![k]!)).reduce(sum, free());
    if (FLAT.has(e.name) || !isFloat(componentOf(e.type) ?? "f32")) {
      // any and all look at every component; integers keep no value here.
      if (e.name === "select") return each(k => join(part(0, k), part(1, k), part(2, k).onX));
      return each(() => flat(args.flat()));
    }
    switch (e.name) {
      case "degrees":
      case "radians":
        return args[0]!.map(alike);
      case "fma":
        return each(k => sum(product(part(0, k), part(1, k)), part(2, k)));
      case "mix":
        return each(k =>
          sum(product(part(0, k), part(2, k)), sum(part(0, k), product(part(1, k), part(2, k)))),
        );
      case "ldexp":
        return each(k => product(part(0, k), part(1, k)));
      case "select":
        return each(k => {
          const { known, onX } = part(2, k);
          if (known !== undefined) return part(known ? 1 : 0, k);
          return join(part(0, k), part(1, k), onX);
        });
      case "dot":
        return [dot()];
      case "cross":
        return each(k => {
          const [i, j] = [(k + 1) % 3, (k + 2) % 3];
          return sum(product(part(0, i), part(1, j)), product(part(0, j), part(1, i)));
        });
      case "transpose": {
        const { columns, rows } = e.args[0]!.type as { columns: number; rows: number };
        return each(k => args[0]![(k % columns) * rows + Math.floor(k / columns)]!);
      }
      case "length":
      case "distance":
      case "normalize":
      case "reflect":
      case "faceForward":
      case "determinant":
        return each(() => anything(args.flat()));
      default:
        return each(k => anything(args.map((_, i) => part(i, k))));
    }
  }
}
