/** One network at one gain: how predictable it is, and what it costs all at once and one step after the other. */

import { evaluate, meanFieldRnn, type RunInfo, type Status } from "../../src/api/index.ts";
import type { BackendChoice } from "../site/report.ts";
import { shortest } from "../site/timed.ts";

export interface Settings {
  /** g */
  readonly gain: number;
  /** D */
  readonly size: number;
  /** T */
  readonly numSteps: number;
  /** Of weights and inputs. */
  readonly seed: number;
  readonly method: "newton" | "quasi";
  readonly maxIterations: number;
  readonly backend: BackendChoice;
}

export interface Measured {
  readonly gain: number;
  /** Per step, along the trajectory. */
  readonly lyapunov: number;
  readonly predicted: number;
  readonly converged: boolean;
  readonly status: Status;
  readonly iterations: number;
  /** Merit per step of the guess and after every update. */
  readonly merits: Float64Array;
  readonly resets: number;
  /** Largest difference from the trajectory in float64. */
  readonly error: number;
  /** One unit along the trajectory in float64 [T], and as the iterations left it. */
  readonly truth: Float64Array;
  readonly found: Float64Array;
  readonly run: Pick<RunInfo, "backend" | "adapter" | "software" | "method" | "seconds">;
  /** s, one step after the other in float64 on the CPU */
  readonly sequentialSeconds: number;
}

/** Values of the form, as readForm() gives them. */
export const settingsOf = (values: Readonly<Record<string, string>>): Settings => ({
  gain: Number(values.gain),
  size: Number(values.size),
  numSteps: Number(values.steps),
  seed: Number(values.seed),
  method: values.method as Settings["method"],
  maxIterations: Number(values.most),
  backend: values.backend as BackendChoice,
});

/** Gains of the sweep. */
export const GAINS: readonly number[] = Array.from({ length: 16 }, (_, i) => (5 + i) / 10);

export async function measure(settings: Settings, signal?: AbortSignal): Promise<Measured> {
  const { gain, size, numSteps, seed, method, maxIterations, backend } = settings;
  const model = await meanFieldRnn({ gain, size, seed });
  const inputs = model.drawInputs!(numSteps, seed);
  const inTurn = { method: "sequential", backend: "cpu", signal } as const;
  const options = {
    method,
    backend,
    signal,
    maxIterations: Math.min(maxIterations, numSteps),
    throwOnFailure: false,
    lyapunov: false,
  };
  const exact = await evaluate(model, undefined, inputs, inTurn);
  let found = await evaluate(model, undefined, inputs, options);
  const seconds = await shortest(async () => {
    found = await evaluate(model, undefined, inputs, options);
    return found.run.seconds;
  });
  const { backend: place, adapter, software, method: how } = found.run;
  const truth = Float64Array.from(exact.states.data);
  const states = found.states.data;
  const unit = (all: ArrayLike<number>) => Float64Array.from({ length: numSteps }, (_, t) => all[t * size]!);
  return {
    gain,
    lyapunov: exact.lyapunov[0]!,
    predicted: exact.predictedIterations[0]!,
    converged: found.converged[0]!,
    status: found.status,
    iterations: found.iterations[0]!,
    merits: Float64Array.from(found.merits[0]!),
    resets: found.resets[0]!,
    error: truth.reduce((most, value, at) => Math.max(most, Math.abs(value - states[at]!)), 0),
    truth: unit(truth),
    found: unit(states),
    run: { backend: place, adapter, software, method: how, seconds },
    sequentialSeconds: await shortest(
      async () => (await evaluate(model, undefined, inputs, { ...inTurn, lyapunov: false })).run.seconds,
    ),
  };
}
