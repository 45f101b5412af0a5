/** From options to a checked job on a recurrence: its document, the inputs or the number of steps, a first trajectory. */
import { DataError, MODEL_FORMAT, ParameterError, type Recurrence, ShapeError } from "../../api/index.ts";
import type { Arguments } from "../arguments.ts";
import { readData } from "../data/read_data.ts";
import type { Series, Table } from "../data/series.ts";
import { UsageError } from "../exit_codes.ts";
import type { FrameArray } from "../frames.ts";
import type { RecurrenceCall, RecurrenceJob } from "../recurrence_job.ts";
import { isTable, listOf, wholeOption } from "./check_options.ts";
import { numbersOf } from "./nonlinear_options.ts";
import { addArrays } from "./read_future.ts";
import { loadModel, readAnyModel } from "./read_job.ts";
import { evaluateOptions, guessFile } from "./recurrence_options.ts";

type Options = Arguments["options"];

export interface ReadRecurrence {
  readonly document: object;
  readonly model: Recurrence;
}

export interface PreparedRecurrenceJob {
  readonly job: RecurrenceJob;
  readonly seriesNames: readonly string[];
  /** Columns of the inputs that are used. */
  readonly columns: readonly string[];
  /** Sum of steps times squared state dimension; 0 for what no GPU does. */
  readonly work: number;
}

/** Largest state for which there are kernels. */
const LARGEST_ON_GPU = 128;

/** The recurrence of --model or --system. @throws every error of bad input */
export async function readRecurrence(call: RecurrenceCall, options: Options): Promise<ReadRecurrence> {
  const { system, wgsl } = options;
  if (system !== undefined) {
    const document = { format: MODEL_FORMAT, type: "recurrence", system };
    const model = await loadModel(call, document).catch(error => {
      if (error instanceof ParameterError)
        error.message = error.message.replace(`${call}: system `, `${call}: --system `);
      throw error;
    });
    return { document, model: model as Recurrence };
  }
  const { document, model, where } = await readAnyModel(
    call,
    options.model as string,
    wgsl as string | undefined,
  );
  if (model.type === "recurrence") return { document, model };
  throw new ParameterError(
    `${where}: type expected "recurrence", got "${model.type}". A model of observations is for the other commands, as smooth.`,
  );
}

/**
 * @param fields of the result that are wanted
 * @throws every error of bad input
 */
export async function readRecurrenceJob(
  call: RecurrenceCall,
  options: Options,
  { document, model }: ReadRecurrence,
  fields: readonly string[],
  note: (text: string) => void,
): Promise<PreparedRecurrenceJob> {
  const steps = wholeOption(call, options, "steps", 1);
  const initialState = numbersOf(call, options, "initial-state");
  const inputs = await readInputs(call, options, model, note);
  if (!inputs && (steps as number) >= 2 ** 31)
    throw new UsageError(`${call}: --steps expected at most 2147483647, got ${steps}. Take fewer steps.`);
  const arrays: Record<string, FrameArray> = {};
  if (inputs) addArrays(arrays, "inputs", inputs);
  const lengths = inputs?.series.map(({ numRows }) => numRows) ?? [steps as number];
  const file = guessFile(options);
  if (file !== undefined) {
    // Results name their series in a column of that name.
    const guess = await readData(call, "--guess", [file], { seriesIfAny: "series", array: "states" });
    arrays.guess = guessArray(guess, file, inputs, lengths, model.stateDim);
  }
  const { spectrum } = options;
  const discard = wholeOption(call, options, "discard", 0);
  const onGpu = model.stateDim <= LARGEST_ON_GPU && options.method !== "gradient" && !spectrum;
  return {
    job: {
      header: {
        call,
        kind: "recurrence",
        model: document,
        fields,
        numSeries: lengths.length,
        batched: inputs?.batched ?? false,
        ...(steps !== undefined && { steps }),
        ...(initialState && { initialState }),
        ...(call === "evaluate"
          ? { evaluate: evaluateOptions(call, options) }
          : { lyapunov: { spectrum: spectrum === true, ...(discard !== undefined && { discard }) } }),
      },
      arrays,
    },
    seriesNames: inputs?.series.map(({ name }) => name) ?? [""],
    columns: inputs?.columns ?? [],
    work: onGpu ? lengths.reduce((sum, length) => sum + length, 0) * model.stateDim ** 2 : 0,
  };
}

/** u_t for every series; undefined where the model takes none. */
async function readInputs(
  call: RecurrenceCall,
  options: Options,
  { inputDim }: Recurrence,
  note: (text: string) => void,
): Promise<Table | undefined> {
  const { data, steps } = options;
  const files = data as string[] | undefined;
  if (inputDim === 0) {
    if (files)
      throw new UsageError(
        `${call}: --data expected nothing, as the model takes no inputs, got ${files.join(", ")}. Give --steps in its place.`,
      );
    for (const name of ["columns", "series"])
      if (options[name] !== undefined)
        throw new UsageError(`${call}: --${name} expected nothing without --data, got it. Leave it out.`);
    if (steps !== undefined) return undefined;
    throw new UsageError(
      `${call}: --steps expected a whole number ≥ 1, as the model takes no inputs, got nothing. Say how many steps to take.`,
    );
  }
  const inputs = `${inputDim} input${inputDim > 1 ? "s" : ""} a step`;
  if (steps !== undefined)
    throw new UsageError(
      `${call}: --steps expected nothing, as the model takes ${inputs}, got ${steps}. Give --data: there are as many steps as rows.`,
    );
  if (!files)
    throw new UsageError(
      `${call}: --data expected a file, as the model takes ${inputs}, got nothing. Give a file with a row for every step.`,
    );
  const table = await readData(call, "--data", files, {
    columns: listOf(options.columns),
    series: options.series as string | undefined,
    array: "inputs",
  });
  for (const text of table.notes ?? []) note(text);
  if (table.columns.length !== inputDim)
    throw new ShapeError(
      `${call}: --data expected ${inputDim} column${inputDim > 1 ? "s" : ""}, one for every input of the model, got ` +
        `${table.columns.length} (${table.columns.join(", ")}). Choose them with --columns.`,
    );
  for (const { name, data: cells } of table.series) {
    const gap = cells.findIndex(Number.isNaN);
    if (gap < 0) continue;
    const where = `column ${table.columns[gap % inputDim]}, step ${Math.floor(gap / inputDim)}`;
    throw new DataError(
      `${call}: --data expected a number in every cell, got none in ${where}${name ? ` of series ${name}` : ""}. ` +
        "An input cannot be missing: fill it in.",
    );
  }
  return table;
}

/** A first trajectory [T, D], or [N, T, D] with NaN where series have ended. @throws ShapeError, DataError */
function guessArray(
  guess: Table,
  path: string,
  inputs: Table | undefined,
  lengths: readonly number[],
  D: number,
): FrameArray {
  const named = guess.batched && inputs?.batched && isTable(path);
  const where = `evaluate: --guess ${path}`;
  const T = Math.max(...lengths);
  const fix = "Give a row for every step and a column for every state.";
  const names = inputs?.series.map(({ name }) => name) ?? [""];
  if (guess.batched && guess.series.length !== names.length)
    throw new ShapeError(
      `${where} expected ${names.length} series as in the data, got ${guess.series.length}. Give a trajectory for each, or one for all.`,
    );
  const rowsOf = (i: number): Series => {
    const { series } = guess;
    // Tables name their series; arrays have them in the order of the data.
    const found =
      named && guess.batched ? series.find(({ name }) => name === names[i]) : series[guess.batched ? i : 0];
    if (found) return found;
    const got = series.map(({ name }) => name).join(", ");
    throw new DataError(
      `${where} expected rows of every series in the data, got none of "${names[i]}" (only ${got}). Name the series as in the data.`,
    );
  };
  const count = guess.batched ? names.length : 1;
  const data = new Float64Array(count * T * D).fill(Number.NaN);
  for (let i = 0; i < count; i++) {
    const length = guess.batched ? lengths[i] : T;
    const { numRows, data: cells } = rowsOf(i);
    const which = guess.batched ? ` for series ${names[i]}` : "";
    if (guess.columns.length !== D || (numRows !== length && !(guess.batched && numRows === T)))
      throw new ShapeError(
        `${where} expected states [${length}, ${D}]${which}, got [${numRows}, ${guess.columns.length}]. ${fix}`,
      );
    const gap = cells.subarray(0, length * D).findIndex(Number.isNaN);
    if (gap >= 0)
      throw new DataError(
        `${where} expected a number for every state, got none at step ${Math.floor(gap / D)}${which}. Fill it in.`,
      );
    data.set(cells.subarray(0, length * D), i * T * D);
  }
  return { data, shape: guess.batched ? [count, T, D] : [T, D] };
}
