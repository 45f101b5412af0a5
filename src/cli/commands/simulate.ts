/** simulate: read the model, draw, write. Runs in this process: a draw is a sequential recursion. */

import {
  simulate as draw,
  type HmmSimulateOptions,
  type HmmSimulation,
  type SimulateOptions,
  type Simulation,
} from "../../api/index.ts";
import type { Arguments } from "../arguments.ts";
import { readData } from "../data/read_data.ts";
import type { Table } from "../data/series.ts";
import { EXIT, UsageError } from "../exit_codes.ts";
import type { FrameArray } from "../frames.ts";
import { openOutput } from "../output/output.ts";
import type { Result } from "../output/result.ts";
import { fieldLabels, keepOutput, requireFiles, wholeOption } from "./check_options.ts";
import { checkKind, modelKind } from "./model_kind.ts";
import { numbersOf } from "./nonlinear_options.ts";
import { inOurWords } from "./our_words.ts";
import { readModel } from "./read_job.ts";

const CALL = "simulate";
type Options = Arguments["options"];

/** @throws every error of bad input */
export async function simulate(options: Options, signal: AbortSignal): Promise<number> {
  requireFiles(CALL, options, ["model"]);
  const kind = modelKind(options);
  checkKind(CALL, options, kind);
  const labels = fieldLabels(CALL, options, kind);
  const numSteps = wholeOption(CALL, options, "steps", 1);
  const numSamples = wholeOption(CALL, options, "samples", 1);
  const seed = wholeOption(CALL, options, "seed", 0) ?? 0;
  const initialState = numbersOf(CALL, options, "initial-state");
  const file = options.inputs as string | undefined;
  keepOutput(CALL, options, [options.model as string, ...(file === undefined ? [] : [file])]);
  const output = openOutput(CALL, options.out as string | undefined, labels);
  const { model } = await readModel(CALL, options.model as string, options.wgsl as string | undefined);
  const series = options.series as string | undefined;
  const inputs = file === undefined ? undefined : await readData(CALL, "--inputs", [file], { series });
  const shared = {
    numSteps,
    numSamples,
    seed,
    ...(inputs?.batched ? { numSeries: inputs.series.length } : {}),
    ...(inputs ? { inputs: inputs.batched ? arraysOf(inputs) : arraysOf(inputs)[0] } : {}),
  };
  const drawn = await Promise.resolve()
    .then((): Simulation | HmmSimulation => {
      if (model.type === "hmm")
        return draw(model, { ...shared, ...oneState(initialState) } as HmmSimulateOptions);
      const options = { ...shared, initialState } as SimulateOptions;
      return model.type === "linear-gaussian" ? draw(model, options) : draw(model, options);
    })
    .catch(error => {
      throw inOurWords(error, CALL, []);
    });
  await output.write(resultOf(drawn, labels, inputs, { numSamples, seed }), signal);
  return EXIT.done;
}

/** z_0 of a hidden Markov model. */
function oneState(initialState: number[] | undefined): { initialState?: number } {
  if (initialState === undefined) return {};
  if (initialState.length === 1) return { initialState: initialState[0] };
  throw new UsageError(
    `${CALL}: --initial-state expected one state, got ${initialState.length}. States count from 0.`,
  );
}

const arraysOf = ({ series, columns }: Table): FrameArray[] =>
  series.map(({ data, numRows }) => ({ data, shape: [numRows, columns.length] }));

function resultOf(
  drawn: Simulation | HmmSimulation,
  labels: readonly string[],
  inputs: Table | undefined,
  { numSamples, seed }: { numSamples: number | undefined; seed: number },
): Result {
  const axes = drawn.observations.shape.slice(0, -2);
  const batched = axes.length > (numSamples === undefined ? 0 : 1);
  const numSeries = batched ? axes[0] : 1;
  const steps = drawn.states.shape[axes.length];
  return {
    call: CALL,
    summary: {
      status: "ok",
      statuses: new Array(numSeries).fill("ok"),
      lengths: new Array(numSeries).fill(steps),
      numSeries,
      seed,
      ...(numSamples === undefined ? {} : { numSamples }),
    },
    fields: new Map(labels.map(label => [label, drawn[label as keyof typeof drawn] as FrameArray])),
    batched,
    seriesNames: Array.from({ length: numSeries }, (_, i) => inputs?.series[i]?.name || String(i)),
  };
}
