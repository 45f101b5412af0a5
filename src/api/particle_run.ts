/** particleFilter() and particleSmooth(), behind their public face. */
import { NumericalError, ParameterError, type Status, throwIfAborted } from "../engine/index.ts";
import { backwardSimulationCpu, type ParticleProblem, particleFilterCpu } from "../inference/index.ts";
import {
  checkKeys,
  modelInputs,
  type NonlinearSSM,
  nonlinearLayout,
  nonlinearParts,
  observationDensity,
  readObservations,
  type SeriesInput,
  say,
  valueText,
} from "../models/index.ts";
import { checkNonlinear, isNonlinear } from "./check_nonlinear.ts";
import { checkParticleMemory, withinMemory } from "./memory.ts";
import { ON_HOST } from "./on_host.ts";
import { checkChoices, checkCommonOptions, checkWhole, refuseOption } from "./options.ts";
import type {
  ParticleFilterOptions,
  ParticleFilterResult,
  ParticleSmootherOptions,
  ParticleSmootherResult,
} from "./particle_filter.ts";
import { ParticleResult, type ParticleSource } from "./particle_result.ts";

const KEYS = ["inputs", "mask", "dtype", "signal", "onProgress", "throwOnFailure", "memoryLimit"];
const OWN = ["numParticles", "seed", "proposal", "resampleBelow"];

export const filterParticles = async (
  model: NonlinearSSM,
  observations: SeriesInput,
  options: ParticleFilterOptions,
): Promise<ParticleFilterResult> =>
  new ParticleResult(await run("particleFilter", model, observations, options, 0));

export async function smoothParticles(
  model: NonlinearSSM,
  observations: SeriesInput,
  { numTrajectories = 100, ...options }: ParticleSmootherOptions,
): Promise<ParticleSmootherResult> {
  checkWhole("particleSmooth", "numTrajectories", numTrajectories, 1);
  return new ParticleResult(await run("particleSmooth", model, observations, options, numTrajectories));
}

/** @param M trajectories; 0: the filter alone */
async function run(
  call: string,
  model: NonlinearSSM,
  observations: SeriesInput,
  options: ParticleFilterOptions,
  M: number,
): Promise<ParticleSource> {
  checkKeys(call, "options.", options, [...OWN, ...KEYS, ...(M > 0 ? ["numTrajectories"] : [])]);
  const { numParticles: N = 1000, seed = 0, proposal = "bootstrap", resampleBelow = 0.5, ...loop } = options;
  checkChoices(call, options);
  checkCommonOptions(call, options, []);
  checkWhole(call, "numParticles", N, 1);
  checkWhole(call, "seed", seed, 0);
  if (proposal !== "bootstrap" && proposal !== "auxiliary")
    refuseOption(call, "proposal", '"bootstrap", "auxiliary"', proposal);
  if (!(resampleBelow >= 0 && resampleBelow <= 1))
    refuseOption(call, "resampleBelow", "a share from 0 to 1", resampleBelow);
  if (!isNonlinear(model)) {
    const expected = "a model from nonlinearGaussianSSM() or generalizedGaussianSSM()";
    throw new ParameterError(
      say(call, "model", expected, valueText(model), "For other models, use filter()."),
    );
  }
  checkNonlinear(call, model);
  if (M > 0) checkRegular(call, model);
  const layout = nonlinearLayout(call, model, observations);
  const { numSeries, numSteps: T, lengths } = layout;
  const n = model.stateDim;
  const sizes = { stateDim: n, numSeries, numSteps: T, numParticles: N, numTrajectories: M };
  checkParticleMemory(call, sizes, options.memoryLimit);
  return withinMemory(call, async () => {
    const start = performance.now();
    const inputs = modelInputs(call, model, layout, options.inputs);
    const parts = nonlinearParts(model, layout, inputs);
    const y = readObservations(call, layout, options.mask);
    const problem: ParticleProblem = { ...parts, ...observationDensity(call, model, parts, y) };
    throwIfAborted(call, options.signal);
    const moments = new MomentsOf(numSeries, T, n);
    const trajectories = new Float64Array(numSeries * M * T * n).fill(Number.NaN);
    const history = { states: [] as Float64Array[], weights: [] as Float64Array[] };
    const statuses = new Array<Status>(numSeries).fill("ok");
    const settings = { call, numParticles: N, seed, proposal, resampleBelow, ...loop };
    const records = await particleFilterCpu(problem, {
      ...settings,
      onStep(s, t, states, weights) {
        moments.add(s, t, states, weights);
        if (M === 0) return;
        history.states.push(states.slice());
        history.weights.push(weights.slice());
      },
      async onSeries(s, complete) {
        if (M > 0 && complete) {
          const drawn = await backwardSimulationCpu(problem, s, history, { ...settings, numTrajectories: M });
          if (!drawn) statuses[s] = "nonFinite";
          else
            for (let k = 0; k < M; k++) {
              const from = k * lengths[s] * n;
              trajectories.set(drawn.subarray(from, from + lengths[s] * n), (s * M + k) * T * n);
            }
        }
        history.states.length = 0;
        history.weights.length = 0;
      },
    });
    records.failed.forEach((step, s) => {
      if (step < lengths[s]) statuses[s] = "nonFinite";
    });
    if (options.throwOnFailure !== false) throwWhereNone(call, records.failed, lengths, layout.batch);
    const smoothing = M > 0 ? `, ${M} trajectories back through them` : "";
    return {
      call,
      numSteps: T,
      lengths,
      batch: layout.batch,
      dtype: options.dtype ?? "float64",
      statuses,
      stateDim: n,
      numTrajectories: M,
      ...moments,
      ...records,
      trajectories,
      run: {
        ...ON_HOST,
        plan: `${proposal} filter of ${N} particles${smoothing}`,
        seconds: (performance.now() - start) / 1000,
      },
    };
  });
}

/** Weighted means and covariances, step by step. */
class MomentsOf {
  readonly means: Float64Array;
  readonly covariances: Float64Array;
  readonly #steps: number;
  readonly #n: number;

  constructor(numSeries: number, numSteps: number, n: number) {
    this.means = new Float64Array(numSeries * numSteps * n).fill(Number.NaN);
    this.covariances = new Float64Array(numSeries * numSteps * n * n).fill(Number.NaN);
    this.#steps = numSteps;
    this.#n = n;
  }

  add(s: number, t: number, states: Float64Array, weights: Float64Array): void {
    const n = this.#n;
    const row = s * this.#steps + t;
    const mean = this.means.subarray(row * n, (row + 1) * n).fill(0);
    const covariance = this.covariances.subarray(row * n * n, (row + 1) * n * n).fill(0);
    for (let i = 0; i < weights.length; i++)
      for (let a = 0; a < n; a++) mean[a] += weights[i] * states[i * n + a];
    for (let i = 0; i < weights.length; i++)
      for (let a = 0; a < n; a++)
        for (let b = 0; b < n; b++)
          covariance[a * n + b] += weights[i] * (states[i * n + a] - mean[a]) * (states[i * n + b] - mean[b]);
  }
}

/** Going back needs densities of transitions. */
function checkRegular(call: string, { dynamics, stateDim: n }: NonlinearSSM): void {
  const { data } = dynamics.factor;
  const steps = dynamics.covariance.numSteps ?? 1;
  for (let at = 0; at < data.length; at += n * n) {
    if (steps > 1 && (at / (n * n)) % steps === 0) continue;
    for (let i = 0; i < n; i++) {
      if (data[at + i * (n + 1)] !== 0) continue;
      const fix = "Add noise to every state, or use particleFilter() or smooth().";
      throw new ParameterError(
        say(call, "dynamics.covariance", "a positive definite matrix", "a singular one", fix),
      );
    }
  }
}

function throwWhereNone(call: string, failed: Uint32Array, lengths: Uint32Array, batch: boolean): void {
  const s = failed.findIndex((step, i) => step < lengths[i]);
  if (s < 0) return;
  const where = `step ${failed[s]}${batch ? ` of series ${s}` : ""}`;
  const fix =
    "Use more particles, proposal auxiliary, or wider noise; check the domain of the functions. Set throwOnFailure: false to see what comes before.";
  throw new NumericalError(
    say(call, "particles", "some that can give the observation of every step", `none at ${where}`, fix),
    "nonFinite",
  );
}
