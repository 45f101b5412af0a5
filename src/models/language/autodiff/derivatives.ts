/** The functions NAME, NAME_jvp, NAME_jacobian and NAME_second as typed trees, from f(x, u, t, p) with arrays. */
import type { JacobianStructure } from "../vector_function.ts";
import { colourColumns } from "./colours.ts";
import { Forward } from "./forward.ts";
import {
  at,
  binary,
  call,
  compare,
  construct,
  declare,
  type Expr,
  type Fn,
  literal,
  member,
  name,
  type Stmt,
  type Variable,
} from "./tree.ts";
import { arrayOf, F32, I32 } from "./types.ts";

export interface Derivatives {
  readonly value: Fn;
  readonly jvp: Fn;
  readonly jacobian: Fn;
  readonly second: Fn;
  /** Along x, u and p together: (x, u, t, p, dx, du, dp) → [m]. Made when it is first asked for. */
  readonly push: Fn;
}

/** Columns by shared tangents are written out; more than this many groups run in a loop instead. */
const WRITTEN_OUT = 4;

/** @param value (x [n], u, t, p) → [m] */
export function derivatives(value: Fn, n: number, m: number, structure: JacobianStructure): Derivatives {
  const forward = new Forward();
  /** @param seeds of arguments, by their places */
  const along = (fn: Fn, hint: string, seeds: ReadonlyMap<number, Variable>): Fn => {
    const made = forward.differentiate(
      fn,
      fn.params.map((_, i) => seeds.has(i)),
    );
    const active = [...seeds].flatMap(([i, seed]) => (made.params[i] ? [seed] : []));
    const args = [...fn.params, ...active].map(name);
    const result: Expr = made.result ? member(call(made.fn, args), 1) : construct(fn.result);
    return {
      hint,
      params: [...fn.params, ...seeds.values()],
      result: fn.result,
      body: [{ kind: "return", value: result }],
    };
  };
  const seed = (hint: string, i: number): [number, Variable] => [
    i,
    { hint, type: value.params[i]!.type, kind: "parameter" },
  ];
  const jvp = along(value, "jvp", new Map([seed("dx", 0)]));
  const second = along(jvp, "second", new Map([seed("dy", 0)]));
  let push: Fn | undefined;
  return {
    value,
    jvp,
    second,
    jacobian: jacobianOf(value, jvp, n, m, structure),
    get push() {
      push ??= along(value, "push", new Map([seed("dx", 0), seed("du", 1), seed("dp", 3)]));
      return push;
    },
  };
}

function jacobianOf(value: Fn, jvp: Fn, n: number, m: number, structure: JacobianStructure): Fn {
  const result = arrayOf(F32, m * n);
  const jacobian: Variable = { hint: "jacobian", type: result, kind: "var" };
  const groups = colourColumns(structure, m, n);
  const written = groups.length <= WRITTEN_OUT;
  const body = written
    ? groups.flatMap(group => columnsAtOnce(jacobian, value, jvp, n, m, group, structure))
    : [columnByColumn(jacobian, value, jvp, n, m)];
  return {
    hint: "jacobian",
    params: value.params,
    result,
    body: [declare(jacobian, null), ...body, { kind: "return", value: name(jacobian) }],
  };
}

function columnsAtOnce(
  jacobian: Variable,
  value: Fn,
  jvp: Fn,
  n: number,
  m: number,
  group: readonly number[],
  { entries }: JacobianStructure,
): Stmt[] {
  const ones = Array.from({ length: n }, (_, j) => literal(group.includes(j) ? 1 : 0));
  const columns: Variable = { hint: "columns", type: arrayOf(F32, m), kind: "let" };
  const seed = construct(arrayOf(F32, n), ones);
  const out: Stmt[] = [declare(columns, call(jvp, [...value.params.map(name), seed]))];
  for (let i = 0; i < m; i++)
    for (const j of group)
      if (entries[i * n + j] !== "zero")
        out.push({ kind: "assign", target: at(name(jacobian), i * n + j), value: at(name(columns), i) });
  return out;
}

function columnByColumn(jacobian: Variable, value: Fn, jvp: Fn, n: number, m: number): Stmt {
  const [i, j]: Variable[] = ["i", "j"].map(hint => ({ hint, type: I32, kind: "var" }));
  const dx: Variable = { hint: "dx", type: arrayOf(F32, n), kind: "var" };
  const column: Variable = { hint: "column", type: arrayOf(F32, m), kind: "let" };
  const whole = (value: number) => literal(value, I32);
  const count = (index: Variable, to: number, body: readonly Stmt[]): Stmt => ({
    kind: "for",
    init: declare(index, whole(0)),
    condition: compare("<", name(index), whole(to)),
    update: { kind: "assign", target: name(index), value: binary("+", name(index), whole(1)) },
    body,
  });
  const to = at(name(jacobian), binary("+", binary("*", name(i!), whole(n)), name(j!)));
  return count(j!, n, [
    declare(dx, null),
    { kind: "assign", target: at(name(dx), name(j!)), value: literal(1) },
    declare(column, call(jvp, [...value.params.map(name), name(dx)])),
    count(i!, m, [{ kind: "assign", target: to, value: at(name(column), name(i!)) }]),
  ]);
}
