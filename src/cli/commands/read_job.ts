/** From options to a checked job: the model document, the data and the choices of the user. */

import { type Stats, statSync } from "node:fs";
import {
  AbortedError,
  DataError,
  nearestKey,
  ParameterError,
  parseModelDocument,
  ShapeError,
  StatescanError,
} from "../../api/index.ts";
import type { Arguments } from "../arguments.ts";
import { readBytes, readData } from "../data/read_data.ts";
import { keyOf, type Table } from "../data/series.ts";
import { UsageError } from "../exit_codes.ts";
import type { FrameArray } from "../frames.ts";
import {
  type Call,
  type CovarianceForm,
  FIELDS,
  fieldLabel,
  type Job,
  runJob,
  wantedFields,
} from "../job.ts";
import { parseJson } from "../parse_json.ts";

type Options = Arguments["options"];

export interface PreparedJob {
  readonly job: Job;
  readonly seriesNames: readonly string[];
  /** Columns of the data that are used. */
  readonly columns: readonly string[];
  /** Sum of steps times squared state dimension. */
  readonly work: number;
}

/**
 * Names of the result fields the options ask for; also checks the options that need no file.
 * @throws UsageError
 */
export function checkOptions(call: Call, options: Options): string[] {
  for (const name of ["model", "data"]) {
    if (options[name] === undefined) {
      throw new UsageError(`${call}: --${name} expected a file, got nothing. See statescan help ${call}.`);
    }
  }
  const form = options.covariances as CovarianceForm;
  const known = FIELDS[call];
  const fields = listOf(options.fields)?.map(name => {
    if (known.includes(name)) return name;
    const near = nearestKey(name, known);
    throw new UsageError(
      `${call}: --fields expected ${known.join(", ")}, got "${name}". ` +
        (near ? `Did you mean "${near}"?` : "Choose from these."),
    );
  });
  const labels = wantedFields({ call, covariances: form, fields }).map(name => fieldLabel(name, form));
  if (labels.length === 0) {
    throw new UsageError(
      `${call}: --fields ${String(options.fields)} expected a field that --covariances ${form} leaves, got none. ` +
        "Use --covariances full.",
    );
  }
  const files = options.data as string[];
  const inputs = options.inputs as string[] | undefined;
  if (inputs && inputs.length !== files.length) {
    throw new UsageError(
      `${call}: --inputs expected as many files as --data (${files.length}), got ${inputs.length}. Give one for each.`,
    );
  }
  if ([...files, ...(inputs ?? [])].filter(path => path === "-").length > 1) {
    throw new UsageError(`${call}: "-" expected once, got it twice. Standard input can be read only once.`);
  }
  const read = [options.model as string, ...files, ...(inputs ?? [])];
  const over = read.find(path => path !== "-" && isSameFile(path, options.out as string | undefined));
  if (over !== undefined) {
    throw new UsageError(
      `${call}: --out expected a file of its own, got ${options.out}, which is also read. Choose another name.`,
    );
  }
  return labels;
}

function isSameFile(path: string, out: string | undefined): boolean {
  if (out === undefined) return false;
  const [a, b] = [path, out].map(name => statOf(name));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    // Whoever opens it says why.
    return undefined;
  }
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
  const { document, stateDim } = await readModel(call, options.model as string);
  const columns = listOf(options.columns);
  const series = options.series as string | undefined;
  const data = await readData(call, "--data", options.data as string[], { columns, series });
  for (const text of data.notes ?? []) note(text);
  const inputs = await readInputs(call, options, data);
  const arrays: Record<string, FrameArray> = {};
  addArrays(arrays, "observations", data);
  if (inputs) addArrays(arrays, "inputs", inputs);
  const job: Job = {
    header: {
      call,
      model: document,
      method: options.method as Job["header"]["method"],
      covariances: options.covariances as CovarianceForm,
      fields: listOf(options.fields),
      numSeries: data.series.length,
      batched: data.batched,
      hasInputs: inputs !== undefined,
    },
    arrays,
  };
  const steps = data.series.reduce((sum, { numRows }) => sum + numRows, 0);
  return {
    job,
    seriesNames: data.series.map(({ name }) => name),
    columns: data.columns,
    work: steps * stateDim ** 2,
  };
}

async function readModel(call: Call, path: string): Promise<{ document: object; stateDim: number }> {
  const bytes = await readBytes({ call, option: "--model", path });
  const where = `${call}: --model ${path}`;
  const document = parseJson(bytes.toString("utf8"), where, ParameterError) as object;
  const model = rename(where, () => parseModelDocument(document));
  return { document, stateDim: model.stateDim };
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
  const byKey = new Map(inputs.series.map(one => [keyOf(one), one]));
  const ordered = data.series.map(one => {
    const found = byKey.get(keyOf(one));
    if (found) return found;
    const names = inputs.series.map(({ name }) => name).join(", ");
    throw new DataError(
      `${call}: --inputs expected rows of every series in the data, got none of "${one.name}" (only ${names}). ` +
        `Name the series as in the data, in the column "${options.series}".`,
    );
  });
  return { ...inputs, series: ordered };
}

function addArrays(arrays: Record<string, FrameArray>, prefix: string, table: Table): void {
  table.series.forEach(({ numRows, data }, i) => {
    arrays[`${prefix}/${i}`] = { data, shape: [numRows, table.columns.length] };
  });
}

/**
 * Let the library check a job, before a browser is started for it: it begins on the CPU and is stopped at its first
 * pause, which comes after all checks.
 */
export async function checkJob({ job }: PreparedJob): Promise<void> {
  const stop = new AbortController();
  const begun = runJob(job, { backend: "cpu", signal: stop.signal }, () => {});
  stop.abort();
  try {
    await begun;
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error;
  }
}

/** The library's error in the words of the command line. */
export function inOurWords(error: unknown, call: Call, { columns }: PreparedJob): unknown {
  if (!(error instanceof StatescanError)) return error;
  // loglik runs filter().
  error.message = error.message
    .replace(/^filter:/, `${call}:`)
    .replace("Pass the option inputs.", "Give a file with --inputs.");
  if (error instanceof ShapeError && error.message.startsWith(`${call}: observations`)) {
    error.message += ` The columns used are ${columns.join(", ")}; choose others with --columns.`;
  }
  return error;
}

/** Errors of the library about a model document, with the file in front. */
function rename<T>(where: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof StatescanError)) throw error;
    const Class = error.constructor as new (message: string, options?: ErrorOptions) => StatescanError;
    throw new Class(`${where}: ${error.message.replace(/^(parseModelDocument|linearGaussianSSM): /, "")}`, {
      cause: error,
    });
  }
}

function listOf(option: Options[string]): string[] | undefined {
  if (typeof option !== "string") return undefined;
  return option
    .split(",")
    .map(part => part.trim())
    .filter(Boolean);
}
