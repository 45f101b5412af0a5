/** Jobs on hidden Markov models: which call of the library each is, and what becomes of its result. */

import {
  decode,
  filter,
  forecast,
  type HiddenMarkovModel,
  type HmmCallOptions,
  type HmmFilterResult,
  type HmmResultBase,
  type HmmSmootherResult,
  ParameterError,
  type StateArray,
  samplePosterior,
  smooth,
} from "../api/index.ts";
import { wantedFields } from "./fields.ts";
import type { FrameArray } from "./frames.ts";
import type { Call, Context, JobSummary, Outcome } from "./job.ts";

type HmmContext = Context<HiddenMarkovModel>;

/** Runs a job and emits its fields. */
export function hmmOutcome(context: HmmContext): Promise<Outcome> {
  const run = CALLS[context.header.call];
  if (run) return run(context);
  throw new ParameterError(
    `${context.header.call}: --model expected a model of components, got a hidden Markov model. Use smooth or decode.`,
  );
}

const CALLS: Readonly<Partial<Record<Call, (context: HmmContext) => Promise<Outcome>>>> = {
  filter: context => runProbs(context, filter),
  smooth: context => runProbs(context, smooth),
  // logLikelihood() gives one number; the command also says how it was made, and the terms of every step.
  loglik: context => runProbs(context, filter),

  async decode({ model, observations, options, emit }) {
    const result = await decode(model, observations, options as HmmCallOptions);
    await emit("mostLikelyStates", numbersOf(result.mostLikelyStates));
    const { logJoint, logJoints } = result;
    return { base: result, more: { logJoint, logJoints: Array.from(logJoints), ...impossible(result) } };
  },

  async forecast({ header, model, observations, options, emitFields, emit, future }) {
    const scenarios = header.scenarios ?? [];
    const result = await forecast(model, observations, header.steps as number, {
      ...(options as HmmCallOptions),
      level: header.level,
      ...(header.futureInputs === undefined
        ? {}
        : { futureInputs: future("futureInputs", header.futureInputs) }),
      scenarios: Object.fromEntries(
        scenarios.map(({ name, series }) => [name, future(`scenarios/${name}`, series)]),
      ),
    });
    // Probabilities of categories come by themselves where there are any.
    const categories = header.fields === undefined && model.emissions.categoryProbs !== undefined;
    const emitAll = async (one: typeof result, prefix: string): Promise<void> => {
      await emitFields(one, prefix);
      if (categories) await emit(`${prefix}categoryProbs`, one.categoryProbs);
    };
    await emitAll(result, "");
    for (const { name } of scenarios) await emitAll(result.scenarios[name], `scenarios/${name}/`);
    const names = scenarios.map(({ name }) => name);
    const { level } = result;
    return {
      base: result,
      more: { level, ...(names.length > 0 && { scenarios: names }), ...impossible(result) },
    };
  },

  async sample({ header, model, observations, options, emit }) {
    const { numSamples, seed } = header;
    const result = await samplePosterior(model, observations, {
      ...(options as HmmCallOptions),
      numSamples,
      seed,
    });
    await emit("states", numbersOf(result.states));
    return { base: result, more: { numSamples: result.numSamples, seed, ...impossible(result) } };
  },
};

async function runProbs(
  { header, model, observations, options, emitFields }: HmmContext,
  call: typeof filter | typeof smooth,
): Promise<Outcome> {
  const wanted = wantedFields(header);
  const { lag, transitions } = header;
  const outputs = [
    ...(wanted.includes("predictedProbs") ? ["predicted"] : []),
    ...(wanted.includes("expectedTransitions") && lag === undefined ? ["expectedTransitions"] : []),
    ...(wanted.includes("emissionLogLikelihoods") ? ["emissionLogLikelihoods"] : []),
  ];
  const own =
    header.call === "smooth"
      ? {
          ...(lag === undefined ? {} : { lag }),
          ...(transitions === undefined ? {} : { transitions }),
        }
      : {};
  const result: HmmFilterResult | HmmSmootherResult = await (call as typeof smooth)(model, observations, {
    ...(options as HmmCallOptions),
    ...own,
    outputs: outputs as "predicted"[],
  });
  await emitFields(result);
  return {
    base: result,
    more: {
      marginalLogLikelihood: result.marginalLogLikelihood,
      marginalLogLikelihoods: Array.from(result.marginalLogLikelihoods),
      ...(transitions && { transitions }),
      ...impossible(result),
    },
  };
}

/** The steps at which series became impossible, where any did. */
const impossible = ({ impossibleSteps }: HmmResultBase): Pick<JobSummary, "impossibleSteps"> =>
  impossibleSteps.some(step => step >= 0) ? { impossibleSteps: Array.from(impossibleSteps) } : {};

/** States as numbers, NaN where there is none. */
const numbersOf = ({ data, shape }: StateArray): FrameArray => ({
  data: Float64Array.from(data, state => (state < 0 ? Number.NaN : state)),
  shape: [...shape],
});
