import { type ArrayInput, type NDArray, ParameterError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import { lastAxis, type Parameter, readParameter } from "../parameter.ts";
import { say, valueText } from "../say.ts";
import { nested, TableReader } from "./emissions/read_table.ts";
import { checkTransitionMatrix, type Transitions } from "./transitions.ts";

/**
 * Semi-Markov transitions: a regime is kept for a random number of steps, then left for another. Run as an ordinary chain whose
 * states are phases of the regimes, all phases of a regime with its emission distribution.
 *
 * Source: Langrock & Zucchini 2011, doi:10.1016/j.csda.2010.06.015.
 */
export interface SemiMarkovTransitions {
  readonly kind: "semi-markov";
  /** [R, R]: which regime follows when one is left; the diagonal is 0. For one regime after another, R = 2, it is all there is to say. */
  readonly transitionMatrix: ArrayInput;
  /**
   * explicit: probs [R, D] of 1 … D steps; D states for every regime, less the zeros at the end.
   * negative-binomial: shapes [R] whole numbers ≥ 1 and probs [R]: the sum of `shape` geometric times, each 1, 2, … steps with
   * chance `prob` of ending at each: mean shape/prob steps, at least `shape`; as many states as `shape`.
   */
  readonly durations:
    | { readonly kind: "explicit"; readonly probs: ArrayInput }
    | { readonly kind: "negative-binomial"; readonly shapes: ArrayInput; readonly probs: ArrayInput };
}

/** The phases of one regime: the chance of leaving it from each, else of which phase comes next. */
interface Phases {
  /** [n] chance that the regime ends after this step */
  readonly leave: Float64Array;
  /** [n] chance to stay in the same phase */
  readonly stay: Float64Array;
}

const PATH = "transitions.";

/**
 * A regime begins in its first phase: given initialProbs are those of regimes that begin at the first step; "stationary" are those of a
 * chain that runs for ever.
 * @throws ShapeError, ParameterError
 */
export function semiMarkovTransitions(call: string, given: SemiMarkovTransitions): Transitions {
  checkKeys(call, PATH, given, ["kind", "transitionMatrix", "durations"], ["transitionMatrix", "durations"]);
  const R = lastAxis(call, `${PATH}transitionMatrix`, given.transitionMatrix);
  const between = readParameter(call, `${PATH}transitionMatrix`, given.transitionMatrix, [R, R], 0);
  checkTransitionMatrix(call, `${PATH}transitionMatrix`, between);
  for (let r = 0; r < R; r++) {
    if (between.data[r * R + r] === 0) continue;
    const fix =
      "How long a regime is kept stands in durations: spread the rest of the row over the other regimes.";
    const got = `${between.data[r * R + r]}`;
    throw new ParameterError(say(call, `${PATH}transitionMatrix[${r}][${r}]`, "0", got, fix));
  }
  const { phases, document } = readDurations(call, given.durations, R);
  const first = [0];
  for (const { leave } of phases) first.push(first[first.length - 1] + leave.length);
  const K = first[R];
  const data = new Float64Array(K * K);
  const regimeOf = new Uint32Array(K);
  phases.forEach(({ leave, stay }, r) => {
    for (let j = 0; j < leave.length; j++) {
      const state = first[r] + j;
      regimeOf[state] = r;
      for (let q = 0; q < R; q++) data[state * K + first[q]] += leave[j] * between.data[r * R + q];
      data[state * K + state] += stay[j];
      if (j + 1 < leave.length) data[state * K + state + 1] += 1 - leave[j] - stay[j];
    }
  });
  const matrix: Parameter = {
    data,
    shape: [K, K],
    numSteps: undefined,
    numSeries: undefined,
    stepStride: 0,
    seriesStride: 0,
  };
  return {
    kind: "semi-markov",
    numStates: K,
    numRegimes: R,
    regimeOf,
    inputDim: 0,
    matrix,
    spreadInitial(regimes) {
      const count = regimes.data.length / R;
      const spread = new Float64Array(count * K);
      for (let s = 0; s < count; s++)
        for (let r = 0; r < R; r++) spread[s * K + first[r]] = regimes.data[s * R + r];
      const shape = [...regimes.shape.slice(0, -1), K];
      return { ...regimes, data: spread, shape, seriesStride: regimes.seriesStride > 0 ? K : 0 };
    },
    field: () => matrix,
    document: () => ({
      transitions: { kind: "semi-markov", transitionMatrix: nested(between), durations: document },
    }),
  };
}

function readDurations(
  call: string,
  given: unknown,
  R: number,
): { phases: Phases[]; document: Record<string, unknown> } {
  const path = `${PATH}durations.`;
  const { kind } = checkKeys(call, path, given, ["kind", "probs", "shapes"], ["kind", "probs"]);
  const tables = new TableReader({ call, path, numEmissions: R }, given as Record<string, unknown>);
  if (kind === "explicit") {
    checkKeys(call, path, given, ["kind", "probs"]);
    const probs = tables.distribution("probs", "K", "D");
    const phases = Array.from({ length: R }, (_, r) => explicitPhases(probs, r));
    return { phases, document: { kind, probs: nested(probs) } };
  }
  if (kind !== "negative-binomial") {
    const fix = "Write one of these.";
    throw new ParameterError(
      say(call, `${path}kind`, '"explicit" or "negative-binomial"', valueText(kind), fix),
    );
  }
  checkKeys(call, path, given, ["kind", "probs", "shapes"], ["shapes"]);
  const shapes = tables.read("shapes", "K");
  const probs = tables.probability("probs", "K");
  const fix = "The time is a sum of this many geometric times.";
  tables.each("shapes", shapes, value => Number.isInteger(value) && value >= 1, "a whole number ≥ 1", fix);
  tables.each(
    "probs",
    probs,
    value => value > 0,
    "a probability above 0",
    "At 0 the regime would never end.",
  );
  const phases = Array.from({ length: R }, (_, r) => {
    const n = shapes.data[r];
    const p = probs.data[r];
    return {
      stay: new Float64Array(n).fill(1 - p),
      leave: Float64Array.from({ length: n }, (_, j) => (j === n - 1 ? p : 0)),
    };
  });
  return { phases, document: { kind, shapes: nested(shapes), probs: nested(probs) } };
}

/** Phase j: j + 1 steps so far. It ends with the hazard p_j / Σ_{i ≥ j} p_i; what follows the last possible step is cut off. */
function explicitPhases({ data, shape }: NDArray, r: number): Phases {
  const D = shape[1];
  const p = data.subarray(r * D, (r + 1) * D);
  let n = D;
  while (p[n - 1] === 0) n--;
  const leave = new Float64Array(n);
  let rest = 0;
  for (let j = n - 1; j >= 0; j--) {
    rest += p[j];
    leave[j] = p[j] / rest;
  }
  return { leave, stay: new Float64Array(n) };
}
