/** samplePosterior() of a nonlinear model: draws from the posterior of the model made affine. */
import type { NonlinearSSM, SeriesInput } from "../models/index.ts";
import { linearisedCall } from "./nonlinear_infer.ts";
import { checkNonlinearOptions } from "./nonlinear_options.ts";
import type { NonlinearSampleOptions } from "./nonlinear_types.ts";
import { checkWhole } from "./options.ts";
import { samplesOf } from "./sample_moments.ts";
import type { PosteriorSamples } from "./sample_posterior.ts";

const CALL = "samplePosterior";

export async function sampleNonlinear(
  model: NonlinearSSM,
  observations: SeriesInput,
  options: NonlinearSampleOptions,
): Promise<PosteriorSamples> {
  const { numSamples = 1, seed = 0, ...inference } = options;
  checkNonlinearOptions(CALL, inference, { smooths: true, drop: ["outputs"] });
  checkWhole(CALL, "numSamples", numSamples, 1);
  checkWhole(CALL, "seed", seed, 0);
  const start = performance.now();
  const { linearised, backend, plan, layout } = await linearisedCall(
    CALL,
    "smooth",
    model,
    observations,
    { ...inference, outputs: [] },
    numSamples,
  );
  const run = { ...inference, form: "squareRoot", numSamples, seed } as const;
  const failed = linearised.statuses;
  return samplesOf(linearised.problem, backend, run, {
    ...{ batch: layout.batch, start, failed },
    plan: `${plan}; then `,
  });
}
