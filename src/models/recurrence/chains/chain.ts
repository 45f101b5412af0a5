/** Markov chains with frozen randomness, as recurrences. */
import { ParameterError } from "../../../engine/index.ts";
import { CounterRandom } from "../../../inference/index.ts";
import { say, valueText } from "../../say.ts";
import { type Recurrence, recurrence } from "../recurrence.ts";
import { checkLogDensity, type LogDensityFunction } from "./density.ts";
import { hmcFunction } from "./hmc.ts";
import { malaFunction } from "./mala.ts";

export type { LogDensityFunction } from "./density.ts";

/** What a step of a chain is. */
export interface ChainOptions {
  /** mala: one gradient step with noise; hmc: leapfrogs. */
  readonly method: "mala" | "hmc";
  /** ε */
  readonly stepSize: number;
  /** L of hmc; default 8 */
  readonly leapfrogSteps?: number;
}

/** The chain as a recurrence of states x [n] with inputs (normals [n], log u). @throws ParameterError */
export function chainRecurrence(
  call: string,
  density: LogDensityFunction,
  { method, stepSize, leapfrogSteps = 8 }: ChainOptions,
): Recurrence {
  checkLogDensity(call, density);
  checkStepSize(call, stepSize);
  const refuse = (key: string, expected: string, got: unknown): never => {
    throw new ParameterError(say(call, `options.${key}`, expected, valueText(got), "Correct the option."));
  };
  if (method !== "mala" && method !== "hmc") refuse("method", '"mala", "hmc"', method);
  if (!(Number.isSafeInteger(leapfrogSteps) && leapfrogSteps >= 1))
    refuse("leapfrogSteps", "a whole number ≥ 1", leapfrogSteps);
  return recurrence({
    function:
      method === "mala" ? malaFunction(density, stepSize) : hmcFunction(density, stepSize, leapfrogSteps),
  });
}

/** @throws ParameterError */
export function checkStepSize(call: string, stepSize: unknown): void {
  if (typeof stepSize === "number" && stepSize > 0 && Number.isFinite(stepSize)) return;
  const expected = "a finite number above 0";
  throw new ParameterError(
    say(call, "options.stepSize", expected, valueText(stepSize), "Correct the option."),
  );
}

/** Inputs [N, T, n + 1] of N chains: normals and log u of every step, by seed and chain. */
export function chainNoise(n: number, numChains: number, numSamples: number, seed: number): Float64Array {
  const out = new Float64Array(numChains * numSamples * (n + 1));
  for (let c = 0, at = 0; c < numChains; c++) {
    const random = new CounterRandom(seed, c, 0);
    for (let t = 0; t < numSamples; t++) {
      for (let i = 0; i < n; i++) out[at++] = random.normal();
      out[at++] = Math.log(random.uniform());
    }
  }
  return out;
}
