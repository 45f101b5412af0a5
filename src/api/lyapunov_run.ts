/** lyapunov(), behind its public face. */
import type { ArrayInput, Status } from "../engine/index.ts";
import { checkKeys, prepareRecurrence, type Recurrence, type SeriesInput } from "../models/index.ts";
import { choosePlace } from "./backend.ts";
import type { LyapunovOptions, LyapunovResult } from "./evaluate.ts";
import { checkRecurrence, LARGEST_STATE, loopOf } from "./evaluate_run.ts";
import { checkRecurrenceMemory, withinMemory } from "./memory.ts";
import { checkChoices, checkCommonOptions, checkWhole, refuseOption } from "./options.ts";
import { recurrencePlace } from "./recurrence_place.ts";
import { forgetFailed, refuseWithoutValue } from "./without_value.ts";

const KEYS = [
  "backend",
  "engine",
  "signal",
  "onProgress",
  "throwOnFailure",
  "memoryLimit",
  "chunkLength",
  "spectrum",
  "discard",
];

export async function lyapunovExponents(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  options: LyapunovOptions,
): Promise<LyapunovResult> {
  const call = "lyapunov";
  checkRecurrence(call, model);
  checkKeys(call, "options.", options, KEYS);
  checkChoices(call, options);
  checkCommonOptions(call, options, []);
  const { spectrum = false, discard = 0 } = options;
  if (typeof spectrum !== "boolean") refuseOption(call, "spectrum", "true or false", spectrum);
  checkWhole(call, "discard", discard, 0);
  const { problem, batch } = prepareRecurrence(call, model, initialState, inputs);
  const { numSeries: N, numSteps: T, stateDim: D, lengths } = problem;
  if (discard >= Math.min(...lengths))
    refuseOption(call, "discard", `fewer than the ${Math.min(...lengths)} steps`, discard);
  const backend = await choosePlace(D <= LARGEST_STATE, N * T, options);
  checkRecurrenceMemory(call, { stateDim: D, numSeries: N, numSteps: T }, backend, options.memoryLimit);
  return withinMemory(call, async () => {
    const start = performance.now();
    const place = await recurrencePlace(call, backend, options);
    const { states, failed } = await place.sequential(problem, { call, ...loopOf(options) });
    if (options.throwOnFailure !== false)
      refuseWithoutValue(call, failed, lengths, batch, " Or set throwOnFailure: false.");
    const fails = (s: number): boolean => failed[s] < lengths[s];
    const records = await place.lyapunov(problem, states, {
      call,
      spectrum,
      settle: discard,
      ...loopOf(options),
    });
    forgetFailed(records, failed, lengths);
    const data = records.spectrum ?? records.largest;
    const shape = [...(batch ? [N] : []), spectrum ? D : 1];
    const step = model.timeStep;
    return {
      exponents: { data, shape },
      exponentsPerTime: step === undefined ? undefined : { data: data.map(value => value / step), shape },
      overshoot: records.overshoot,
      statuses: Array.from(failed, (_, s): Status => (fails(s) ? "nonFinite" : "ok")),
      failedSteps: Int32Array.from(failed, (step, s) => (fails(s) ? step : -1)),
      run: {
        ...place.run,
        plan: records.plan ?? "one step after the other in float64",
        seconds: (performance.now() - start) / 1000,
      },
    };
  });
}
