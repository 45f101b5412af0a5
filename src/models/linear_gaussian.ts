import { type ArrayInput, ShapeError } from "../engine/index.ts";
import type { Field } from "../inference/index.ts";
import { checkKeys } from "./check_keys.ts";
import { type InitialForm, type InitialState, readInitialState, stateDimension } from "./initial_state.ts";
import { checkFinite, lastAxis, type Parameter, readParameter } from "./parameter.ts";
import { commonLength, covarianceFactors } from "./parameter_checks.ts";
import { say } from "./say.ts";

/**
 * Parameters of a linear Gaussian state space model, t = 0 … T−1:
 *
 *   z_0 ~ N(m, S)
 *   z_t = F z_{t−1} + b + B u_t + q_t,  q_t ~ N(0, Q)   t ≥ 1
 *   y_t = H z_t + d + D u_t + r_t,      r_t ~ N(0, R)   t ≥ 0
 *
 * Every dynamics and emission parameter is constant, or has a leading time axis [T, …], or leading series and time axes
 * [N, T, …] (T may be 1). Initial ones may have a leading [N]. Index 0 of a time-varying dynamics parameter
 * is never used, whatever it holds. Where all sizes are 1, plain numbers may stand for vectors and matrices. Arrays are
 * nested, typed with one axis, or {data, shape}. Covariances are in the squared units of what they belong to.
 */
export interface LinearGaussianParameters {
  /** m [n], S [n, n] and which states are diffuse; or "stationary", or "diffuse" (all of them). */
  readonly initial: InitialState;
  readonly dynamics: {
    /** F [n, n] */
    readonly weights: ArrayInput;
    /** b [n], default 0 */
    readonly bias?: ArrayInput;
    /** B [n, d] */
    readonly inputWeights?: ArrayInput;
    /** Q [n, n], symmetric positive semi-definite */
    readonly covariance: ArrayInput;
  };
  readonly emissions: {
    /** H [m, n] */
    readonly weights: ArrayInput;
    /** d [m], default 0 */
    readonly bias?: ArrayInput;
    /** D [m, d] */
    readonly inputWeights?: ArrayInput;
    /** R [m, m], symmetric positive semi-definite */
    readonly covariance: ArrayInput;
  };
}

/** A checked model. Arrays are copies in float64; change parameters by making a new model. */
export interface LinearGaussianSSM {
  readonly type: "linear-gaussian";
  /** n */
  readonly stateDim: number;
  /** m */
  readonly emissionDim: number;
  /** d; 0 when the model takes no inputs */
  readonly inputDim: number;
  /** T; undefined unless some parameter varies in time */
  readonly numSteps: number | undefined;
  /** N; undefined unless some parameter has a series axis */
  readonly numSeries: number | undefined;
  /** Indices of the states with a flat prior, ascending; none for a proper prior. */
  readonly diffuse: readonly number[];
  /** "stationary": the initial moments were computed from the dynamics. */
  readonly initialForm: InitialForm;
  readonly parameters: {
    /** Moments of z_0; zero where it is diffuse. */
    readonly initial: { readonly mean: Parameter; readonly covariance: Parameter };
    readonly dynamics: ModelEquation;
    readonly emissions: ModelEquation;
  };
  /** Lower-triangular L [n, n] or [m, m] with L L' = S, Q, R; strides as those of the covariances. */
  readonly factors: { readonly initial: Field; readonly dynamics: Field; readonly emissions: Field };
}

/** The parameters of one of the two equations. */
export interface ModelEquation {
  readonly weights: Parameter;
  readonly bias?: Parameter;
  readonly inputWeights?: Parameter;
  readonly covariance: Parameter;
}

const CALL = "linearGaussianSSM";
const EQUATION_KEYS = ["weights", "bias", "inputWeights", "covariance"];

/**
 * Check and copy the parameters of a linear Gaussian model.
 * @throws ShapeError if sizes disagree
 * @throws ParameterError for unknown keys, entries that are not finite, covariances that are asymmetric or indefinite
 */
export function linearGaussianSSM(parameters: LinearGaussianParameters): LinearGaussianSSM {
  checkKeys(CALL, "", parameters, ["initial", "dynamics", "emissions"], ["initial", "dynamics", "emissions"]);
  const { initial, dynamics, emissions } = parameters;
  checkKeys(CALL, "dynamics.", dynamics, EQUATION_KEYS, ["weights", "covariance"]);
  checkKeys(CALL, "emissions.", emissions, EQUATION_KEYS, ["weights", "covariance"]);
  const n = stateDimension(CALL, initial, dynamics.weights);
  const m = lastAxis(CALL, "emissions.covariance", emissions.covariance);
  const inputDim = inputSize(dynamics.inputWeights, emissions.inputWeights);

  const read = (path: string, value: ArrayInput, trailing: readonly number[]): Parameter =>
    readParameter(CALL, path, value, trailing, 2);
  const equation = (
    path: "dynamics" | "emissions",
    given: LinearGaussianParameters["dynamics"],
    rows: number,
  ) => ({
    weights: read(`${path}.weights`, given.weights, [rows, n]),
    bias: given.bias === undefined ? undefined : read(`${path}.bias`, given.bias, [rows]),
    inputWeights:
      given.inputWeights === undefined
        ? undefined
        : read(`${path}.inputWeights`, given.inputWeights, [rows, inputDim]),
    covariance: read(`${path}.covariance`, given.covariance, [rows, rows]),
  });
  const equations = {
    dynamics: equation("dynamics", dynamics, n),
    emissions: equation("emissions", emissions, m),
  };
  const named: [string, Parameter][] = [];
  const name = (group: string, members: object): void => {
    for (const [key, value] of Object.entries(members)) if (value) named.push([`${group}.${key}`, value]);
  };
  for (const [group, members] of Object.entries(equations)) name(group, members);
  const numSteps = commonLength(CALL, named, "numSteps", "time axis");
  commonLength(CALL, named, "numSeries", "series axis");
  for (const [path, value] of named) checkFinite(CALL, path, value, path.startsWith("dynamics."));
  const dynamicsFactor = covarianceFactors(
    CALL,
    "dynamics.covariance",
    equations.dynamics.covariance,
    n,
    true,
  );
  const emissionsFactor = covarianceFactors(
    CALL,
    "emissions.covariance",
    equations.emissions.covariance,
    m,
    false,
  );
  const { mean, covariance, form, diffuse } = readInitialState(CALL, initial, equations.dynamics, n);
  name("initial", { mean, covariance });
  const numSeries = commonLength(CALL, named, "numSeries", "series axis");
  return {
    type: "linear-gaussian",
    stateDim: n,
    emissionDim: m,
    inputDim,
    numSteps,
    numSeries,
    diffuse,
    initialForm: form,
    parameters: { initial: { mean, covariance }, ...equations },
    factors: {
      initial: covarianceFactors(CALL, "initial.covariance", covariance, n, false),
      dynamics: dynamicsFactor,
      emissions: emissionsFactor,
    },
  };
}

/** d, from whichever input weights there are. */
function inputSize(dynamics: ArrayInput | undefined, emissions: ArrayInput | undefined): number {
  const sizes = [
    dynamics === undefined ? undefined : lastAxis(CALL, "dynamics.inputWeights", dynamics),
    emissions === undefined ? undefined : lastAxis(CALL, "emissions.inputWeights", emissions),
  ];
  if (sizes[0] !== undefined && sizes[1] !== undefined && sizes[0] !== sizes[1]) {
    throw new ShapeError(
      say(
        CALL,
        "emissions.inputWeights",
        `${sizes[0]} columns as in dynamics.inputWeights`,
        `${sizes[1]}`,
        "Both act on the same inputs: pad with zeros.",
      ),
    );
  }
  return sizes[0] ?? sizes[1] ?? 0;
}
