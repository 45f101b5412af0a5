/** A nonlinear model and its data as the kernels of particle filters take them: WGSL of its functions, sizes, and numbers that do not depend on states. */
import type { NonlinearProblem, ParticleKernels } from "../../inference/index.ts";
import { covarianceFactor } from "../covariance_factor.ts";
import { logBesselScaled, logFactorial, logGamma } from "../hmm/special.ts";
import type { FamilyName } from "./family.ts";
import type { EmissionForm, ModelFunction, NonlinearSSM } from "./nonlinear_model.ts";

const LOG_2PI = Math.log(2 * Math.PI);
/** What EMISSION says in shaders/particles/density.wgsl. */
const GAUSSIAN = 0;
const MOMENTS = 1;
const DENSITY = 2;
const FAMILIES: Readonly<Record<FamilyName, number>> = {
  poisson: 3,
  bernoulli: 4,
  binomial: 5,
  "negative-binomial": 6,
  gamma: 7,
  "student-t": 8,
  "von-mises": 9,
  categorical: 10,
};

/** The constants of a family in the order in which the kernel reads them. */
const CONSTANTS: Readonly<Partial<Record<FamilyName, readonly string[]>>> = {
  binomial: ["trials"],
  "negative-binomial": ["size"],
  gamma: ["concentration"],
  "student-t": ["dof", "scale"],
  "von-mises": ["concentration"],
};

const times = (count: number, log: number): number => (count === 0 ? 0 : count * log);

/** Of each family the part of log p(y | θ) that the kernel leaves out: what it computes is 0 at its largest, or nearly. */
const REST: Readonly<Record<FamilyName, (y: number, a: number, b: number) => number>> = {
  poisson: y => times(y, Math.log(y)) - y - logFactorial(y),
  bernoulli: () => 0,
  binomial: (y, n) =>
    logFactorial(n) -
    logFactorial(y) -
    logFactorial(n - y) +
    times(y, Math.log(y / n)) +
    times(n - y, Math.log1p(-y / n)),
  "negative-binomial": (y, size) =>
    logGamma(y + size) -
    logGamma(size) -
    logFactorial(y) -
    (y === 0 ? 0 : size * Math.log1p(y / size) + y * Math.log1p(size / y)),
  gamma: (y, a) => a * Math.log(a) - a - Math.log(y) - logGamma(a),
  "student-t": (_, dof, scale) =>
    logGamma((dof + 1) / 2) - logGamma(dof / 2) - 0.5 * Math.log(dof * Math.PI) - Math.log(scale),
  "von-mises": (_, kappa) => -Math.log(2 * Math.PI) - logBesselScaled(0, kappa),
  categorical: () => 0,
};

/**
 * @param y [N, T, m], NaN where missing
 * @throws ParameterError where the noise of what is observed has no covariance
 */
export function particleKernels(
  call: string,
  { dynamics, emissions, emissionDim: m }: NonlinearSSM,
  { numSteps: T, lengths }: Pick<NonlinearProblem, "numSteps" | "lengths">,
  y: Float64Array,
): ParticleKernels {
  const { form, function: h } = emissions;
  const covariance = form.kind === "moments" ? form.covariance : undefined;
  const covarianceDim = covariance?.function.outputDim ?? 1;
  const sizes = (name: string, of: ModelFunction | undefined): Record<string, number> => ({
    [`${name}_INPUTS`]: Math.max(1, of?.function.inputDim ?? 0),
    [`${name}_PARAMETERS`]: Math.max(1, of?.function.numParameters ?? 0),
  });
  const code = [
    dynamics.function.wgsl("user_dynamics").code,
    h.wgsl("user_emissions").code,
    covariance?.function.wgsl("user_covariance").code ?? UNUSED,
  ];
  const tables = new NoiseTables(call, m);
  const constant = familyRest(form);
  const records = new Float64Array(lengths.length * T * (2 + 3 * m));
  lengths.forEach((length, s) => {
    for (let t = 0; t < length; t++) {
      const row = y.subarray((s * T + t) * m, (s * T + t + 1) * m);
      const there = Array.from(row, value => !Number.isNaN(value));
      const at = (s * T + t) * (2 + 3 * m);
      const counts = form.kind === "density" ? there.every(Boolean) : there.some(Boolean);
      if (!counts) continue;
      records[at] = 1;
      if (form.kind === "gaussian") {
        const { data, seriesStride, stepStride } = form.factor;
        records[at + 1] = tables.row(data, s * seriesStride + t * stepStride, there);
      }
      for (let i = 0; i < m; i++) {
        if (!there[i]) continue;
        records[at + 2 + i] = row[i];
        records[at + 2 + m + i] = constant(row[i]);
        records[at + 2 + 2 * m + i] = 1;
      }
    }
  });
  return {
    code: code.join("\n"),
    constants: {
      EMISSION: codeOf(form),
      EMISSION_DIM: m,
      THETA_DIM: h.outputDim,
      COVARIANCE_DIM: covarianceDim,
      ...sizes("DYNAMICS", dynamics),
      ...sizes("EMISSION", emissions),
      ...sizes("COVARIANCE", covariance),
    },
    dynamicsParameters: dynamics.parameters,
    emissionParameters: emissions.parameters,
    covarianceParameters: covariance?.parameters ?? new Float64Array(0),
    family: familyConstants(form),
    records,
    recordLength: 2 + 3 * m,
    tables: tables.data,
  };
}

/** Stands for a function that the kernel does not call. */
const UNUSED = `fn user_covariance(x: array<f32, STATE_DIM>, u: array<f32, COVARIANCE_INPUTS>, t: f32, p: array<f32, COVARIANCE_PARAMETERS>) -> array<f32, COVARIANCE_DIM> {
  return array<f32, COVARIANCE_DIM>();
}`;

const codeOf = (form: EmissionForm): number =>
  form.kind === "family"
    ? FAMILIES[form.family.name]
    : { gaussian: GAUSSIAN, moments: MOMENTS, density: DENSITY }[form.kind];

const familyConstants = (form: EmissionForm): readonly number[] =>
  form.kind === "family" ? (CONSTANTS[form.family.name] ?? []).map(name => form.constants[name]) : [];

function familyRest(form: EmissionForm): (y: number) => number {
  if (form.kind !== "family") return () => 0;
  const [a = 0, b = 0] = familyConstants(form);
  return y => REST[form.family.name](y, a, b);
}

/** Factors of noise restricted to what is observed, each pattern of a factor once: L [m, m], rows of the identity where missing, then log p(mean). */
class NoiseTables {
  readonly data: number[] = [];
  readonly #rows = new Map<string, number>();
  readonly #call: string;
  readonly #m: number;

  constructor(call: string, m: number) {
    this.#call = call;
    this.#m = m;
  }

  /** @param factors the factor stands at `at` of them */
  row(factors: Float64Array, at: number, there: readonly boolean[]): number {
    const key = `${at}:${there.map(Number).join("")}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const m = this.#m;
    const rows = there.flatMap((is, i) => (is ? [i] : []));
    const k = rows.length;
    const factor = new Float64Array(k * k);
    if (k === m) factor.set(factors.subarray(at, at + m * m));
    else {
      const covariance = new Float64Array(k * k);
      for (let i = 0; i < k; i++)
        for (let j = 0; j < k; j++)
          for (let l = 0; l < m; l++)
            covariance[i * k + j] += factors[at + rows[i] * m + l] * factors[at + rows[j] * m + l];
      covarianceFactor(this.#call, "emissions.covariance", covariance, 0, k, factor, 0);
    }
    const whole = Array.from({ length: m * m }, (_, i) => Number(i % (m + 1) === 0));
    let constant = 0;
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) whole[rows[i] * m + rows[j]] = factor[i * k + j];
      constant -= 0.5 * LOG_2PI + Math.log(Math.abs(factor[i * k + i]));
    }
    const row = this.#rows.size;
    this.#rows.set(key, row);
    // Without noise nothing has a density: the kernel tells a number that is none.
    this.data.push(...whole, Number.isFinite(constant) ? constant : 1e30);
    return row;
  }
}
