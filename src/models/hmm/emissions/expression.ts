import { type ArrayInput, ParameterError } from "../../../engine/index.ts";
import { placed } from "../../language/expressions/faults.ts";
import { say, valueText } from "../../say.ts";
import { checkFormula } from "../expression/check.ts";
import { compile, type Formula, loadCompiler } from "../expression/load_compiler.ts";
import { parseFormula } from "../expression/parse.ts";
import { userFamily } from "./custom.ts";
import type { FamilyContext, FamilyDefinition } from "./family.ts";
import { nested, TableReader } from "./read_table.ts";

/**
 * log p(y_t | k) as a formula of y0 … , inputs u0 …, and named parameters, each a number or [K], one value per state:
 * {family: "expression", emissionDim, inputDim, logDensity: "-0.5*((y0 - mean)/sd)^2 - log(sd) - 0.5*log(2*pi)",
 * parameters: {mean: [0, 3], sd: 1}}. −Infinity (log(0)) where impossible. A step with a missing entry is left out whole.
 */
export const expression: FamilyDefinition = {
  required: ["logDensity"],
  optional: ["emissionDim", "inputDim", "parameters"],
  make(context, given) {
    const { numEmissions: K } = context;
    const m = whole(context, "emissionDim", given.emissionDim ?? 1, 1);
    const d = whole(context, "inputDim", given.inputDim ?? 0, 0);
    const values = readParameters(context, given.parameters ?? {});
    const count = values.length;
    const names = new Map<string, string>();
    for (let i = 0; i < m; i++) names.set(`y${i}`, `y[${i}]`);
    for (let i = 0; i < d; i++) names.set(`u${i}`, `u[${i}]`);
    values.forEach(({ name }, i) => {
      if (names.has(name) || !/^[A-Za-z_]\w*$/.test(name)) {
        const fix = "y0, u0 and so on are the data.";
        throw new ParameterError(
          say(context.call, `${context.path}parameters`, "names of their own", `"${name}"`, fix),
        );
      }
      names.set(name, `emission_parameters[state * ${count}u + ${i}u]`);
    });
    const formula = read(context, given.logDensity, names, { y: m, u: d });
    const table = new Float64Array(K * count);
    values.forEach(({ data }, i) => {
      for (let k = 0; k < K; k++) table[k * count + i] = data[data.length === 1 ? 0 : k];
    });
    const env = new Float64Array(m + d + count);
    const inputs = d > 0 ? " u: array<f32, INPUT_DIM>," : "";
    const family = userFamily(
      "expression",
      K,
      m,
      d,
      (e, y, u) => {
        env.set(y, 0);
        env.set(u, m);
        for (let i = 0; i < count; i++) env[m + d + i] = table[e * count + i];
        const value = formula().compute(env);
        return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
      },
      {
        wgsl: snippet =>
          formula().wgsl(
            snippet("language/functions.wgsl"),
            `fn log_density(y: array<f32, EMISSION_DIM>,${inputs} state: u32) -> f32`,
            "log_density_",
          ),
        parameters: Float32Array.from(count > 0 ? table : [0]),
      },
    );
    return {
      ...family,
      load: loadCompiler,
      parameters: Object.fromEntries(values.map(({ name, ...value }) => [name, value])),
      document: () => ({
        family: "expression",
        emissionDim: m,
        ...(d > 0 && { inputDim: d }),
        logDensity: given.logDensity,
        parameters: Object.fromEntries(values.map(({ name, ...value }) => [name, nested(value)])),
      }),
    };
  },
};

function whole({ call, path }: FamilyContext, key: string, value: unknown, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  throw new ParameterError(
    say(call, `${path}${key}`, `a whole number ≥ ${least}`, valueText(value), "Correct it."),
  );
}

function readParameters(context: FamilyContext, given: unknown) {
  if (given === null || typeof given !== "object" || Array.isArray(given)) {
    const argument = `${context.path}parameters`;
    const fix = "Write {name: value}.";
    throw new ParameterError(say(context.call, argument, "an object of numbers", valueText(given), fix));
  }
  const inner = { ...context, path: `${context.path}parameters.` };
  return Object.entries(given as Record<string, ArrayInput>).map(([name, value]) => ({
    name,
    ...(typeof value === "number"
      ? new TableReader(inner, { [name]: [value] }).read(name, 1)
      : new TableReader(inner, { [name]: value }).read(name, "K")),
    ...(typeof value === "number" && { shape: [] }),
  }));
}

/** Checks a formula; it is compiled when it is first called. */
function read(
  { call, path }: FamilyContext,
  text: unknown,
  names: ReadonlyMap<string, string>,
  lengths: Readonly<Record<string, number>>,
): () => Formula {
  const argument = `${path}logDensity`;
  if (typeof text !== "string")
    throw new ParameterError(say(call, argument, "a formula", valueText(text), "Write it as text."));
  const tree = placed(call, argument, text, () => {
    const parsed = parseFormula(text);
    checkFormula(parsed, names, lengths);
    return parsed;
  });
  let compiled: Formula | undefined;
  return () => {
    compiled ??= placed(call, argument, text, () => compile(tree, names));
    return compiled;
  };
}
