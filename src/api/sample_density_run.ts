/** sampleDensity(), behind its public face. */
import { effectiveSampleSize } from "../inference/index.ts";
import {
  chainNoise,
  chainRecurrence,
  checkKeys,
  type LogDensityFunction,
  readArray,
} from "../models/index.ts";
import { evaluateRecurrence } from "./evaluate_run.ts";
import { checkWhole, refuseOption } from "./options.ts";
import type { DensitySamples, SampleDensityOptions } from "./sample_density.ts";

const KEYS = ["method", "stepSize", "leapfrogSteps", "numSamples", "initialState", "seed", "evaluate"];

export async function drawFromDensity(
  density: LogDensityFunction,
  options: SampleDensityOptions,
): Promise<DensitySamples> {
  const call = "sampleDensity";
  checkKeys(call, "options.", options, KEYS, ["method", "stepSize", "numSamples", "initialState"]);
  const { numSamples: T, initialState, seed = 0 } = options;
  checkWhole(call, "numSamples", T, 1);
  checkWhole(call, "seed", seed, 0);
  const model = chainRecurrence(call, density, options);
  const n = model.stateDim;
  const { data: start, shape } = readArray(call, "options.initialState", initialState);
  if (shape.length < 1 || shape.length > 2 || shape.at(-1) !== n)
    refuseOption(call, "initialState", `[${n}] or [N, ${n}]`, initialState);
  const N = start.length / n;
  const noise = chainNoise(n, N, T, seed);
  const batch = shape.length === 2;
  const evaluation = await evaluateRecurrence(
    model,
    initialState,
    { data: noise, shape: batch ? [N, T, n + 1] : [T, n + 1] },
    { guess: "tiled", ...options.evaluate },
  );
  const { states } = evaluation;
  const acceptanceRates = new Float64Array(N);
  const sizes = new Float64Array(N * n);
  const next = new Float64Array(n);
  for (let c = 0; c < N; c++) {
    let taken = 0;
    for (let t = 0; t < T; t++) {
      // Iterations leave small differences: whether a step stays is asked of the step itself.
      const at = (c * T + t) * n;
      const x = t > 0 ? states.data.subarray(at - n, at) : start.subarray(c * n, (c + 1) * n);
      const u = noise.subarray((c * T + t) * (n + 1), (c * T + t + 1) * (n + 1));
      model.function.float64.value(next, x, u, t, model.parameters);
      if (next.some((value, i) => value !== x[i])) taken++;
    }
    acceptanceRates[c] = taken / T;
    for (let i = 0; i < n; i++) sizes[c * n + i] = effectiveSampleSize(states.data, c * T * n + i, n, T);
  }
  const effectiveSampleSizes = { data: sizes, shape: batch ? [N, n] : [n] };
  return { samples: states, acceptanceRates, effectiveSampleSizes, evaluation };
}
