/**
 * The structure of a Jacobian by running the function on marks: where a condition is an integer that is known, as in a loop
 * over an array, the way is known too; else both ways are taken and joined, loops until nothing changes.
 */
import { jacobianStructure } from "../jacobian_structure.ts";
import type { EntryKind, JacobianStructure } from "../vector_function.ts";
import { MarkExpressions } from "./mark_expressions.ts";
import { joinStates, type State, sameStates } from "./mark_states.ts";
import { free, join, type Mark, stateMark } from "./marks.ts";
import type { Expr, Fn, Stmt, Variable } from "./tree.ts";
import { elementCount, elementOf, memberOffset, type StructType, slots } from "./types.ts";

/** More work than this is not worth a structure: the Jacobian counts as dense. */
const MOST_STEPS = 3_000_000;

class TooMuch extends Error {}

/** Where the statements of a function lead to, beside the next one. */
interface Exits {
  breaks: State[];
  continues: State[];
  returns: { state: State; value: readonly Mark[] }[];
  /** Some way was chosen by x, so that joins depend on it. */
  byX: boolean;
}

class Walk {
  readonly expressions = new MarkExpressions((call, state) => this.call(call, state));

  /** Runs a function on marks; what pointers point to comes back changed. */
  run(fn: Fn, args: readonly (readonly Mark[])[]): { value: readonly Mark[]; after: State } {
    const state: State = new Map();
    for (const [i, param] of fn.params.entries()) state.set(param, args[i]!);
    const exits: Exits = { breaks: [], continues: [], returns: [], byX: false };
    const end = this.body(fn.body, state, exits);
    if (end) exits.returns.push({ state: end, value: [] });
    const after = joinStates(
      exits.returns.map(r => r.state),
      exits.byX,
    )!;
    const value = exits.returns
      .map(r => r.value)
      .reduce((a, b) => a.map((mark, k) => join(mark, b[k]!, exits.byX)));
    return { value, after };
  }

  private call(e: Extract<Expr, { kind: "call" }>, state: State): readonly Mark[] {
    const args = e.args.map(arg => this.expressions.of(arg, state));
    const { value, after } = this.run(e.fn, args);
    e.args.forEach((arg, i) => {
      if (arg.type.kind !== "pointer") return;
      const target = arg.kind === "address" ? arg.a : arg;
      this.write(target, after.get(e.fn.params[i]!)!, state);
    });
    return value;
  }

  /** Slots that a target may be: its variable, possible first slots, and whether x chooses among them. */
  private locate(e: Expr, state: State): { variable: Variable; starts: number[]; byX: boolean } {
    if (e.kind === "name") return { variable: e.variable, starts: [0], byX: false };
    if (e.kind === "deref" || e.kind === "address") return this.locate(e.a, state);
    if (e.kind === "member" || e.kind === "swizzle") {
      const from = e.kind === "member" ? memberOffset(e.a.type as StructType, e.index) : e.components[0]!;
      const inner = this.locate(e.a, state);
      return { ...inner, starts: inner.starts.map(start => start + from) };
    }
    if (e.kind !== "index") throw new Error(`structure: no place ${e.kind}`);
    const inner = this.locate(e.a, state);
    const index = this.expressions.scalar(e.index, state);
    const stride = slots(elementOf(e.a.type)!);
    const last = elementCount(e.a.type) - 1;
    const indices =
      index.known === undefined
        ? Array.from({ length: last + 1 }, (_, i) => i)
        : [Math.min(Math.max(index.known, 0), last)];
    const starts = inner.starts.flatMap(start => indices.map(i => start + i * stride));
    return { variable: inner.variable, starts, byX: inner.byX || index.onX };
  }

  private write(target: Expr, value: readonly Mark[], state: State): void {
    const { variable, starts, byX } = this.locate(target, state);
    const marks = [...state.get(variable)!];
    for (const start of starts)
      value.forEach((mark, k) => {
        const old = marks[start + k]!;
        marks[start + k] = starts.length === 1 && !byX ? mark : join(old, mark, byX);
      });
    state.set(variable, marks);
  }

  /** @returns the state after the statements, or null if they never end by going on */
  private body(body: readonly Stmt[], start: State, exits: Exits): State | null {
    let state: State | null = start;
    for (const s of body) {
      if (!state) return null;
      state = this.statement(s, state, exits);
    }
    return state;
  }

  private statement(s: Stmt, state: State, exits: Exits): State | null {
    if (this.expressions.steps > MOST_STEPS) throw new TooMuch();
    switch (s.kind) {
      case "declare":
        state.set(
          s.variable,
          s.init
            ? this.expressions.of(s.init, state)
            : this.expressions.of({ kind: "construct", type: s.variable.type, args: [] }, state),
        );
        return state;
      case "assign":
        this.write(s.target, this.expressions.of(s.value, state), state);
        return state;
      case "call":
        this.expressions.of(s.call, state);
        return state;
      case "if": {
        const condition = this.expressions.scalar(s.condition, state);
        if (condition.known !== undefined)
          return this.body(condition.known ? s.whenTrue : s.otherwise, state, exits);
        if (condition.onX) exits.byX = true;
        const then = this.body(s.whenTrue, new Map(state), exits);
        return joinStates([then, this.body(s.otherwise, new Map(state), exits)], condition.onX);
      }
      case "switch":
        return this.switch(s, state, exits);
      case "for": {
        const before = s.init ? this.statement(s.init, state, exits)! : state;
        return this.loop(before, exits, s.condition, s.body, s.update ? [s.update] : [], null);
      }
      case "loop":
        return this.loop(state, exits, null, s.body, s.continuing, s.breakIf);
      case "break":
        exits.breaks.push(state);
        return null;
      case "continue":
        exits.continues.push(state);
        return null;
      case "return":
        exits.returns.push({ value: s.value ? this.expressions.of(s.value, state) : [], state });
        return null;
      case "block":
        return this.body(s.body, state, exits);
    }
  }

  private switch(s: Extract<Stmt, { kind: "switch" }>, state: State, exits: Exits): State | null {
    const selector = this.expressions.scalar(s.selector, state);
    const chosen =
      selector.known === undefined
        ? s.cases
        : [s.cases.find(c => c.values.includes(selector.known!)) ?? s.cases.find(c => c.isDefault)!];
    if (selector.onX) exits.byX = true;
    const outer = exits.breaks;
    exits.breaks = [];
    const ends = chosen.map(c => this.body(c.body, new Map(state), exits));
    const after = joinStates([...ends, ...exits.breaks], selector.onX || exits.byX);
    exits.breaks = outer;
    return after;
  }

  private loop(
    start: State,
    exits: Exits,
    condition: Expr | null,
    body: readonly Stmt[],
    update: readonly Stmt[],
    breakIf: Expr | null,
  ): State | null {
    const { breaks, continues } = exits;
    exits.breaks = [];
    const leaves: State[] = [];
    let state: State | null = start;
    /** Set when the way is not known: then states are joined until nothing changes. */
    let widened = false;
    while (state) {
      if (this.expressions.steps++ > MOST_STEPS) throw new TooMuch();
      const test = condition ? this.expressions.scalar(condition, state) : undefined;
      if (test && test.known === undefined) {
        widened = true;
        if (test.onX) exits.byX = true;
      }
      if (test?.known !== 1 && test) leaves.push(new Map(state));
      if (test?.known === 0) break;
      const before: State = new Map(state);
      const exitsBefore = exits.breaks.length + exits.returns.length;
      exits.continues = [];
      const end = this.body(body, state, exits);
      let next = joinStates([end, ...exits.continues], exits.byX);
      if (next) next = this.body(update, next, exits);
      const leave = next && breakIf ? this.expressions.scalar(breakIf, next) : undefined;
      if (leave && leave.known !== 0 && next) {
        leaves.push(new Map(next));
        if (leave.onX) exits.byX = true;
        if (leave.known === 1) break;
      }
      // An unknown way out makes the number of turns unknown, where nothing else ends the loop.
      const unsure = exits.breaks.length + exits.returns.length > exitsBefore || leave?.known === undefined;
      if (!condition && unsure) widened = true;
      if (!widened || !next) {
        state = next;
        continue;
      }
      const joined: State = joinStates([before, next], exits.byX)!;
      if (sameStates(joined, before)) break;
      state = joined;
    }
    const after = joinStates([...leaves, ...exits.breaks], exits.byX);
    exits.breaks = breaks;
    exits.continues = continues;
    return after;
  }
}

/** @param f (x [n], u, t, p) → [m], all arguments arrays but t */
export function dependencies(f: Fn, n: number, m: number): JacobianStructure {
  const args = f.params.map((param, i) =>
    Array.from({ length: slots(param.type) }, (_, j) => (i === 0 ? stateMark(j, n) : free())),
  );
  let entries: EntryKind[] = Array<EntryKind>(m * n).fill("varying");
  try {
    const { value } = new Walk().run(f, args);
    const words = ["zero", "constant", "varying"] as const;
    entries = entries.map((_, at) => words[value[Math.floor(at / n)]!.degrees?.[at % n] ?? 0]!);
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
  }
  return jacobianStructure(entries, m, n);
}
