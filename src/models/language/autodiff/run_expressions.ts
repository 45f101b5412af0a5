/**
 * Float64 closures of expressions. Every variable has a fixed address, as WGSL has no recursion. An expression of several
 * slots is compiled slot by slot; what cannot be (calls, products of matrices) is computed into memory before the statement.
 */
import { constant, dotOf, map, operate, type Scalar, slotOf } from "./closures.ts";
import { type Before, type Code, copies, type Machine, type Place } from "./machine.ts";
import { builtinSlot } from "./run_builtins.ts";
import { convert, scalarUnary } from "./scalar_functions.ts";
import type { Expr } from "./tree.ts";
import {
  componentOf,
  elementCount,
  elementOf,
  memberOffset,
  type ScalarName,
  type StructType,
  slots,
} from "./types.ts";

const componentScalar = (e: Expr): ScalarName => componentOf(e.type) ?? "f32";

export class RunExpressions {
  private readonly machine: Machine;
  private readonly M: Float64Array;
  /** What was computed before a statement, so that it is computed once for all its slots. */
  private readonly done = new WeakMap<Before, Map<Expr, Place>>();

  constructor(machine: Machine) {
    this.machine = machine;
    this.M = machine.memory;
  }

  /** A scalar with everything that comes before it. */
  scalar(e: Expr): Scalar {
    const before: Before = [];
    const f = this.slot(e, 0, before);
    if (before.length === 0) return f;
    return () => {
      for (let i = 0; i < before.length; i++) before[i]!();
      return f();
    };
  }

  /** One of the slots of a value. */
  slot(e: Expr, k: number, before: Before): Scalar {
    switch (e.kind) {
      case "literal":
        return constant(e.value);
      case "name":
      case "deref":
      case "index":
        return this.read(this.place(e, before), k);
      case "member":
        return this.slot(e.a, memberOffset(e.a.type as StructType, e.index) + k, before);
      case "swizzle":
        return this.slot(e.a, e.components[k]!, before);
      case "unary":
        return map(scalarUnary(e.operator, componentScalar(e)), this.slot(e.a, k, before));
      case "binary": {
        if (e.operator === "*" && (e.a.type.kind === "matrix" || e.b.type.kind === "matrix"))
          if (e.a.type.kind !== "scalar" && e.b.type.kind !== "scalar")
            return this.read(
              this.once(e, before, () => this.product(e, before)),
              k,
            );
        // The right side may be a call that must not be made.
        if (e.operator === "&&" || e.operator === "||")
          return operate(this.M, e.operator, "bool", this.scalar(e.a), this.scalar(e.b));
        const [a, b] = [this.spread(e.a, k, before), this.spread(e.b, k, before)];
        return operate(this.M, e.operator, componentScalar(e.a), a, b);
      }
      case "construct":
        return this.constructed(e, k, before);
      case "builtin":
        return builtinSlot(this, e, k, before);
      case "call":
        return this.read(this.place(e, before), k);
      case "address":
        return this.addressScalar(e.a, before);
    }
  }

  private read({ base, moving }: Place, k: number): Scalar {
    const { M } = this;
    const from = base + k;
    if (!moving) return slotOf(M, from);
    return () => M[from + moving()]!;
  }

  /** Of a scalar beside a vector, the scalar; computed once for all components. */
  spread(e: Expr, k: number, before: Before): Scalar {
    if (e.type.kind !== "scalar") return this.slot(e, k, before);
    const cheap = isFixed(e) || e.kind === "literal" || e.kind === "swizzle";
    return cheap || k === 0 ? this.slot(e, 0, before) : this.read(this.temporary(e, before), 0);
  }

  private once(e: Expr, before: Before, make: () => Place): Place {
    let places = this.done.get(before);
    if (!places) {
      places = new Map();
      this.done.set(before, places);
    }
    const known = places.get(e);
    if (known) return known;
    const made = make();
    places.set(e, made);
    return made;
  }

  /** Where a value is; of what has no place, where it is put. */
  place(e: Expr, before: Before): Place {
    switch (e.kind) {
      case "name":
        return { base: this.machine.addressOf(e.variable), moving: null };
      case "deref":
        return { base: 0, moving: this.slot(e.a, 0, before) };
      case "member": {
        const { base, moving } = this.place(e.a, before);
        return { base: base + memberOffset(e.a.type as StructType, e.index), moving };
      }
      case "index": {
        const { base, moving } = this.place(e.a, before);
        const stride = slots(elementOf(e.a.type)!);
        const index = this.slot(e.index, 0, before);
        const last = elementCount(e.a.type) - 1;
        if (index.constant !== undefined)
          return { base: base + stride * Math.min(Math.max(index.constant, 0), last), moving };
        // Outside the array WGSL gives some element; here it is the nearest.
        const offset = () => {
          const i = index();
          return stride * (i < 0 ? 0 : Math.min(i, last));
        };
        return { base, moving: moving ? () => moving() + offset() : offset };
      }
      case "swizzle":
        if (e.components.length === 1) {
          const { base, moving } = this.place(e.a, before);
          return { base: base + e.components[0]!, moving };
        }
        return this.temporary(e, before);
      case "call":
        return this.once(e, before, () => {
          const code = this.call(e, before);
          const count = slots(e.type);
          const kept = { base: this.machine.allocate(count), moving: null };
          before.push(copies(this.M, kept, { base: code.result, moving: null }, count));
          return kept;
        });
      default:
        return this.temporary(e, before);
    }
  }

  private temporary(e: Expr, before: Before): Place {
    return this.once(e, before, () => {
      const base = this.machine.allocate(slots(e.type));
      const stores = this.stores(e, { base, moving: null }, before);
      before.push(...stores);
      return { base, moving: null };
    });
  }

  private addressScalar(e: Expr, before: Before): Scalar {
    const { base, moving } = this.place(e, before);
    return moving ? () => base + moving() : constant(base);
  }

  /** Runs a function on its arguments; the result is at the address of its code until it runs again. */
  call(e: Extract<Expr, { kind: "call" }>, before: Before): Code {
    const code = this.machine.code(e.fn);
    // Arguments that contain calls come first: they may run this very function.
    const copies = e.args.flatMap((arg, i) =>
      this.stores(arg, { base: code.params[i]!, moving: null }, before),
    );
    before.push(...copies, code.run);
    return code;
  }

  /** Writes the slots of a value to a place that is no part of it. */
  stores(e: Expr, to: Place, before: Before): (() => void)[] {
    const { M } = this;
    const count = slots(e.type);
    const isPlace = e.kind === "name" || e.kind === "deref" || e.kind === "index" || e.kind === "member";
    if (count > 4 && (isPlace || e.kind === "call")) {
      return [copies(M, to, this.place(e, before), count)];
    }
    if (e.kind === "construct" && e.args.length === 0)
      return [
        () => {
          const base = to.base + (to.moving?.() ?? 0);
          M.fill(0, base, base + count);
        },
      ];
    if (e.kind === "construct" && (e.type.kind === "array" || e.type.kind === "struct")) {
      let offset = 0;
      return e.args.flatMap(arg => {
        const part = { base: to.base + offset, moving: to.moving };
        offset += slots(arg.type);
        return this.stores(arg, part, before);
      });
    }
    return Array.from({ length: count }, (_, k) => this.store(this.slot(e, k, before), to, k));
  }

  private store(f: Scalar, { base, moving }: Place, k: number): () => void {
    const { M } = this;
    const to = base + k;
    if (moving)
      return () => {
        M[to + moving()] = f();
      };
    return () => {
      M[to] = f();
    };
  }

  private constructed(e: Extract<Expr, { kind: "construct" }>, k: number, before: Before): Scalar {
    if (e.args.length === 0) return constant(0);
    const to = componentOf(e.type);
    const change = (arg: Expr, s: Scalar) => {
      const from = componentOf(arg.type);
      return to && from && from !== to ? map(convert(from, to), s) : s;
    };
    const only = e.args.length === 1 ? e.args[0]! : undefined;
    if (only?.type.kind === "scalar" && e.type.kind !== "array" && e.type.kind !== "struct")
      return change(only, this.slot(only, 0, before));
    let rest = k;
    for (const arg of e.args) {
      const size = slots(arg.type);
      if (rest < size) return change(arg, this.slot(arg, rest, before));
      rest -= size;
    }
    throw new Error("construct: too few arguments");
  }

  /** Every slot of a value, computed once. */
  all(e: Expr, before: Before): Scalar[] {
    const { base } = isFixed(e) ? this.place(e, before) : this.temporary(e, before);
    return Array.from({ length: slots(e.type) }, (_, k) => slotOf(this.M, base + k));
  }

  private product(e: Extract<Expr, { kind: "binary" }>, before: Before): Place {
    const [a, b] = [this.all(e.a, before), this.all(e.b, before)];
    const inner = e.a.type.kind === "matrix" ? e.a.type.columns : slots(e.a.type);
    const rows = e.a.type.kind === "matrix" ? e.a.type.rows : 1;
    const columns = b.length / inner;
    const base = this.machine.allocate(rows * columns);
    for (let c = 0; c < columns; c++)
      for (let r = 0; r < rows; r++) {
        const row = Array.from({ length: inner }, (_, i) => a[i * rows + r]!);
        const sum = dotOf(row, b.slice(c * inner, (c + 1) * inner));
        before.push(this.store(sum, { base, moving: null }, c * rows + r));
      }
    return { base, moving: null };
  }
}

/** A place that is known before anything runs. */
function isFixed(e: Expr): boolean {
  if (e.kind === "name") return true;
  if (e.kind === "member") return isFixed(e.a);
  return e.kind === "index" && e.index.kind === "literal" && isFixed(e.a);
}
