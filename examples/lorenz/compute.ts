/** All iterates of one setting, and how far each is from the trajectory found one step after the other. */

import { evaluate, type RunInfo, type Status } from "../../src/api/index.ts";
import { shortest } from "../site/timed.ts";
import { optionsOf, problemOf, type Settings } from "./settings.ts";

/** States of a step. */
export const D = 3;
/** Most columns of the picture of errors. */
const COLUMNS = 240;

export interface Evaluated {
  /** The trajectory in float64 [T, 3]. */
  readonly truth: Float64Array;
  /** Trajectories of the guess and after every update [K + 1, T, 3]. */
  readonly iterates: Float32Array;
  /** Largest error of each of them [K + 1]. */
  readonly errors: Float64Array;
  /** log10 of the largest error of the steps of a column [K + 1, columns]. */
  readonly picture: Float32Array;
  readonly columns: number;
  /** Merit per step of each [K + 1]. */
  readonly merits: Float64Array;
  readonly converged: boolean;
  readonly status: Status;
  /** Updates until the tolerance was met; one more polishes. */
  readonly iterations: number;
  readonly predicted: number;
  readonly stateError: number;
  /** Per step, along the trajectory. */
  readonly lyapunov: number;
  readonly resets: number;
  readonly run: Pick<RunInfo, "backend" | "adapter" | "software" | "method" | "seconds">;
  /** s, one step after the other in float64 on the CPU */
  readonly sequentialSeconds: number;
}

export async function compute(settings: Settings, signal?: AbortSignal): Promise<Evaluated> {
  const { model, inputs } = await problemOf(settings);
  const options = { ...optionsOf(settings), signal, throwOnFailure: false };
  const inTurn = { method: "sequential", backend: "cpu", signal } as const;
  const exact = await evaluate(model, undefined, inputs, inTurn);
  const found = await evaluate(model, undefined, inputs, { ...options, trace: true });
  const seconds = (how: object) => async () =>
    (await evaluate(model, undefined, inputs, { ...how, lyapunov: false })).run.seconds;
  const { backend, adapter, software, method } = found.run;
  const truth = Float64Array.from(exact.states.data);
  return {
    truth,
    ...compare(
      found.iterates.map(({ data }) => data),
      truth,
    ),
    merits: Float64Array.from(found.merits[0]!),
    converged: found.converged[0]!,
    status: found.status,
    iterations: found.iterations[0]!,
    predicted: exact.predictedIterations[0]!,
    stateError: found.stateError[0]!,
    lyapunov: exact.lyapunov[0]!,
    resets: found.resets[0]!,
    run: { backend, adapter, software, method, seconds: await shortest(seconds(options)) },
    sequentialSeconds: await shortest(seconds(inTurn)),
  };
}

/** Errors of trajectories [T, 3] in the largest coordinate. */
export function compare(
  trajectories: readonly ArrayLike<number>[],
  truth: Float64Array,
): Pick<Evaluated, "iterates" | "errors" | "picture" | "columns"> {
  const T = truth.length / D;
  const columns = Math.min(T, COLUMNS);
  const iterates = new Float32Array(trajectories.length * truth.length);
  const errors = new Float64Array(trajectories.length);
  const largest = new Float64Array(trajectories.length * columns);
  trajectories.forEach((states, k) => {
    iterates.set(states, k * truth.length);
    for (let at = 0; at < truth.length; at++) {
      const off = Math.abs(states[at]! - truth[at]!);
      const cell = k * columns + Math.floor((Math.floor(at / D) * columns) / T);
      largest[cell] = Math.max(largest[cell]!, off);
      errors[k] = Math.max(errors[k]!, off);
    }
  });
  return { iterates, errors, columns, picture: Float32Array.from(largest, Math.log10) };
}
