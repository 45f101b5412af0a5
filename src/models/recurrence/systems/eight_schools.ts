/**
 * Gibbs sampling of a hierarchy of normals as a recurrence: school s has students with results N(θ_s, σ²_s), of which the mean ȳ_s and its
 * standard error are known;
 *
 *   θ_s ~ N(μ, τ²),  σ²_s ~ IG(a0/2, a0 s0²/2),  μ ~ N(μ0, τ²/κ0),  τ² ~ IG(ν0/2, ν0 τ0²/2)
 *
 * A sweep goes τ², μ, θ, σ². The inputs are its randomness, standard gammas g and normals z:
 *
 *   τ² = (ν0 τ0² + κ0 (μ − μ0)² + Σ (θ_s − μ)²) / 2 g_τ,       g_τ ~ G((ν0 + S + 1)/2)
 *   μ  = (κ0 μ0 + Σ θ_s)/(κ0 + S) + √(τ²/(κ0 + S)) z_μ
 *   θ_s = (n τ² ȳ_s + σ²_s μ)/(n τ² + σ²_s) + √(τ² σ²_s/(n τ² + σ²_s)) z_s
 *   σ²_s = (a0 s0² + Σ_i (y_si − θ_s)²) / 2 g_s,               g_s ~ G((a0 + n)/2)
 *
 * A variance that an update has taken below 0 counts as its absolute value: the chain itself has none, and nothing needs to be put back.
 * @see Rubin 1981, doi:10.3102/10769986006004377; arXiv:2508.18413
 */
import { type ArrayInput, ParameterError, ShapeError } from "../../../engine/index.ts";
import { CounterRandom } from "../../../inference/index.ts";
import { checkKeys } from "../../check_keys.ts";
import { drawGamma } from "../../hmm/draws.ts";
import { expressionFunction } from "../../language/index.ts";
import { readArray } from "../../read_array.ts";
import { say, shapeText } from "../../say.ts";
import { type Recurrence, recurrence } from "../recurrence.ts";
import { drawRows } from "./draw_inputs.ts";
import { readParameters, readWhole } from "./options.ts";

export interface EightSchoolsOptions {
  /** ȳ [S], at least two schools; default the eight of Rubin 1981 */
  readonly effects?: ArrayInput;
  /** Standard errors of ȳ [S] */
  readonly standardErrors?: ArrayInput;
  /** n of every school, at least 2; default 20 */
  readonly students?: number;
  /** Some of mu0 (0), kappa0 (0.1), nu0 (0.1), tau0Squared (100), a0 (0.1), s0Squared (10); all but mu0 above 0. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** θ [S], σ² [S], μ, τ²; default ȳ, n times the squared standard errors, the mean of ȳ and its variance over schools */
  readonly initialState?: ArrayInput;
}

const EFFECTS = [28, 8, -3, 7, -1, 1, 18, 12];
const ERRORS = [15, 10, 16, 11, 9, 11, 10, 18];
const PRIOR = { mu0: 0, kappa0: 0.1, nu0: 0.1, tau0Squared: 100, a0: 0.1, s0Squared: 10 };
/** Stream of the draws: "GIBB". */
const SWEEPS = 0x47494242;

export async function eightSchools(options: EightSchoolsOptions = {}): Promise<Recurrence> {
  const call = "eightSchools";
  checkKeys(call, "", options, ["effects", "standardErrors", "students", "parameters", "initialState"]);
  const effects = readSchools(call, "effects", options.effects ?? EFFECTS);
  const S = effects.length;
  const errors = readSchools(call, "standardErrors", options.standardErrors ?? ERRORS, S);
  const students = readWhole(call, "students", options.students, 2, 20);
  const prior = readParameters(call, PRIOR, options.parameters) as typeof PRIOR;
  for (const [name, value] of Object.entries(prior))
    if (name !== "mu0" && !(value > 0)) refuse(call, `parameters.${name}`, "a number above 0", `${value}`);
  errors.forEach((error, s) => {
    if (!(error > 0)) refuse(call, `standardErrors[${s}]`, "a number above 0", `${error}`);
  });
  const entries = (name: string, from: number): string =>
    `[${Array.from({ length: S }, (_, s) => `${name}${from + s}`).join(", ")}]`;
  const f = await expressionFunction({
    call,
    stateDim: 2 * S + 2,
    inputDim: 2 * S + 2,
    parameters: {
      ...prior,
      schools: S,
      students,
      effects,
      // Of the students of a school around their mean: n − 1 times their variance.
      squares: errors.map(error => (students - 1) * students * error * error),
    },
    where: {
      theta: entries("x", 0),
      sigmaSquared: `abs(${entries("x", S)})`,
      spread: `theta - x${2 * S}`,
      tauSquared: `(nu0*tau0Squared + kappa0*(x${2 * S} - mu0)^2 + dot(spread, spread))/(2*u0)`,
      mu: "(mu0*kappa0 + sum(theta))/(kappa0 + schools) + sqrt(tauSquared/(kappa0 + schools))*u1",
      total: "students*tauSquared + sigmaSquared",
      drawn: `(students*tauSquared*effects + mu*sigmaSquared)./total + sqrt(tauSquared*sigmaSquared./total).*${entries("u", 2)}`,
      off: "effects - drawn",
      variances: `(a0*s0Squared + squares + students*off.*off)./(2*${entries("u", 2 + S)})`,
    },
    expressions: "concat(drawn, variances, [mu, tauSquared])",
  });
  const shapes = { tau: (prior.nu0 + S + 1) / 2, sigma: (prior.a0 + students) / 2 };
  return {
    ...recurrence({
      function: f,
      initialState: options.initialState ?? firstState(effects, errors, students),
    }),
    drawInputs: (numSteps, seed = 0) =>
      drawRows(numSteps, seed, 2 * S + 2, (row, t) => {
        const random = new CounterRandom(seed, SWEEPS, t);
        row[0] = drawGamma(random, shapes.tau);
        for (let i = 1; i < S + 2; i++) row[i] = random.normal();
        for (let i = S + 2; i < row.length; i++) row[i] = drawGamma(random, shapes.sigma);
      }),
  };
}

function firstState(effects: Float64Array, errors: Float64Array, students: number): Float64Array {
  const S = effects.length;
  const mean = effects.reduce((sum, effect) => sum + effect, 0) / S;
  const variance = effects.reduce((sum, effect) => sum + (effect - mean) ** 2, 0) / (S - 1);
  return Float64Array.from([...effects, ...errors.map(error => students * error * error), mean, variance]);
}

/** A number for every school. */
function readSchools(call: string, name: string, value: ArrayInput, schools?: number): Float64Array {
  const { data, shape } = readArray(call, name, value);
  if (shape.length !== 1 || data.length < 2 || (schools !== undefined && data.length !== schools)) {
    const expected = schools === undefined ? "[S], at least two schools" : shapeText([schools]);
    throw new ShapeError(say(call, name, expected, shapeText(shape), "Give one number for every school."));
  }
  const bad = data.findIndex(entry => !Number.isFinite(entry));
  if (bad >= 0) refuse(call, `${name}[${bad}]`, "a finite number", `${data[bad]}`);
  return data;
}

function refuse(call: string, argument: string, expected: string, got: string): never {
  throw new ParameterError(say(call, argument, expected, got, "Correct it."));
}
