/** A vector function y = f(x, u, t, p) whose entries are nodes of a graph. */

import { LimitError, ParameterError } from "../../../engine/index.ts";
import { say, valueText } from "../../say.ts";
import { jacobianStructure } from "../jacobian_structure.ts";
import type {
  EntryKind,
  Float64Function,
  FunctionSizes,
  Sensitivities,
  VectorFunction,
  WgslFunction,
} from "../vector_function.ts";
import { directional, jacobian, reverse } from "./derivatives.ts";
import type { Graph, Id } from "./graph.ts";
import { LIMITED } from "./operations.ts";
import { libraryText } from "./shader_library.ts";
import { shaderBody } from "./shader_text.ts";
import { makeTape, type Tape } from "./tape.ts";

/** Groups of variables, in the order of the arguments. */
const GROUPS = ["x", "u", "t", "p", "dx", "dy", "du", "dp"];

interface Roots {
  readonly value: readonly Id[];
  readonly jvp: readonly Id[];
  readonly jacobian: readonly Id[];
  readonly second: readonly Id[];
  readonly push: readonly Id[];
  /** Of x, then u, then p. */
  readonly pull: readonly Id[];
}

/**
 * @param roots y [m], of the variables x, u, t (index 0) and p
 * @param library the text of shaders/language/functions.wgsl
 */
export function graphFunction(
  graph: Graph,
  roots: readonly Id[],
  sizes: FunctionSizes,
  library: string,
): VectorFunction {
  const { stateDim: n, outputDim: m } = sizes;
  const everywhere = !graph.nodes.some(({ op }) => op !== undefined && LIMITED.has(op));
  const variables = (group: string, count: number): Id[] =>
    Array.from({ length: count }, (_, j) => graph.variable(group, j));
  const states = variables("x", n);
  const along = (group: string): Map<Id, Id> =>
    new Map(states.map((state, j) => [state, graph.variable(group, j)]));
  const rest = [...variables("u", sizes.inputDim), ...variables("p", sizes.numParameters)];
  // Derivatives of large functions are large: they are made when they are asked for.
  const made: Partial<Record<keyof Roots, readonly Id[]>> = {};
  const all: Roots = {
    value: roots,
    get jvp() {
      made.jvp ??= directional(graph, roots, along("dx"));
      return made.jvp;
    },
    jacobian: jacobian(graph, roots, states),
    get second() {
      made.second ??= directional(graph, all.jvp, along("dy"));
      return made.second;
    },
    get push() {
      const rates = [...variables("du", sizes.inputDim), ...variables("dp", sizes.numParameters)];
      made.push ??= directional(
        graph,
        roots,
        new Map([...along("dx"), ...rest.map((id, k) => [id, rates[k]] as const)]),
      );
      return made.push;
    },
    get pull() {
      made.pull ??= reverse(graph, roots, variables("dy", m), [...states, ...rest]);
      return made.pull;
    },
  };
  const float64 = float64Function(graph, all);
  return {
    ...sizes,
    everywhere,
    structure: jacobianStructure(entryKinds(graph, all.jacobian), m, n),
    float64,
    sensitivities: {
      pullback: float64.pull,
      pushforward: float64.push,
      wgsl: (name, which) => wgslFunction(graph, all, sizes, library, name, which),
    },
    wgsl: name => wgslFunction(graph, all, sizes, library, name),
  };
}

function entryKinds(graph: Graph, entries: readonly Id[]): EntryKind[] {
  const varies: boolean[] = [];
  for (const { group, args } of graph.nodes) varies.push(group === "x" || args.some(arg => varies[arg]));
  return entries.map(id => (graph.valueOf(id) === 0 ? "zero" : varies[id] ? "varying" : "constant"));
}

type Numbers = ArrayLike<number>;

function float64Function(
  graph: Graph,
  roots: Roots,
): Float64Function & {
  readonly pull: Sensitivities["pullback"];
  readonly push: Sensitivities["pushforward"];
} {
  const tapes = new Map<keyof Roots, Tape>();
  const tape = (which: keyof Roots): Tape => {
    const known = tapes.get(which);
    if (known !== undefined) return known;
    const made = makeTape(graph, roots[which], GROUPS);
    tapes.set(which, made);
    return made;
  };
  const step = new Float64Array(1);
  const inputs: Numbers[] = GROUPS.map(() => step);
  const run = (
    which: keyof Roots,
    out: Float64Array,
    x: Numbers,
    u: Numbers,
    t: number,
    p: Numbers,
    dx: Numbers = x,
    dy: Numbers = x,
    du: Numbers = x,
    dp: Numbers = x,
  ): void => {
    step[0] = t;
    inputs[0] = x;
    inputs[1] = u;
    inputs[3] = p;
    inputs[4] = dx;
    inputs[5] = dy;
    inputs[6] = du;
    inputs[7] = dp;
    tape(which).run(out, inputs);
    inputs.fill(step);
  };
  return {
    value: (out, x, u, t, p) => run("value", out, x, u, t, p),
    jacobian: (out, x, u, t, p) => run("jacobian", out, x, u, t, p),
    jvp: (out, x, u, t, p, dx) => run("jvp", out, x, u, t, p, dx),
    second: (out, x, u, t, p, dx, dy) => run("second", out, x, u, t, p, dx, dy),
    pull: (out, x, u, t, p, dy) => run("pull", out, x, u, t, p, x, dy),
    push: (out, x, u, t, p, dx, du, dp) => run("push", out, x, u, t, p, dx, x, du, dp),
  };
}

const DIRECTIONS = {
  value: [],
  jacobian: [],
  jvp: ["dx"],
  second: ["dx", "dy"],
  push: ["dx", "du", "dp"],
  pull: ["dy"],
} as const;
const ALWAYS = ["value", "jvp", "jacobian", "second"] as const;
const SUFFIXES = {
  value: "",
  jvp: "_jvp",
  jacobian: "_jacobian",
  second: "_second",
  push: "_push",
  pull: "_pull",
} as const;

/** WGSL has no array(…) of more entries. */
const MOST_ENTRIES = 2047;

/** Words that the texts use. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    "x u t p dx dy du dp fn let var return if else for while loop break true false f32 i32 u32 bool array abs bitcast ceil clamp floor " +
    "max min round select sign sqrt trunc"
  ).split(" "),
);

function checkName(name: string): void {
  const identifier = /^[A-Za-z]\w*$/.test(name) && !name.includes("__");
  if (identifier && !TAKEN.has(name)) return;
  const expected = identifier ? "a name of its own" : "an identifier of WGSL that begins with a letter";
  throw new ParameterError(say("wgsl", "name", expected, valueText(name), "Choose another."));
}

function wgslFunction(
  graph: Graph,
  roots: Roots,
  sizes: FunctionSizes,
  library: string,
  name: string,
  more?: "push" | "pull",
): WgslFunction {
  checkName(name);
  if (roots.jacobian.length > MOST_ENTRIES) {
    const got = `${roots.jacobian.length} = ${sizes.outputDim} · ${sizes.stateDim}`;
    const fix = "Use fewer states, or float64 on the CPU.";
    throw new LimitError(say("wgsl", name, `at most ${MOST_ENTRIES} entries of a Jacobian`, got, fix));
  }
  const helpers = new Set<string>();
  const names = {
    variable: (group: string, index: number) => (group === "t" ? "t" : `${group}[${index}]`),
    helper(helper: string) {
      helpers.add(helper);
      return `${name}_${helper}`;
    },
  };
  const { stateDim: n, inputDim: d, numParameters: P } = sizes;
  const floats = (length: number): string => `array<f32, ${Math.max(1, length)}>`;
  const common = [`x: ${floats(n)}`, `u: ${floats(d)}`, "t: f32", `p: ${floats(P)}`];
  // Of a second derivative, dy is a direction of x; of a pullback, weights of y.
  const lengths = { dx: n, dy: more === "pull" ? sizes.outputDim : n, du: d, dp: P };
  const texts = [...ALWAYS.slice(0, more ? 3 : 4), ...(more ? [more] : [])].map(which => {
    const { lines, values } = shaderBody(graph, roots[which], names);
    const args = [
      ...common,
      ...DIRECTIONS[which].map(direction => `${direction}: ${floats(lengths[direction])}`),
    ];
    const told = which === "pull" ? values.splice(n) : [];
    const tells = told.flatMap((value, k) => {
      if (graph.valueOf(roots.pull[n + k]) === 0) return [];
      return k < d ? [`pulled_input(${k}u, ${value});`] : [`pulled_parameter(${k - d}u, ${value});`];
    });
    const result = floats(values.length);
    const body = [...lines, ...tells, `return ${result}(${values.join(", ")});`].map(line => `  ${line}\n`);
    return `fn ${name}${SUFFIXES[which]}(${args.join(", ")}) -> ${result} {\n${body.join("")}}`;
  });
  return {
    name,
    code: `${[libraryText(library, helpers, `${name}_`), ...texts].filter(Boolean).join("\n")}\n`,
  };
}
