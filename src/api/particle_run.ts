/** particleFilter() and particleSmooth(), behind their public face. */
import { NumericalError, ParameterError, type Status, throwIfAborted } from "../engine/index.ts";
import type { ParticleProblem } from "../inference/index.ts";
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
import { choosePlace } from "./backend.ts";
import { checkNonlinear, isNonlinear } from "./check_nonlinear.ts";
import { checkParticleMemory, particlesFit, withinMemory } from "./memory.ts";
import { checkChoices, checkCommonOptions, checkWhole, refuseOption } from "./options.ts";
import { runParticlesCpu } from "./particle_cpu.ts";
import type {
  ParticleFilterOptions,
  ParticleFilterResult,
  ParticleSmootherOptions,
  ParticleSmootherResult,
} from "./particle_filter.ts";
import { ParticleResult, type ParticleSource } from "./particle_result.ts";
import { particleGpu } from "./parts.ts";

const KEYS = [
  "inputs",
  "mask",
  "dtype",
  "signal",
  "onProgress",
  "throwOnFailure",
  "memoryLimit",
  "backend",
  "engine",
];
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
  const backend = await choosePlace(particlesFit(sizes), numSeries * N, options);
  checkParticleMemory(call, sizes, backend, options.memoryLimit);
  return withinMemory(call, async () => {
    const start = performance.now();
    const inputs = modelInputs(call, model, layout, options.inputs);
    const parts = nonlinearParts(model, layout, inputs);
    const y = readObservations(call, layout, options.mask);
    const problem: ParticleProblem = { ...parts, ...observationDensity(call, model, parts, y) };
    throwIfAborted(call, options.signal);
    const settings = { call, numParticles: N, seed, proposal, resampleBelow, numTrajectories: M, ...loop };
    const { failed, lost, run, ...records } =
      backend === "cpu"
        ? await runParticlesCpu(problem, settings)
        : await (await particleGpu(call)).runParticlesGpu(model, problem, y, settings);
    const statuses = Array.from(
      failed,
      (step, s): Status => (step < lengths[s] || lost.has(s) ? "nonFinite" : "ok"),
    );
    if (options.throwOnFailure !== false) throwWhereNone(call, failed, lengths, layout.batch);
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
      ...records,
      run: {
        plan: `${proposal} filter of ${N} particles${smoothing}`,
        ...run,
        seconds: (performance.now() - start) / 1000,
      },
    };
  });
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
