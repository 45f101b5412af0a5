/** The distribution of every entry of an observation given the state, at many states at once: what quantile residuals mix. */
import { standardize } from "../../inference/index.ts";
import type { Family } from "./family.ts";
import type { EmissionForm, ModelFunction, NonlinearSSM } from "./nonlinear_model.ts";
import { normalTails, TAIL_PROBS, type TailProbs } from "./tail_probs.ts";
import { vonMisesDistribution } from "./von_mises_distribution.ts";

export interface EmissionLaw {
  /** Keeps what state x makes of row y under number q; false where the model has no value. */
  keep(q: number, x: Float64Array, u: Float64Array, t: number, y: Float64Array): boolean;
  /** Called before the entries i of the states kept are asked for. @param weights of the states */
  begin?(i: number, weights: Float64Array): void;
  /** out = P(Y_i < y_i), P(Y_i > y_i) at state q given the entries before; @returns log of the density of y_i, or of its probability */
  entry(out: Float64Array, q: number, i: number, y: Float64Array): number;
  /** Whether single values have probability. */
  readonly discrete: boolean;
}

/** @param count number of states; undefined for a log density, which tells no tails, and for Gaussian noise, which needs none */
export function emissionLaw({ emissions }: NonlinearSSM, count: number): EmissionLaw | undefined {
  const { form } = emissions;
  if (form.kind === "moments") return momentsLaw(emissions, form.covariance, count);
  if (form.kind !== "family") return undefined;
  const { family } = form;
  if (family.name === "categorical") return categoricalLaw(keeper(emissions, family, count));
  if (family.name === "von-mises")
    return vonMisesLaw(keeper(emissions, family, count), form.constants.concentration);
  return scalarLaw(keeper(emissions, family, count), form);
}

/** θ of every state. */
interface Kept {
  readonly family: Family;
  readonly keep: EmissionLaw["keep"];
  theta(q: number): Float64Array;
  /** log p(y_i | θ) alone */
  logDensity(q: number, i: number, y: Float64Array): number;
}

function keeper({ function: fn, parameters }: ModelFunction, family: Family, count: number): Kept {
  const r = fn.outputDim;
  const values = new Float64Array(count * r);
  const root = new Float64Array(family.statisticDim ** 2);
  const alone = new Float64Array(family.dataDim).fill(Number.NaN);
  const theta = (q: number): Float64Array => values.subarray(q * r, (q + 1) * r);
  return {
    family,
    theta,
    keep(q, x, u, t) {
      fn.float64.value(theta(q), x, u, t, parameters);
      return family.root(root, theta(q));
    },
    logDensity(q, i, y) {
      alone[i] = y[i];
      const value = family.logDensity(theta(q), alone);
      alone[i] = Number.NaN;
      return value;
    },
  };
}

const CONTINUOUS = ["gamma", "student-t"];

function scalarLaw(kept: Kept, { constants }: Extract<EmissionForm, { kind: "family" }>): EmissionLaw {
  const { name } = kept.family;
  const tails = TAIL_PROBS[name]?.(constants) as TailProbs;
  return {
    keep: kept.keep,
    discrete: !CONTINUOUS.includes(name),
    entry(out, q, i, y) {
      tails(out, kept.theta(q)[i], y[i]);
      return kept.logDensity(q, i, y);
    },
  };
}

/** Categories in the order of their numbers. */
const categoricalLaw = (kept: Kept): EmissionLaw => ({
  keep: kept.keep,
  discrete: true,
  entry(out, q, i, y) {
    out.fill(0);
    kept.theta(q).forEach((p, c) => {
      if (c !== y[0]) out[c < y[0] ? 0 : 1] += p;
    });
    return kept.logDensity(q, i, y);
  },
});

/** Angles from the one opposite to the direction predicted on, once around. */
function vonMisesLaw(kept: Kept, kappa: number): EmissionLaw {
  const distribution = vonMisesDistribution(kappa);
  let start = 0;
  return {
    keep: kept.keep,
    discrete: false,
    begin(i, weights) {
      let [c, s] = [0, 0];
      weights.forEach((weight, q) => {
        if (weight === 0) return;
        c += weight * Math.cos(kept.theta(q)[i]);
        s += weight * Math.sin(kept.theta(q)[i]);
      });
      start = Math.atan2(s, c) - Math.PI;
    },
    entry(out, q, i, y) {
      const turn = 2 * Math.PI;
      const along = y[i] - start;
      const angle = start + along - turn * Math.floor(along / turn);
      const direction = kept.theta(q)[i];
      out[0] = distribution(angle - direction) - distribution(start - direction);
      out[1] = 1 - out[0];
      return kept.logDensity(q, i, y);
    },
  };
}

/** Gaussian with conditional moments: entry i given those before it. */
function momentsLaw(mean: ModelFunction, covariance: ModelFunction, count: number): EmissionLaw {
  const m = mean.function.outputDim;
  const [centre, spread, factor] = [new Float64Array(m), new Float64Array(m * m), new Float64Array(m * m)];
  const [residuals, deviations] = [new Float64Array(count * m), new Float64Array(count * m)];
  return {
    discrete: false,
    keep(q, x, u, t, y) {
      mean.function.float64.value(centre, x, u, t, mean.parameters);
      covariance.function.float64.value(spread, x, u, t, covariance.parameters);
      if (!centre.every(Number.isFinite) || !spread.every(Number.isFinite)) return false;
      standardize(centre, spread, y, 0, factor, residuals, q * m);
      for (let i = 0; i < m; i++) {
        deviations[q * m + i] = factor[i * m + i];
        if (!Number.isNaN(y[i]) && !Number.isFinite(residuals[q * m + i])) return false;
      }
      return true;
    },
    entry(out, q, i) {
      const e = residuals[q * m + i];
      normalTails(out, e);
      return -0.5 * e * e - Math.log(deviations[q * m + i]);
    },
  };
}
