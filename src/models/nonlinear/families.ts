/** The families by name: what the filters of a generalised Gaussian model, its simulation and its particles use. */
import { ParameterError } from "../../engine/index.ts";
import { drawIndex, drawVonMises } from "../hmm/draws.ts";
import { logBesselScaled } from "../hmm/special.ts";
import { say, valueText } from "../say.ts";
import type { Family, FamilyName } from "./family.ts";
import { independent, SCALAR_FAMILIES } from "./scalar_families.ts";

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
  return independent(name, outputs, SCALAR_FAMILIES[name]!(constants));
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
