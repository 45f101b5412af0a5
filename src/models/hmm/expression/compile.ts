import { nearestKey } from "../../../engine/index.ts";
import { FUNCTIONS } from "./functions.ts";
import { FormulaError, parseFormula, type Tree } from "./parse.ts";

/** A formula made ready: as a function of the values of its names, and as WGSL. */
export interface Formula {
  /** @param values of the names, in their order */
  readonly compute: (values: Float64Array) => number;
  readonly wgsl: string;
}

/**
 * @param names what may stand in the formula, each with its WGSL
 * @throws FormulaError
 */
export function compileFormula(text: string, names: ReadonlyMap<string, string>): Formula {
  const order = [...names.keys()];
  const constants: Readonly<Record<string, number>> = { pi: Math.PI };
  const build = (tree: Tree, wanted: string): Formula => {
    if (tree.kind === "number" || (tree.kind === "name" && Object.hasOwn(constants, tree.name))) {
      const value = tree.kind === "number" ? tree.value : constants[tree.name];
      if (wanted !== "n") throw new FormulaError(`a comparison, got the number ${value}`);
      return { compute: () => value, wgsl: literal(value) };
    }
    if (tree.kind === "name") {
      const index = order.indexOf(tree.name);
      if (index < 0) {
        const nearest = nearestKey(tree.name, order);
        const known = [...order, ...Object.keys(constants)].join(", ");
        throw new FormulaError(
          `one of the names ${known}, got ${tree.name}${nearest ? ` (did you mean ${nearest}?)` : ""}`,
        );
      }
      if (wanted !== "n") throw new FormulaError(`a comparison, got the number ${tree.name}`);
      return { compute: values => values[index], wgsl: names.get(tree.name)! };
    }
    const { name, args } = tree;
    if (!Object.hasOwn(FUNCTIONS, name)) {
      const known = Object.keys(FUNCTIONS).filter(key => /^\w+$/.test(key));
      const nearest = nearestKey(name, known);
      throw new FormulaError(
        `one of the functions ${known.join(", ")}, got ${name}${nearest ? ` (did you mean ${nearest}?)` : ""}`,
      );
    }
    const { types, compute, wgsl } = FUNCTIONS[name];
    if (args.length !== types.length - 1)
      throw new FormulaError(`${types.length - 1} arguments of ${name}, got ${args.length}`);
    if (types.at(-1) !== wanted)
      throw new FormulaError(
        wanted === "n" ? `a number, got the comparison ${name}` : `a comparison, got ${name}`,
      );
    const power = name === "^" ? wholePower(args[1]) : undefined;
    const parts = args.map((arg, i) => build(arg, types[i]));
    const text = power === undefined ? wgsl(...parts.map(part => part.wgsl)) : repeated(parts[0].wgsl, power);
    const [a, b, c] = parts.map(part => part.compute);
    // Only the branch that is chosen is worked out.
    if (name === "?:") return { compute: v => (a(v) !== 0 ? b(v) : c(v)), wgsl: text };
    if (parts.length === 1) return { compute: values => compute(a(values)), wgsl: text };
    return { compute: values => compute(a(values), b(values)), wgsl: text };
  };
  return build(parseFormula(text), "n");
}

/** 1, 2, 3 or 4 as an exponent. */
const wholePower = (tree: Tree): number | undefined =>
  tree.kind === "number" && [1, 2, 3, 4].includes(tree.value) ? tree.value : undefined;

const repeated = (base: string, times: number): string => `whole_power_f32(${base}, ${times}u)`;

/** A number as WGSL. */
function literal(value: number): string {
  const rounded = Math.fround(value);
  const text = String(Number.isFinite(rounded) ? rounded : Math.sign(value) * 3.4e38);
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}
