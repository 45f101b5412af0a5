/** Nodes of a graph as WGSL: shared nodes are `let`, the others stand where they are used. */
import type { Graph, Id } from "./graph.ts";
import { OPERATIONS } from "./operations.ts";

/** What a text needs of the caller. */
export interface ShaderNames {
  /** A variable: "x[0]". */
  variable(group: string, index: number): string;
  /** The name under which a function of shaders/language/functions.wgsl is to be called. */
  helper(name: string): string;
}

export interface ShaderBody {
  /** `let` lines, in order. */
  readonly lines: readonly string[];
  /** The roots. */
  readonly values: string[];
}

/** Longer expressions get a name, so that none is nested deeply. */
const LONGEST = 160;

/** Statements that work out the roots. */
export function shaderBody(graph: Graph, roots: readonly Id[], names: ShaderNames): ShaderBody {
  const needed = graph.needed(roots);
  const uses = new Map<Id, number>();
  const use = (id: Id, count: number): void => void uses.set(id, (uses.get(id) ?? 0) + count);
  for (const id of roots) use(id, 1);
  for (const id of needed) {
    const { op, args } = graph.nodes[id];
    // The base of a power that is written out is named twice.
    args.forEach((arg, i) => {
      use(arg, op === "powi" && i === 0 ? 2 : 1);
    });
  }
  const texts = new Map<Id, string>();
  const lines: string[] = [];
  for (const id of needed) {
    const { op, value, group, index, truth } = graph.nodes[id];
    if (op === "variable") texts.set(id, names.variable(group, index));
    else if (op === "constant") texts.set(id, truth ? String(value !== 0) : literal(value));
    else {
      const text = operation(graph, id, texts, names);
      if (uses.get(id)! > 1 || text.length > LONGEST) {
        texts.set(id, `v${lines.length}`);
        lines.push(`let v${lines.length} = ${text};`);
      } else texts.set(id, text);
    }
  }
  return { lines, values: roots.map(root => texts.get(root)!) };
}

function operation(graph: Graph, id: Id, texts: ReadonlyMap<Id, string>, names: ShaderNames): string {
  const { op, args } = graph.nodes[id];
  const given = args.map(arg => texts.get(arg)!);
  if (op === "powi") return integerPower(given[0], graph.valueOf(args[1])!, names);
  return OPERATIONS[op as keyof typeof OPERATIONS].wgsl.replace(/@(\w+)|\$(\d)/g, (_, name, at) =>
    name ? names.helper(name) : given[at],
  );
}

/** Squaring as in integerPower() of operations.ts. */
function integerPower(base: string, n: number, names: ShaderNames): string {
  const size = Math.abs(n);
  const text =
    size === 1
      ? base
      : size === 2
        ? `(${base} * ${base})`
        : size === 3
          ? `(${base} * (${base} * ${base}))`
          : `${names.helper("integer_power_f32")}(${base}, ${size}u)`;
  return n < 0 ? `(1.0f / ${text})` : text;
}

/** What stands for infinity: a logarithm of 0 in shaders/lib/special.wgsl. */
const ENDLESS = Math.fround(1e30);

/** A number as the float32 nearest to it, exactly. */
export function literal(value: number): string {
  const rounded = Math.fround(Number.isNaN(value) ? 0 : value);
  const finite = Number.isFinite(rounded) ? rounded : Math.sign(value) * ENDLESS;
  const text = Object.is(finite, -0) ? "0" : String(finite);
  const float = /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
  return finite < 0 ? `(${float})` : float;
}
