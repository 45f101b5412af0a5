/** sampleDensity(), behind its public face. */
import type { NDArray } from "../engine/index.ts";
import { effectiveSampleSize } from "../inference/index.ts";
import {
  chainNoise,
  chainRecurrence,
  checkKeys,
  type LogDensityFunction,
  type Recurrence,
} from "../models/index.ts";
import { evaluateInBasis, readBasis } from "./chain_basis.ts";
import { chainOfTrajectories } from "./chain_of_trajectories.ts";
import { readStart } from "./leapfrog_run.ts";
import { checkWhole, refuseOption } from "./options.ts";
import type { DensitySamples, SampleDensityOptions } from "./sample_density.ts";

const NEEDED = ["method", "stepSize", "numSamples", "initialState"];
const KEYS = [...NEEDED, "leapfrogSteps", "seed", "parallel", "basis", "evaluate"];

export async function drawFromDensity(
  density: LogDensityFunction,
  options: SampleDensityOptions,
): Promise<DensitySamples> {
  const call = "sampleDensity";
  checkKeys(call, "options.", options, KEYS, NEEDED);
  const { numSamples: T, seed = 0, parallel = "samples" } = options;
  checkWhole(call, "numSamples", T, 1);
  checkWhole(call, "seed", seed, 0);
  const { method, stepSize, leapfrogSteps = 8 } = options;
  const model = chainRecurrence(call, density, { method, stepSize, leapfrogSteps });
  if (parallel !== "samples" && parallel !== "leapfrogs")
    refuseOption(call, "parallel", '"samples", "leapfrogs"', parallel);
  if (parallel === "leapfrogs" && method !== "hmc")
    refuseOption(call, "parallel", '"samples" with method "mala", whose steps have no leapfrogs', parallel);
  const n = model.stateDim;
  const start = readStart(call, "initialState", options.initialState, density);
  const basis = readBasis(call, density, options.basis, start.data.subarray(0, n), "initialState");
  const N = start.data.length / n;
  const batch = start.shape.slice(0, -1);
  const noise = { data: chainNoise(n, N, T, seed), shape: [...batch, T, n + 1] };
  const made =
    parallel === "leapfrogs"
      ? await chainOfTrajectories(call, density, start, noise, basis, {
          stepSize,
          leapfrogSteps,
          evaluate: options.evaluate,
        })
      : {
          evaluation: await evaluateInBasis(model, basis, n, start, noise, {
            guess: "tiled",
            ...options.evaluate,
          }),
        };
  return { ...made, ...looksOf(model, start, noise.data, made.evaluation.states.data) };
}

/** What there is to say of chains: [N, T, n] states from `start` [N, n], made with `noise`. */
function looksOf(
  model: Recurrence,
  start: NDArray,
  noise: Float64Array,
  states: Float64Array | Float32Array,
): Pick<DensitySamples, "samples" | "acceptanceRates" | "effectiveSampleSizes"> {
  const n = model.stateDim;
  const N = start.data.length / n;
  const T = states.length / (N * n);
  const batch = start.shape.slice(0, -1);
  const acceptanceRates = new Float64Array(N);
  const sizes = new Float64Array(N * n);
  const next = new Float64Array(n);
  for (let c = 0; c < N; c++) {
    let taken = 0;
    for (let t = 0; t < T; t++) {
      // Iterations leave small differences: whether a step stays is asked of the step itself.
      const at = (c * T + t) * n;
      const x = t > 0 ? states.subarray(at - n, at) : start.data.subarray(c * n, (c + 1) * n);
      const u = noise.subarray((c * T + t) * (n + 1), (c * T + t + 1) * (n + 1));
      model.function.float64.value(next, x, u, t, model.parameters);
      if (next.some((value, i) => value !== x[i])) taken++;
    }
    acceptanceRates[c] = taken / T;
    for (let i = 0; i < n; i++) sizes[c * n + i] = effectiveSampleSize(states, c * T * n + i, n, T);
  }
  return {
    samples: { data: states, shape: [...batch, T, n] },
    acceptanceRates,
    effectiveSampleSizes: { data: sizes, shape: [...batch, n] },
  };
}
