/** The emissions of a nonlinear model in each of their forms. */
import { nearestKey, ParameterError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import type { VectorFunction } from "../language/vector_function.ts";
import type { Parameter } from "../parameter.ts";
import { covarianceFactors } from "../parameter_checks.ts";
import { say, valueText } from "../say.ts";
import { FAMILY_NAMES, familyConstants, isFamilyName, makeFamily } from "./families.ts";
import type { FamilyName } from "./family.ts";
import type { EmissionForm, ModelFunction, NonlinearSSM } from "./nonlinear_model.ts";

type Given = Readonly<Record<string, unknown>>;
/** Reads a covariance with its leading axes. */
type Read = (path: string, value: unknown, shape: number[], leading: 1 | 2) => Parameter;

/** What a model keeps of them. */
export type ReadEmissions = ModelFunction & {
  readonly form: EmissionForm;
  /** m, columns of the data */
  readonly emissionDim: number;
  /** d of every function that takes inputs, without the data */
  readonly inputDims: readonly number[];
};

/** A function of the user with the values of its parameters. */
export function readFunction(
  call: string,
  path: string,
  given: Given,
  key = "function",
  values = "parameters",
): ModelFunction {
  const fn = given[key] as VectorFunction & { readonly parameters?: ArrayLike<number> };
  if (typeof fn !== "object" || fn === null || typeof fn.float64?.value !== "function")
    refuse(call, `${path}.${key}`, "a function from expressionFunction() or wgslFunction()", valueText(fn));
  const own = given[values] ?? fn.parameters ?? [];
  const list =
    Array.isArray(own) || ArrayBuffer.isView(own) ? Array.from(own as ArrayLike<unknown>) : undefined;
  const p = list?.every(value => typeof value === "number" && Number.isFinite(value))
    ? Float64Array.from(list as number[])
    : refuse(call, `${path}.${values}`, "finite numbers", valueText(own));
  if (p.length !== fn.numParameters)
    refuse(call, `${path}.${values}`, `${fn.numParameters} numbers, one per parameter`, `${p.length}`);
  return { function: fn, parameters: p };
}

/** @param n states of the dynamics */
export function readEmissions(
  call: string,
  type: NonlinearSSM["type"],
  value: unknown,
  n: number,
  read: Read,
): ReadEmissions {
  const has = (key: string): boolean => typeof value === "object" && value !== null && key in value;
  const reader =
    type === "nonlinear-gaussian" ? gaussian : has("family") ? family : has("logDensity") ? density : moments;
  return reader(call, value, n, read);
}

const COMMON = ["function", "parameters"];

function gaussian(call: string, value: unknown, n: number, read: Read): ReadEmissions {
  const given = checkKeys(call, "emissions.", value, [...COMMON, "covariance"], ["function", "covariance"]);
  const h = functionOf(call, given, n);
  const m = h.function.outputDim;
  const covariance = read("emissions.covariance", given.covariance, [m, m], 2);
  const factor = covarianceFactors(call, "emissions.covariance", covariance, m, false);
  return {
    ...h,
    form: { kind: "gaussian", covariance, factor },
    emissionDim: m,
    inputDims: [h.function.inputDim],
  };
}

function family(call: string, value: unknown, n: number): ReadEmissions {
  const name = familyName(call, (value as Given).family);
  const own = familyConstants(name);
  const given = checkKeys(call, "emissions.", value, ["family", ...COMMON, ...own], ["function", ...own]);
  const h = functionOf(call, given, n);
  const constants = Object.fromEntries(own.map(key => [key, given[key] as number]));
  const made = makeFamily(call, name, h.function.outputDim, constants);
  return {
    ...h,
    form: { kind: "family", family: made, constants },
    emissionDim: made.dataDim,
    inputDims: [h.function.inputDim],
  };
}

function moments(call: string, value: unknown, n: number): ReadEmissions {
  const keys = [...COMMON, "covarianceFunction", "covarianceParameters"];
  const known = ["family", "logDensity", "emissionDim", ...keys];
  const given = checkKeys(call, "emissions.", value, known, ["function", "covarianceFunction"]);
  const h = functionOf(call, given, n);
  const covariance = functionOf(call, given, n, "covarianceFunction", "covarianceParameters");
  const m = h.function.outputDim;
  if (covariance.function.outputDim !== m * m) {
    const expected = `${m * m} values, a matrix [${m}, ${m}]`;
    refuse(call, "emissions.covarianceFunction", expected, `${covariance.function.outputDim}`);
  }
  return {
    ...h,
    form: { kind: "moments", covariance },
    emissionDim: m,
    inputDims: [h.function.inputDim, covariance.function.inputDim],
  };
}

function density(call: string, value: unknown, n: number): ReadEmissions {
  const keys = ["logDensity", "parameters", "emissionDim"];
  const given = checkKeys(call, "emissions.", value, keys, ["logDensity"]);
  const h = functionOf(call, given, n, "logDensity");
  const m = given.emissionDim ?? 1;
  if (!Number.isSafeInteger(m) || (m as number) < 1)
    refuse(call, "emissions.emissionDim", "a whole number ≥ 1", valueText(m));
  const { inputDim, outputDim } = h.function;
  if (outputDim !== 1) refuse(call, "emissions.logDensity", "one value", `${outputDim}`);
  if (inputDim < (m as number))
    refuse(
      call,
      "emissions.logDensity",
      `inputs that end with the ${m} entries of y`,
      `${inputDim} inputs`,
      "Give inputDim: those of the model and one for every column of the data.",
    );
  return {
    ...h,
    form: { kind: "density" },
    emissionDim: m as number,
    inputDims: [inputDim - (m as number)],
  };
}

function functionOf(
  call: string,
  given: Given,
  n: number,
  key = "function",
  values = "parameters",
): ModelFunction {
  const read = readFunction(call, "emissions", given, key, values);
  const { stateDim } = read.function;
  if (stateDim !== n)
    refuse(call, `emissions.${key}`, `a function of ${n} states as in the dynamics`, `${stateDim} states`);
  return read;
}

function familyName(call: string, value: unknown): FamilyName {
  if (isFamilyName(value)) return value;
  const near = typeof value === "string" ? nearestKey(value, FAMILY_NAMES) : undefined;
  const expected = `one of ${FAMILY_NAMES.map(name => `"${name}"`).join(", ")}`;
  return refuse(call, "emissions.family", expected, valueText(value), near && `Did you mean "${near}"?`);
}

export function refuse(call: string, argument: string, expected: string, got: string, fix?: string): never {
  throw new ParameterError(say(call, argument, expected, got, fix ?? "Correct it."));
}
