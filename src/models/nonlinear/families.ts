/**
 * Distributions of an observation given the state, by their first two moments: what the filters of a generalised Gaussian model use.
 * A family reads θ = g(z, u, t), the values of the model's function, and says which vector of statistics of y it describes.
 */
import { ParameterError } from "../../engine/index.ts";
import type { CounterRandom } from "../../inference/index.ts";
import { drawBinomial, drawGamma, drawIndex, drawPoisson, drawVonMises } from "../hmm/draws.ts";
import { logBesselScaled, logFactorial, logGamma } from "../hmm/special.ts";
import { say, valueText } from "../say.ts";

/** Names of the families, and for each its constants. */
export interface FamilyParameters {
  /** θ: rates [m]; counts */
  readonly poisson: object;
  /** θ: probabilities [m]; 0 or 1 */
  readonly bernoulli: object;
  /** θ: probabilities [m]; counts up to trials */
  readonly binomial: { readonly trials: number };
  /** θ: means [m]; counts of variance μ + μ²/size */
  readonly "negative-binomial": { readonly size: number };
  /** θ: means [m]; positive numbers of variance μ²/concentration */
  readonly gamma: { readonly concentration: number };
  /** θ: locations [m]; dof > 2, so that there is a variance */
  readonly "student-t": { readonly dof: number; readonly scale: number };
  /** θ: mean directions [m], radians; angles, seen as (cos y, sin y) */
  readonly "von-mises": { readonly concentration: number };
  /** θ: probabilities [C]; one category 0 … C − 1 in one column, seen as indicators of all but the last */
  readonly categorical: object;
}

export type FamilyName = keyof FamilyParameters;

/** Moments of the statistics s(y) [k] given θ [r]. */
export interface Family {
  readonly name: FamilyName;
  /** Columns of the data. */
  readonly dataDim: number;
  /** k, statistics of y. */
  readonly statisticDim: number;
  /** out [k] = E s(y) */
  mean(out: Float64Array, theta: Float64Array): void;
  /** out [k · r] = ∂E s(y)/∂θ */
  slope(out: Float64Array, theta: Float64Array): void;
  /** out [k · k], C with C C' = Cov s(y); false outside of the domain of θ */
  root(out: Float64Array, theta: Float64Array): boolean;
  /** s(y) of one row of data; a missing entry makes its statistics NaN. @returns what y should have been, where it is none */
  encode(out: Float64Array, y: Float64Array): string | undefined;
  /** log p(y | θ), nats, of the entries that are there; NaN outside of the domain of θ */
  logDensity(theta: Float64Array, y: Float64Array): number;
  /** y [dataDim] */
  draw(out: Float64Array, theta: Float64Array, random: CounterRandom): void;
}

/** A family whose entries are independent, each with a θ of its own. */
interface ScalarFamily {
  readonly mean: (theta: number) => number;
  readonly slope: (theta: number) => number;
  /** NaN outside of the domain. */
  readonly variance: (theta: number) => number;
  /** What y must be, where not every finite number is one. */
  readonly domain?: { readonly words: string; readonly holds: (y: number) => boolean };
  readonly logDensity: (theta: number, y: number) => number;
  readonly draw: (theta: number, random: CounterRandom) => number;
}

const COUNT = { words: "a whole number ≥ 0", holds: (y: number) => Number.isInteger(y) && y >= 0 };
const PROBABILITY = (p: number): number => (p >= 0 && p <= 1 ? p * (1 - p) : Number.NaN);
/** 0 · −∞ counts 0: what happens no time needs no probability. */
const times = (count: number, log: number): number => (count === 0 ? 0 : count * log);
const identity = (theta: number): number => theta;
const one = (): number => 1;

const SCALAR: { readonly [Name in FamilyName]?: (constants: Record<string, number>) => ScalarFamily } = {
  poisson: () => ({
    mean: identity,
    slope: one,
    variance: rate => (rate >= 0 ? rate : Number.NaN),
    domain: COUNT,
    logDensity: (rate, y) => times(y, Math.log(rate)) - rate - logFactorial(y),
    draw: (rate, random) => drawPoisson(random, rate),
  }),
  bernoulli: () => ({
    mean: identity,
    slope: one,
    variance: PROBABILITY,
    domain: { words: "0 or 1", holds: y => y === 0 || y === 1 },
    logDensity: (p, y) => times(y, Math.log(p)) + times(1 - y, Math.log1p(-p)),
    draw: (p, random) => (random.uniform() < p ? 1 : 0),
  }),
  binomial: ({ trials }) => ({
    mean: p => trials * p,
    slope: () => trials,
    variance: p => trials * PROBABILITY(p),
    domain: { words: `a whole number from 0 to ${trials}`, holds: y => COUNT.holds(y) && y <= trials },
    logDensity: (p, y) =>
      logFactorial(trials) -
      logFactorial(y) -
      logFactorial(trials - y) +
      times(y, Math.log(p)) +
      times(trials - y, Math.log1p(-p)),
    draw: (p, random) => drawBinomial(random, trials, p),
  }),
  "negative-binomial": ({ size }) => ({
    mean: identity,
    slope: one,
    variance: mean => (mean >= 0 ? mean + (mean * mean) / size : Number.NaN),
    domain: COUNT,
    logDensity: (mean, y) =>
      logGamma(y + size) -
      logGamma(size) -
      logFactorial(y) -
      size * Math.log1p(mean / size) -
      times(y, Math.log1p(size / mean)),
    draw: (mean, random) => drawPoisson(random, (drawGamma(random, size) * mean) / size),
  }),
  gamma: ({ concentration }) => ({
    mean: identity,
    slope: one,
    variance: mean => (mean > 0 ? (mean * mean) / concentration : Number.NaN),
    domain: { words: "a number > 0", holds: y => y > 0 },
    logDensity: (mean, y) =>
      concentration * Math.log(concentration / mean) +
      (concentration - 1) * Math.log(y) -
      (concentration * y) / mean -
      logGamma(concentration),
    draw: (mean, random) => (drawGamma(random, concentration) * mean) / concentration,
  }),
  "student-t": ({ dof, scale }) => ({
    mean: identity,
    slope: one,
    variance: () => (scale * scale * dof) / (dof - 2),
    logDensity: (location, y) =>
      logGamma((dof + 1) / 2) -
      logGamma(dof / 2) -
      0.5 * Math.log(dof * Math.PI) -
      Math.log(scale) -
      ((dof + 1) / 2) * Math.log1p(((y - location) / scale) ** 2 / dof),
    draw: (location, random) =>
      location + scale * random.normal() * Math.sqrt(dof / (2 * drawGamma(random, dof / 2))),
  }),
};

/** Constants of a family and the least value of each, not included. */
const CONSTANTS: Readonly<Record<FamilyName, Readonly<Record<string, number>>>> = {
  poisson: {},
  bernoulli: {},
  binomial: { trials: 0 },
  "negative-binomial": { size: 0 },
  gamma: { concentration: 0 },
  "student-t": { dof: 2, scale: 0 },
  "von-mises": { concentration: 0 },
  categorical: {},
};

export const FAMILY_NAMES = Object.keys(CONSTANTS) as FamilyName[];
export const isFamilyName = (value: unknown): value is FamilyName =>
  FAMILY_NAMES.includes(value as FamilyName);
export const familyConstants = (name: FamilyName): readonly string[] => Object.keys(CONSTANTS[name]);

/**
 * @param outputs r, the number of values of the model's function
 * @throws ParameterError for constants outside of their domain
 */
export function makeFamily(
  call: string,
  name: FamilyName,
  outputs: number,
  constants: Readonly<Record<string, number>>,
): Family {
  for (const [key, least] of Object.entries(CONSTANTS[name])) {
    const value: unknown = constants[key];
    const whole = key === "trials";
    const fine = typeof value === "number" && Number.isFinite(value) && value > least;
    if (fine && (!whole || Number.isInteger(value))) continue;
    const expected = whole ? "a whole number ≥ 1" : `a number > ${least}`;
    const argument = `emissions.${key}`;
    throw new ParameterError(say(call, argument, expected, valueText(value), "Correct it."));
  }
  if (name === "von-mises") return vonMises(outputs, constants.concentration);
  if (name === "categorical") return categorical(call, outputs);
  return independent(name, outputs, SCALAR[name]!(constants));
}

function independent(name: FamilyName, m: number, entry: ScalarFamily): Family {
  return {
    name,
    dataDim: m,
    statisticDim: m,
    mean(out, theta) {
      for (let i = 0; i < m; i++) out[i] = entry.mean(theta[i]);
    },
    slope(out, theta) {
      out.fill(0);
      for (let i = 0; i < m; i++) out[i * m + i] = entry.slope(theta[i]);
    },
    root(out, theta) {
      out.fill(0);
      for (let i = 0; i < m; i++) out[i * m + i] = Math.sqrt(entry.variance(theta[i]));
      return out.every(Number.isFinite);
    },
    encode(out, y) {
      for (let i = 0; i < m; i++) {
        if (!Number.isNaN(y[i]) && entry.domain && !entry.domain.holds(y[i])) return entry.domain.words;
        out[i] = y[i];
      }
      return undefined;
    },
    logDensity(theta, y) {
      let sum = 0;
      for (let i = 0; i < m; i++) if (!Number.isNaN(y[i])) sum += entry.logDensity(theta[i], y[i]);
      return sum;
    },
    draw(out, theta, random) {
      for (let i = 0; i < m; i++) out[i] = entry.draw(theta[i], random);
    },
  };
}

/** (cos y, sin y) of every angle: mean A(κ) along θ; variance 1 − A/κ − A² along it and A/κ across. */
function vonMises(m: number, kappa: number): Family {
  const A = Math.exp(logBesselScaled(1, kappa) - logBesselScaled(0, kappa));
  const norm = Math.log(2 * Math.PI) + logBesselScaled(0, kappa);
  const across = A / kappa;
  // 1 − A/κ − A² loses its digits for large κ, where it is 1/(2κ²) + …
  const along = kappa > 1e4 ? 1 / (2 * kappa * kappa) : Math.max(0, 1 - across - A * A);
  return {
    name: "von-mises",
    dataDim: m,
    statisticDim: 2 * m,
    mean(out, theta) {
      for (let i = 0; i < m; i++) {
        out[2 * i] = A * Math.cos(theta[i]);
        out[2 * i + 1] = A * Math.sin(theta[i]);
      }
    },
    slope(out, theta) {
      out.fill(0);
      for (let i = 0; i < m; i++) {
        out[2 * i * m + i] = -A * Math.sin(theta[i]);
        out[(2 * i + 1) * m + i] = A * Math.cos(theta[i]);
      }
    },
    root(out, theta) {
      out.fill(0);
      for (let i = 0; i < m; i++) {
        const [c, s] = [Math.cos(theta[i]), Math.sin(theta[i])];
        const at = 2 * i * (2 * m) + 2 * i;
        out[at] = Math.sqrt(along) * c;
        out[at + 1] = -Math.sqrt(across) * s;
        out[at + 2 * m] = Math.sqrt(along) * s;
        out[at + 2 * m + 1] = Math.sqrt(across) * c;
      }
      return out.every(Number.isFinite);
    },
    encode(out, y) {
      for (let i = 0; i < m; i++) {
        out[2 * i] = Math.cos(y[i]);
        out[2 * i + 1] = Math.sin(y[i]);
      }
      return undefined;
    },
    logDensity(theta, y) {
      let sum = 0;
      for (let i = 0; i < m; i++)
        if (!Number.isNaN(y[i])) sum -= 2 * kappa * Math.sin((y[i] - theta[i]) / 2) ** 2 + norm;
      return sum;
    },
    draw(out, theta, random) {
      for (let i = 0; i < m; i++) out[i] = theta[i] + drawVonMises(random, kappa);
    },
  };
}

/** Indicators of the categories but the last: Cov = diag(p) − p p', whose factor is known entry by entry. */
function categorical(call: string, C: number): Family {
  if (C < 2)
    throw new ParameterError(
      say(call, "emissions.function", "at least 2 values, one per category", `${C}`, "Use bernoulli."),
    );
  const k = C - 1;
  return {
    name: "categorical",
    dataDim: 1,
    statisticDim: k,
    mean(out, theta) {
      for (let i = 0; i < k; i++) out[i] = theta[i];
    },
    slope(out) {
      out.fill(0);
      for (let i = 0; i < k; i++) out[i * C + i] = 1;
    },
    root(out, theta) {
      // Sticks are broken: with r_j what is left before category j, L_jj² = p_j r_{j+1}/r_j and L_ij = −p_i √(p_j/(r_j r_{j+1})).
      let total = 0;
      for (let i = 0; i < C; i++) {
        if (!(theta[i] >= 0)) return false;
        total += theta[i];
      }
      if (Math.abs(total - 1) > 1e-6) return false;
      out.fill(0);
      let left = total;
      for (let j = 0; j < k; j++) {
        let next = 0;
        for (let i = j + 1; i < C; i++) next += theta[i];
        if (theta[j] === 0 || next === 0) {
          left = next;
          continue;
        }
        out[j * k + j] = Math.sqrt((theta[j] * next) / left);
        for (let i = j + 1; i < k; i++) out[i * k + j] = -theta[i] * Math.sqrt(theta[j] / (left * next));
        left = next;
      }
      return true;
    },
    encode(out, y) {
      if (Number.isNaN(y[0])) out.fill(Number.NaN);
      else if (!(Number.isInteger(y[0]) && y[0] >= 0 && y[0] < C)) return `a category from 0 to ${C - 1}`;
      else for (let i = 0; i < k; i++) out[i] = y[0] === i ? 1 : 0;
      return undefined;
    },
    logDensity: (theta, y) => (Number.isNaN(y[0]) ? 0 : Math.log(theta[y[0]])),
    draw(out, theta, random) {
      out[0] = drawIndex(random, theta, 0, C);
    },
  };
}
