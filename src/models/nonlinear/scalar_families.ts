/** Families whose entries are independent of each other, each with a θ of its own. */
import type { CounterRandom } from "../../inference/index.ts";
import { drawBinomial, drawGamma, drawPoisson } from "../hmm/draws.ts";
import { logFactorial, logGamma } from "../hmm/special.ts";
import type { Family, FamilyName } from "./family.ts";

/** One entry. */
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

export const SCALAR_FAMILIES: {
  readonly [Name in FamilyName]?: (constants: Record<string, number>) => ScalarFamily;
} = {
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

/** m entries. */
export function independent(name: FamilyName, m: number, entry: ScalarFamily): Family {
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
