import { buildValue } from "../../language/expressions/build_value.ts";
import { LanguageFault, type Tree } from "../../language/expressions/tree.ts";
import { describe, isScalar, scalar } from "../../language/expressions/values.ts";
import { Graph } from "../../language/graph/graph.ts";
import { libraryText } from "../../language/graph/shader_library.ts";
import { shaderBody } from "../../language/graph/shader_text.ts";
import { makeTape } from "../../language/graph/tape.ts";

/** A formula made ready: as a function of the values of its names, and as WGSL. */
export interface Formula {
  /** @param values of the names, in their order */
  readonly compute: (values: Float64Array) => number;
  /**
   * A function of the given head ("fn log_density(…) -> f32") and what it calls, under names that begin with prefix.
   * @param library the text of shaders/language/functions.wgsl
   */
  readonly wgsl: (library: string, head: string, prefix: string) => string;
}

/**
 * @param tree of a formula that checkFormula() has found right
 * @param names what may stand in it, each with its WGSL
 * @throws LanguageFault where something constant in it is not a number
 */
export function compileFormula(tree: Tree, names: ReadonlyMap<string, string>): Formula {
  const graph = new Graph();
  const scope = new Map([...names.keys()].map((name, i) => [name, scalar(graph.variable("values", i))]));
  const value = buildValue(graph, tree, scope);
  if (value.truth || !isScalar(value))
    throw new LanguageFault("a number", describe(value), "Choose by it: c ? 1 : 0.", tree.span);
  const roots = [value.entries[0]];
  const tape = makeTape(graph, roots, ["values"]);
  const out = new Float64Array(1);
  const texts = [...names.values()];
  return {
    compute(values) {
      tape.run(out, [values]);
      return out[0];
    },
    wgsl(library, head, prefix) {
      const helpers = new Set<string>();
      const { lines, values } = shaderBody(graph, roots, {
        variable: (_group, index) => texts[index],
        helper(name) {
          helpers.add(name);
          return prefix + name;
        },
      });
      const body = [...lines, `return ${values[0]};`].map(line => `  ${line}\n`).join("");
      return [libraryText(library, helpers, prefix), `${head} {\n${body}}`].filter(Boolean).join("\n");
    },
  };
}
