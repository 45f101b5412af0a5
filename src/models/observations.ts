import { DataError, ShapeError } from "../engine/index.ts";
import { fillSeries, type SeriesInput, type SeriesLayout, seriesLayout } from "./read_series.ts";
import { say, valueText } from "./say.ts";

/**
 * y [N, T, m] with NaN where missing, by NaN and null in the data and by 0 or false in the mask.
 * @param minusInfinity −Infinity may be an entry
 * @throws DataError for infinities, text and anything else that is not a number; ShapeError for a mask of another shape
 */
export function readObservations(
  call: string,
  layout: SeriesLayout,
  mask: SeriesInput | undefined,
  minusInfinity = false,
): Float64Array {
  const refuse = (value: unknown, where: () => string): never => {
    throw new DataError(
      say(
        call,
        where(),
        "a number, or null or NaN where missing",
        valueText(value),
        "Correct or remove the entry.",
      ),
    );
  };
  const data = fillSeries(
    "observations",
    layout,
    (value, where) => {
      if (typeof value === "number") {
        const infinite = value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
        return !infinite || (minusInfinity && value < 0) ? value : refuse(value, where);
      }
      return value === null ? Number.NaN : refuse(value, where);
    },
    Number.NaN,
  );
  if (mask !== undefined) applyMask(call, layout, data, mask);
  return data;
}

function applyMask(call: string, layout: SeriesLayout, data: Float64Array, mask: SeriesInput): void {
  const { width, batch, numSeries, numSteps, lengths } = layout;
  const given = seriesLayout(call, "mask", mask, width, true, batch);
  sameLengths(call, "mask", given, layout);
  const bits = fillSeries(
    "mask",
    given,
    (value, where) => {
      if (value === true || value === 1) return 1;
      if (value === false || value === 0) return 0;
      throw new DataError(say(call, where(), "0, 1, true or false", valueText(value), "1 means observed."));
    },
    0,
  );
  for (let s = 0; s < numSeries; s++) {
    for (let t = 0; t < lengths[s]; t++) {
      for (let j = 0; j < width; j++) {
        const row = s * numSteps + t;
        const bit = given.width === 0 ? bits[row] : bits[row * width + j];
        if (bit === 0) data[row * width + j] = Number.NaN;
      }
    }
  }
}

/** How errors of readInputs() speak, and what it lets pass. */
export interface InputWords {
  /** The argument; default "inputs". */
  readonly argument?: string;
  /** What its rows must match; default "observations". */
  readonly like?: string;
  /** Letter of their number of rows; default T. */
  readonly rows?: string;
  /** What needs them; default that the model has input weights. */
  readonly why?: string;
  /** Why there must be none, and what to do if there should be some. */
  readonly none?: readonly [why: string, fix: string];
  /** Nothing reads the row of the first step: it may be missing, and counts 0. */
  readonly spareFirst?: boolean;
}

/**
 * u [N or 1, T', d], finite.
 * @returns data, the steps it holds per series and the stride from series to series (0 when shared)
 */
export function readInputs(
  call: string,
  layout: SeriesLayout,
  inputs: SeriesInput | undefined,
  inputDim: number,
  {
    argument = "inputs",
    like = "observations",
    rows = "T",
    why = "the model has input weights",
    none = ["the model has no input weights", "Add dynamics.inputWeights or emissions.inputWeights."],
    spareFirst = false,
  }: InputWords = {},
): { data: Float64Array; seriesStride: number } | undefined {
  const refuse = (expected: string, got: string, fix: string): never => {
    throw new ShapeError(say(call, argument, expected, got, fix));
  };
  if (inputDim === 0) {
    if (inputs === undefined) return undefined;
    return refuse(`none, as ${none[0]}`, argument, none[1]);
  }
  if (inputs === undefined) {
    const expected = `[${rows}, ${inputDim}] as ${why}`;
    return refuse(expected, "nothing", `Pass the option ${argument}.`);
  }
  const given = seriesLayout(call, argument, inputs, inputDim);
  if (given.batch) sameLengths(call, argument, given, layout, like);
  else if (given.numSteps !== layout.numSteps) {
    const fix =
      like === "observations"
        ? "Give one row of inputs for every row of observations."
        : "Give one row for every step.";
    refuse(`${layout.numSteps} rows, one per step`, `${given.numSteps}`, fix);
  }
  const data = fillSeries(
    argument,
    given,
    (value, where, step) => {
      if (typeof value === "number" && Number.isFinite(value)) return value;
      if (spareFirst && step === 0 && (value === null || Number.isNaN(value))) return 0;
      throw new DataError(
        say(call, where(), "a finite number", valueText(value), "Inputs cannot be missing: fill them in."),
      );
    },
    0,
  );
  return { data, seriesStride: given.batch ? given.numSteps * inputDim : 0 };
}

function sameLengths(
  call: string,
  argument: string,
  given: SeriesLayout,
  layout: SeriesLayout,
  like = "observations",
): void {
  const fix = `Match the ${like}.`;
  if (given.batch !== layout.batch || given.numSeries !== layout.numSeries) {
    const count = (l: SeriesLayout): string =>
      l.batch ? `${l.numSeries} series` : "one series without a series axis";
    throw new ShapeError(say(call, argument, `${count(layout)} as in ${like}`, count(given), fix));
  }
  for (let s = 0; s < layout.numSeries; s++) {
    if (given.lengths[s] !== layout.lengths[s]) {
      const which = layout.batch ? `${argument}[${s}]` : argument;
      const expected = `${layout.lengths[s]} rows as in ${like}`;
      throw new ShapeError(say(call, which, expected, `${given.lengths[s]}`, fix));
    }
  }
}
