/** From options to a checked job: the model document, the data and the choices of the user. */

import {
  loadModelDocument,
  type Model,
  ParameterError,
  type Recurrence,
  ShapeError,
  StatescanError,
} from "../../api/index.ts";
import type { Arguments } from "../arguments.ts";
import { readBytes, readData } from "../data/read_data.ts";
import type { Table } from "../data/series.ts";
import { UsageError } from "../exit_codes.ts";
import type { ModelKind } from "../fields.ts";
import type { FrameArray } from "../frames.ts";
import type { Call, CallName, Job } from "../job.ts";
import { parseJson } from "../parse_json.ts";
import { covarianceForm, listOf, ownOptions } from "./check_options.ts";
import { nonlinearOptions } from "./nonlinear_options.ts";
import { addArrays, type FutureData, inOrderOf, readFuture } from "./read_future.ts";

type Options = Arguments["options"];

export interface PreparedJob {
  readonly job: Job;
  readonly seriesNames: readonly string[];
  /** Columns of the data that are used. */
  readonly columns: readonly string[];
  /** Sum of steps times squared state dimension, of particles times their number. */
  readonly work: number;
}

/**
 * Read everything.
 * @throws every error of bad input
 */
export async function readJob(
  call: Call,
  options: Options,
  note: (text: string) => void,
): Promise<PreparedJob> {
  const { document, model, stateDim } = await readModel(
    call,
    options.model as string,
    options.wgsl as string | undefined,
  );
  const columns = listOf(options.columns);
  const series = options.series as string | undefined;
  const minusInfinity = model.type === "hmm" && model.emissions.infinities === true;
  const data = await readData(call, "--data", options.data as string[], { columns, series, minusInfinity });
  for (const text of data.notes ?? []) note(text);
  const inputs = await readInputs(call, options, data);
  const arrays: Record<string, FrameArray> = {};
  addArrays(arrays, "observations", data);
  if (inputs) addArrays(arrays, "inputs", inputs);
  const future: FutureData = call === "forecast" ? await readFuture(call, options, data, arrays) : {};
  const job: Job = {
    header: {
      call,
      model: document,
      kind: kindOf(model, options),
      method: options.method as Job["header"]["method"],
      refine: options.refine as Job["header"]["refine"],
      form: options.form as Job["header"]["form"],
      smoother: options.smoother as Job["header"]["smoother"],
      covariances: covarianceForm(options),
      fields: listOf(options.fields),
      numSeries: data.series.length,
      batched: data.batched,
      hasInputs: inputs !== undefined,
      ...ownOptions(call, options),
      ...nonlinearOptions(call, options),
      ...future,
    },
    arrays,
  };
  const steps = data.series.reduce((sum, { numRows }) => sum + numRows, 0);
  return {
    job,
    seriesNames: data.series.map(({ name }) => name),
    columns: data.columns,
    work: steps * stateDim ** 2 * (job.header.particles?.numParticles ?? 1),
  };
}

export async function readModel(
  call: CallName,
  path: string,
  wgsl?: string,
): Promise<{ document: object; model: Exclude<Model, Recurrence>; stateDim: number }> {
  const { document, model, where } = await readAnyModel(call, path, wgsl);
  if (model.type === "recurrence")
    throw new ParameterError(
      `${where}: type expected a model of observations, got "recurrence". A recurrence has none: use evaluate.`,
    );
  return { document, model, stateDim: model.type === "hmm" ? model.numStates : model.stateDim };
}

/** A document from a file, WGSL put in from another, and its model. @param where what stands in front of errors about it */
export async function readAnyModel(
  call: CallName,
  path: string,
  wgsl?: string,
): Promise<{ document: object; model: Model; where: string }> {
  const bytes = await readBytes({ call, option: "--model", path });
  const where = `${call}: --model ${path}`;
  let document = parseJson(bytes.toString("utf8"), where, ParameterError) as object;
  if (wgsl !== undefined) {
    const code = await readBytes({ call, option: "--wgsl", path: wgsl });
    document = { ...document, wgsl: code.toString("utf8") };
  }
  return { document, model: await loadModel(where, document), where };
}

/** The model of a document; errors of the library about it have `where` in front. */
export const loadModel = (where: string, document: object): Promise<Model> =>
  rename(where, () => loadModelDocument(document));

function kindOf({ type }: Model, { particles }: Options): ModelKind {
  if (type === "hmm" || type === "linear-gaussian") return type;
  return particles === undefined ? "nonlinear" : "particles";
}

async function readInputs(call: Call, options: Options, data: Table): Promise<Table | undefined> {
  const paths = options.inputs as string[] | undefined;
  if (paths && data.inputs) {
    throw new UsageError(
      `${call}: --inputs expected once, got it also in the data file. Remove one of them.`,
    );
  }
  const inputs = paths
    ? await readData(call, "--inputs", paths, { series: options.series as string | undefined })
    : data.inputs;
  if (inputs && inputs.series.length !== data.series.length) {
    throw new ShapeError(
      `${call}: inputs expected ${data.series.length} series as in the data, got ${inputs.series.length}. ` +
        "Give inputs for every series.",
    );
  }
  if (!inputs || !data.batched || !paths || options.series === undefined) return inputs;
  return inOrderOf(call, "--inputs", inputs, data, options.series as string);
}

/** Errors of the library about a model document, with the file in front. */
async function rename<T>(where: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof StatescanError)) throw error;
    const Class = error.constructor as new (message: string, options?: ErrorOptions) => StatescanError;
    throw new Class(
      `${where}: ${error.message.replace(/^(loadModelDocument|linearGaussianSSM|hiddenMarkovModel|nonlinearGaussianSSM|generalizedGaussianSSM|recurrence): /, "")}`,
      {
        cause: error,
      },
    );
  }
}
