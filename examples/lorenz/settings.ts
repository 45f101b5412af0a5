/** What the form says, and the recurrence that it means. */

import {
  type ArrayInput,
  chaoticObserver,
  type EvaluateOptions,
  observer,
  type Recurrence,
} from "../../src/api/index.ts";
import type { BackendChoice } from "../site/report.ts";

export const COORDINATES = ["x", "y", "z"] as const;
/** Time of a step. */
export const STEP = 0.01;
/** C of the observer: what it is told is C (x − z). */
const MEASUREMENT = [-0.7203007280025545, -0.26062232600173396, 1.6815685055837928];

export interface Settings {
  readonly scene: "observer" | "system";
  /** Coordinate that the observer takes over. */
  readonly substitute: "none" | (typeof COORDINATES)[number];
  /** K = gain · Cᵀ */
  readonly gain: number;
  /** T */
  readonly numSteps: number;
  readonly method: "newton" | "quasi" | "elk" | "jacobi" | "picard";
  readonly damping: number;
  /** σ² of elk */
  readonly trustRegion: number;
  readonly guess: "normal" | "zeros" | "tiled";
  readonly seed: number;
  readonly maxIterations: number;
  readonly backend: BackendChoice;
}

/** Values of the form, as readForm() gives them. */
export const settingsOf = (values: Readonly<Record<string, string>>): Settings => ({
  scene: values.scene as Settings["scene"],
  substitute: values.substitute as Settings["substitute"],
  gain: Number(values.gain),
  numSteps: Number(values.steps),
  method: values.method as Settings["method"],
  damping: Number(values.damping),
  trustRegion: 10 ** Number(values.trust),
  guess: values.guess as Settings["guess"],
  seed: Number(values.seed),
  maxIterations: Number(values.most),
  backend: values.backend as BackendChoice,
});

/** The recurrence with its inputs, or its number of steps. */
export async function problemOf({ scene, substitute, gain, numSteps }: Settings): Promise<{
  readonly model: Recurrence;
  readonly inputs: ArrayInput | number;
}> {
  const { system, observer: usual, drivers } = await chaoticObserver("lorenz");
  if (scene === "system") return { model: system, inputs: numSteps };
  const model = await observer("lorenz", {
    substitute: substitute === "none" ? [] : [COORDINATES.indexOf(substitute)],
    measurement: [MEASUREMENT],
    gain: MEASUREMENT.map(c => [gain * c]),
    initialState: usual.initialState!,
  });
  return { model, inputs: drivers(numSteps) };
}

export const optionsOf = (s: Settings): EvaluateOptions => ({
  method: s.method,
  damping: s.damping,
  ...(s.method === "elk" ? { trustRegion: s.trustRegion } : {}),
  guess: s.guess,
  seed: s.seed,
  maxIterations: Math.min(s.maxIterations, s.numSteps),
  backend: s.backend,
});

/** What the form begins with for each scene: chaos takes about as many updates as steps. */
export const STARTS: Readonly<Record<Settings["scene"], Readonly<Record<string, string>>>> = {
  observer: { steps: "1000", most: "200" },
  system: { steps: "300", most: "300" },
};
