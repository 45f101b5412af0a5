/** Models with nonlinear functions: z_t = f(z_{t−1}, u_t, t) + q_t, and y_t Gaussian or of another family around functions of z_t. */
import { type ArrayInput, ShapeError } from "../../engine/index.ts";
import type { Field } from "../../inference/index.ts";
import { checkKeys } from "../check_keys.ts";
import type { VectorFunction } from "../language/vector_function.ts";
import { checkFinite, type Parameter, readParameter } from "../parameter.ts";
import { commonLength, covarianceFactors } from "../parameter_checks.ts";
import { say } from "../say.ts";
import type { Family, FamilyName } from "./family.ts";
import { readEmissions, readFunction, refuse } from "./read_emissions.ts";

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
 * Parameters of a model with Gaussian dynamics and emissions of another kind: a family by name, with θ = the values of the function (its
 * constants stand beside it: trials, size, concentration, dof, scale); functions for mean and covariance; or a function for log p(y | z).
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
      }
    | {
        /** log p(y | z), nats: one value; the last m of its inputs are y */
        readonly logDensity: GivenFunction;
        readonly parameters?: ArrayLike<number>;
        /** m; default 1 */
        readonly emissionDim?: number;
      };
}

/** How y depends on the state, beside its function. */
export type EmissionForm =
  | { readonly kind: "gaussian"; readonly covariance: Parameter; readonly factor: Field }
  | { readonly kind: "family"; readonly family: Family; readonly constants: Readonly<Record<string, number>> }
  | { readonly kind: "moments"; readonly covariance: ModelFunction }
  /** The function is log p(y | z) of inputs and y. */
  | { readonly kind: "density" };

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
  const read = (path: string, value: unknown, shape: number[], leading: 1 | 2): Parameter => {
    const parameter = readParameter(call, path, value as ArrayInput, shape, leading);
    checkFinite(call, path, parameter, path === "dynamics.covariance");
    return parameter;
  };
  const mean = read("initial.mean", initial.mean, [n], 1);
  const S = read("initial.covariance", initial.covariance, [n, n], 1);
  const Q = read("dynamics.covariance", dynamics.covariance, [n, n], 2);
  const { form, emissionDim, inputDims, ...h } = readEmissions(call, type, given.emissions, n, read);
  const varying: [string, Parameter][] = [["dynamics.covariance", Q]];
  if (form.kind === "gaussian") varying.push(["emissions.covariance", form.covariance]);
  const all: typeof varying = [...varying, ["initial.mean", mean], ["initial.covariance", S]];
  return {
    type,
    stateDim: n,
    emissionDim,
    inputDim: sameInputs(call, [f.function.inputDim, ...inputDims]),
    numSteps: commonLength(call, varying, "numSteps", "time axis"),
    numSeries: commonLength(call, all, "numSeries", "series axis"),
    initial: { mean, covariance: S, factor: covarianceFactors(call, "initial.covariance", S, n, false) },
    dynamics: { ...f, covariance: Q, factor: covarianceFactors(call, "dynamics.covariance", Q, n, true) },
    emissions: { ...h, form },
  };
}

/** d: functions that take inputs take the same. */
function sameInputs(call: string, sizes: readonly number[]): number {
  const d = Math.max(...sizes);
  const other = sizes.find(size => size !== d && size !== 0);
  if (other === undefined) return d;
  const expected = `${d} inputs in all functions that take some`;
  throw new ShapeError(say(call, "emissions.function", expected, `${other}`, "Give all the same inputDim."));
}
