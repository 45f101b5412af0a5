/** Models with nonlinear functions: z_t = f(z_{t−1}, u_t, t) + q_t, and y_t Gaussian or of another family around functions of z_t. */
import { type ArrayInput, nearestKey, ParameterError, ShapeError } from "../../engine/index.ts";
import type { Field } from "../../inference/index.ts";
import { checkKeys } from "../check_keys.ts";
import type { VectorFunction } from "../language/vector_function.ts";
import { checkFinite, type Parameter, readParameter } from "../parameter.ts";
import { commonLength, covarianceFactors } from "../parameter_checks.ts";
import { say, valueText } from "../say.ts";
import {
  FAMILY_NAMES,
  type Family,
  type FamilyName,
  familyConstants,
  isFamilyName,
  makeFamily,
} from "./families.ts";

/** A function and the values of its parameters p. */
export interface ModelFunction {
  readonly function: VectorFunction;
  /** p [P]; default those that the function brings */
  readonly parameters: Float64Array;
}

/** A function from expressionFunction() or wgslFunction(); the first brings values of its parameters. */
type GivenFunction = VectorFunction & { readonly parameters?: ArrayLike<number> };

/**
 * Parameters of a model with Gaussian noise, t = 0 … T−1:
 *
 *   z_0 ~ N(m, S)
 *   z_t = f(z_{t−1}, u_t, t) + q_t,  q_t ~ N(0, Q)   t ≥ 1
 *   y_t = h(z_t, u_t, t) + r_t,      r_t ~ N(0, R)   t ≥ 0
 *
 * Q and R are constant, or have a leading time axis [T, …], or leading series and time axes [N, T, …]; m and S may have a leading [N].
 */
export interface NonlinearGaussianParameters {
  /** m [n], S [n, n] symmetric positive semi-definite; zeros = known exactly */
  readonly initial: { readonly mean: ArrayInput; readonly covariance: ArrayInput };
  readonly dynamics: {
    /** f: n values */
    readonly function: GivenFunction;
    /** Values of its parameters p [P] */
    readonly parameters?: ArrayLike<number>;
    /** Q [n, n] */
    readonly covariance: ArrayInput;
  };
  readonly emissions: {
    /** h: m values */
    readonly function: GivenFunction;
    readonly parameters?: ArrayLike<number>;
    /** R [m, m] */
    readonly covariance: ArrayInput;
  };
}

/**
 * Parameters of a model with Gaussian dynamics and emissions of any family, known by two moments: a family by name, with θ = the values
 * of the function (its constants stand beside it: trials, size, concentration, dof, scale); or functions for mean and covariance.
 */
export interface GeneralizedGaussianParameters
  extends Pick<NonlinearGaussianParameters, "initial" | "dynamics"> {
  readonly emissions:
    | {
        readonly family: FamilyName;
        /** θ: see FamilyParameters */
        readonly function: GivenFunction;
        readonly parameters?: ArrayLike<number>;
        readonly trials?: number;
        readonly size?: number;
        readonly concentration?: number;
        readonly dof?: number;
        readonly scale?: number;
      }
    | {
        /** E[y | z]: m values */
        readonly function: GivenFunction;
        readonly parameters?: ArrayLike<number>;
        /** Cov[y | z]: m · m values, row-major */
        readonly covarianceFunction: GivenFunction;
        readonly covarianceParameters?: ArrayLike<number>;
      };
}

/** How y depends on the state, beside its function. */
export type EmissionForm =
  | { readonly kind: "gaussian"; readonly covariance: Parameter; readonly factor: Field }
  | { readonly kind: "family"; readonly family: Family; readonly constants: Readonly<Record<string, number>> }
  | { readonly kind: "moments"; readonly covariance: ModelFunction };

/** A checked model. */
export interface NonlinearSSM {
  readonly type: "nonlinear-gaussian" | "generalized-gaussian";
  /** n */
  readonly stateDim: number;
  /** m, columns of the data */
  readonly emissionDim: number;
  /** d; 0 when the functions take no inputs */
  readonly inputDim: number;
  /** T; undefined unless some covariance varies in time */
  readonly numSteps: number | undefined;
  /** N; undefined unless some parameter has a series axis */
  readonly numSeries: number | undefined;
  readonly initial: { readonly mean: Parameter; readonly covariance: Parameter; readonly factor: Field };
  readonly dynamics: ModelFunction & { readonly covariance: Parameter; readonly factor: Field };
  readonly emissions: ModelFunction & { readonly form: EmissionForm };
  /** What it was loaded from: modelDocument() gives it back. */
  readonly document?: object;
}

/**
 * Check and copy the parameters of a nonlinear model with Gaussian noise.
 * @throws ShapeError if sizes disagree; ParameterError for unknown keys, entries that are not finite, covariances that are none
 */
export const nonlinearGaussianSSM = (parameters: NonlinearGaussianParameters): NonlinearSSM =>
  makeModel("nonlinearGaussianSSM", "nonlinear-gaussian", parameters);

/**
 * Check and copy the parameters of a model with Gaussian dynamics and emissions of another family.
 * @throws as nonlinearGaussianSSM(); ParameterError for an unknown family, with the nearest name
 */
export const generalizedGaussianSSM = (parameters: GeneralizedGaussianParameters): NonlinearSSM =>
  makeModel("generalizedGaussianSSM", "generalized-gaussian", parameters);

type Given = Readonly<Record<string, unknown>>;

function makeModel(call: string, type: NonlinearSSM["type"], parameters: object): NonlinearSSM {
  const groups = ["initial", "dynamics", "emissions"];
  const given = checkKeys(call, "", parameters, groups, groups);
  const initial = checkKeys(call, "initial.", given.initial, ["mean", "covariance"], ["mean", "covariance"]);
  const dynamics = checkKeys(
    call,
    "dynamics.",
    given.dynamics,
    ["function", "parameters", "covariance"],
    ["function", "covariance"],
  );
  const f = readFunction(call, "dynamics", dynamics);
  const n = f.function.stateDim;
  if (f.function.outputDim !== n)
    refuse(call, "dynamics.function", `${n} values, one per state`, `${f.function.outputDim}`);
  const emissions = readEmissions(call, type, given.emissions, n);
  const inputDim = sameInputs(call, f.function, emissions);
  const read = (path: string, value: unknown, shape: number[], leading: 1 | 2): Parameter => {
    const parameter = readParameter(call, path, value as ArrayInput, shape, leading);
    checkFinite(call, path, parameter, path === "dynamics.covariance");
    return parameter;
  };
  const mean = read("initial.mean", initial.mean, [n], 1);
  const S = read("initial.covariance", initial.covariance, [n, n], 1);
  const Q = read("dynamics.covariance", dynamics.covariance, [n, n], 2);
  const form = readForm(call, emissions, read);
  const varying: [string, Parameter][] = [["dynamics.covariance", Q]];
  if (form.kind === "gaussian") varying.push(["emissions.covariance", form.covariance]);
  const all: typeof varying = [...varying, ["initial.mean", mean], ["initial.covariance", S]];
  return {
    type,
    stateDim: n,
    emissionDim: form.kind === "family" ? form.family.dataDim : emissions.function.outputDim,
    inputDim,
    numSteps: commonLength(call, varying, "numSteps", "time axis"),
    numSeries: commonLength(call, all, "numSeries", "series axis"),
    initial: { mean, covariance: S, factor: covarianceFactors(call, "initial.covariance", S, n, false) },
    dynamics: { ...f, covariance: Q, factor: covarianceFactors(call, "dynamics.covariance", Q, n, true) },
    emissions: { function: emissions.function, parameters: emissions.parameters, form },
  };
}

function readFunction(
  call: string,
  path: string,
  given: Given,
  key = "function",
  values = "parameters",
): ModelFunction {
  const fn = given[key] as GivenFunction;
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

type ReadEmissions = ModelFunction & {
  readonly given: Given;
  readonly family?: Family;
  readonly constants: Readonly<Record<string, number>>;
  readonly covariance?: ModelFunction;
};

function readEmissions(call: string, type: NonlinearSSM["type"], value: unknown, n: number): ReadEmissions {
  const common = ["function", "parameters"];
  const named = typeof value === "object" && value !== null && "family" in value;
  const constants: Record<string, number> = {};
  let family: FamilyName | undefined;
  if (type === "nonlinear-gaussian")
    checkKeys(call, "emissions.", value, [...common, "covariance"], ["function", "covariance"]);
  else if (named) {
    family = familyName(call, (value as Given).family);
    const own = familyConstants(family);
    checkKeys(call, "emissions.", value, ["family", ...common, ...own], ["function", ...own]);
    for (const key of own) constants[key] = (value as Record<string, number>)[key];
  } else {
    const keys = [...common, "covarianceFunction", "covarianceParameters"];
    checkKeys(call, "emissions.", value, ["family", ...keys], ["function", "covarianceFunction"]);
  }
  const given = value as Given;
  const h = readFunction(call, "emissions", given);
  const states = (path: string, fn: VectorFunction): void => {
    if (fn.stateDim !== n)
      refuse(call, path, `a function of ${n} states as in the dynamics`, `${fn.stateDim} states`);
  };
  states("emissions.function", h.function);
  if (family)
    return { ...h, given, constants, family: makeFamily(call, family, h.function.outputDim, constants) };
  if (type === "nonlinear-gaussian") return { ...h, given, constants };
  const covariance = readFunction(call, "emissions", given, "covarianceFunction", "covarianceParameters");
  states("emissions.covarianceFunction", covariance.function);
  const m = h.function.outputDim;
  if (covariance.function.outputDim !== m * m)
    refuse(
      call,
      "emissions.covarianceFunction",
      `${m * m} values, a matrix [${m}, ${m}]`,
      `${covariance.function.outputDim}`,
    );
  return { ...h, given, constants, covariance };
}

function readForm(
  call: string,
  { given, family, constants, covariance, function: h }: ReadEmissions,
  read: (path: string, value: unknown, shape: number[], leading: 1 | 2) => Parameter,
): EmissionForm {
  if (family) return { kind: "family", family, constants };
  if (covariance) return { kind: "moments", covariance };
  const m = h.outputDim;
  const R = read("emissions.covariance", given.covariance, [m, m], 2);
  return {
    kind: "gaussian",
    covariance: R,
    factor: covarianceFactors(call, "emissions.covariance", R, m, false),
  };
}

function familyName(call: string, value: unknown): FamilyName {
  if (isFamilyName(value)) return value;
  const near = typeof value === "string" ? nearestKey(value, FAMILY_NAMES) : undefined;
  const expected = `one of ${FAMILY_NAMES.map(name => `"${name}"`).join(", ")}`;
  return refuse(call, "emissions.family", expected, valueText(value), near && `Did you mean "${near}"?`);
}

/** d: functions that take inputs take the same. */
function sameInputs(call: string, f: VectorFunction, { function: h, covariance }: ReadEmissions): number {
  const sizes = [f, h, ...(covariance ? [covariance.function] : [])].map(fn => fn.inputDim);
  const d = Math.max(...sizes);
  const other = sizes.find(size => size !== d && size !== 0);
  if (other !== undefined)
    throw new ShapeError(
      say(
        call,
        "emissions.function",
        `${d} inputs in all functions that take some`,
        `${other}`,
        "Give all the same inputDim.",
      ),
    );
  return d;
}

function refuse(call: string, argument: string, expected: string, got: string, fix?: string): never {
  throw new ParameterError(say(call, argument, expected, got, fix ?? "Correct it."));
}
