/**
 * One step after the other of the forward recursion, in float64.
 *
 *   predict  p_k = Σ_i α_i A_t[i, k]            (t = 0: p = π)
 *   update   c = max ℓ_k, w_k = p_k exp(ℓ_k − c), s = Σ w_k;  α = w / s,  log p(y_t | y_0:t−1) = c + log s
 *
 * ℓ_k = log p(y_t | z_t = k), the maximum over the states with p_k > 0. Rows that could lose a state (hmm_transitions.cpu.ts) are
 * kept as log α, and the same two lines are worked with logarithms.
 * Source: Rabiner 1989, doi:10.1109/5.18626, section V.A (scaling).
 */

import type { HmmProblem } from "./hmm_problem.ts";
import {
  HmmTransitions,
  LEAST_PROBABILITY,
  LOG_SMALL_WEIGHT,
  logSum,
  SMALL_WEIGHT,
} from "./hmm_transitions.cpu.ts";

/** log p(y_t | z_t = k) for every state, read step by step. */
export class StateLogLikelihoods {
  /** ℓ [K] of the step read last. */
  readonly values: Float64Array;
  private readonly problem: HmmProblem;
  private readonly densities: Float64Array;

  constructor(problem: HmmProblem) {
    this.problem = problem;
    this.values = new Float64Array(problem.numStates);
    this.densities = problem.emissions.emissionOf
      ? new Float64Array(problem.emissions.numEmissions)
      : this.values;
  }

  /**
   * A density that is NaN or +Infinity for some state rules all of them out: the step is named, and no number made of it.
   * @returns whether all are 0, as where nothing is observed
   */
  read(series: number, step: number): boolean {
    const { values, densities } = this;
    const { emissions } = this.problem;
    emissions.logLikelihoods(series, step, densities, 0);
    const { emissionOf } = emissions;
    let [zero, finite] = [true, true];
    for (let k = 0; k < values.length; k++) {
      if (emissionOf) values[k] = densities[emissionOf[k]];
      if (values[k] !== 0) zero = false;
      if (!(values[k] < Number.POSITIVE_INFINITY)) finite = false;
    }
    if (!finite) values.fill(Number.NEGATIVE_INFINITY);
    return zero;
  }
}

/** The recursion with its work space; nothing is allocated per step. */
export class ForwardRecursion {
  /** p(z_t | y_0:t−1) [K] */
  readonly predicted: Float64Array;
  /** p(z_t | y_0:t) [K] */
  readonly filtered: Float64Array;
  /** log of filtered [K], where inLogs */
  readonly logFiltered: Float64Array;
  /** filtered has weights that only logFiltered holds */
  inLogs = false;
  readonly transitions: HmmTransitions;
  readonly logLikelihoods: StateLogLikelihoods;

  private readonly problem: HmmProblem;
  private readonly logPredicted: Float64Array;
  private series = 0;

  constructor(problem: HmmProblem, transitions = new HmmTransitions(problem)) {
    const { numStates: K } = problem;
    this.problem = problem;
    this.transitions = transitions;
    this.logLikelihoods = new StateLogLikelihoods(problem);
    this.predicted = new Float64Array(K);
    this.filtered = new Float64Array(K);
    this.logFiltered = new Float64Array(K);
    this.logPredicted = new Float64Array(K);
  }

  /** Puts π of a series into predicted, that of its step 0. */
  start(series: number): void {
    const { initialProbs, numStates: K } = this.problem;
    this.series = series;
    const at = series * initialProbs.seriesStride;
    for (let k = 0; k < K; k++) this.predicted[k] = initialProbs.data[at + k];
    this.inLogs = this.transitions.logarithms === "always";
    if (this.inLogs) for (let k = 0; k < K; k++) this.logPredicted[k] = Math.log(this.predicted[k]);
  }

  /** From filtered at step − 1 to predicted at step ≥ 1. */
  predict(step: number): void {
    const { predicted, logPredicted, transitions } = this;
    if (!this.inLogs) {
      transitions.forward(this.series, step, this.filtered, 0, predicted);
      return;
    }
    transitions.logForward(this.series, step, this.filtered, this.logFiltered, predicted, logPredicted);
  }

  /**
   * From predicted to filtered at a step.
   * @returns log p(y_t | y_0:t−1), −Infinity if every state is impossible: nothing is changed then
   */
  update(step: number): number {
    const unobserved = this.logLikelihoods.read(this.series, step);
    const value = this.inLogs ? this.updateLogs() : this.updateWeights();
    return unobserved && value !== Number.NEGATIVE_INFINITY ? 0 : value;
  }

  private updateWeights(): number {
    const { predicted: p, filtered, logPredicted, transitions } = this;
    const ll = this.logLikelihoods.values;
    const K = p.length;
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < K; k++) if (p[k] > 0 && ll[k] > largest) largest = ll[k];
    if (largest === Number.NEGATIVE_INFINITY) return largest;
    let sum = 0;
    for (let k = 0; k < K; k++) {
      const weight = p[k] > 0 ? p[k] * Math.exp(ll[k] - largest) : 0;
      filtered[k] = weight;
      sum += weight;
    }
    let small = sum < SMALL_WEIGHT;
    if (!small && transitions.logarithms === "whereSmall") {
      const bound = SMALL_WEIGHT * sum;
      for (let k = 0; k < K; k++)
        if (filtered[k] < bound && p[k] > 0 && ll[k] > Number.NEGATIVE_INFINITY) small = true;
    }
    if (small) {
      for (let k = 0; k < K; k++) logPredicted[k] = Math.log(p[k]);
      return this.updateLogs();
    }
    const scale = 1 / sum;
    for (let k = 0; k < K; k++) {
      const probability = filtered[k] * scale;
      filtered[k] = probability < LEAST_PROBABILITY ? 0 : probability;
    }
    return largest + Math.log(sum);
  }

  private updateLogs(): number {
    const { filtered, logFiltered, logPredicted, transitions } = this;
    const ll = this.logLikelihoods.values;
    const K = filtered.length;
    for (let k = 0; k < K; k++)
      logFiltered[k] =
        logPredicted[k] === Number.NEGATIVE_INFINITY ? logPredicted[k] : logPredicted[k] + ll[k];
    const total = logSum(logFiltered);
    if (total === Number.NEGATIVE_INFINITY) return total;
    let small = transitions.logarithms === "always";
    const may = transitions.logarithms === "whereSmall";
    for (let k = 0; k < K; k++) {
      logFiltered[k] -= total;
      filtered[k] = Math.exp(logFiltered[k]);
      if (may && logFiltered[k] < LOG_SMALL_WEIGHT && logFiltered[k] > Number.NEGATIVE_INFINITY) small = true;
    }
    this.inLogs = small;
    return total;
  }
}
