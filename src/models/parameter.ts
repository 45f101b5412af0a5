import { type ArrayInput, type NDArray, ParameterError, ShapeError } from "../engine/index.ts";
import type { Field } from "../inference/index.ts";
import { readArray } from "./read_array.ts";
import { say, shapeText } from "./say.ts";

/** A model parameter: a float64 array with its leading axes understood. */
export interface Parameter extends NDArray, Field {
  readonly data: Float64Array;
  /** Length of the time axis, undefined if constant in time. */
  readonly numSteps: number | undefined;
  /** Length of the series axis, undefined if shared by all series. */
  readonly numSeries: number | undefined;
}

/** Size of the last axis; 1 for a number. */
export function lastAxis(call: string, path: string, value: ArrayInput): number {
  const { shape } = readShape(call, path, value);
  const size = shape.length === 0 ? 1 : shape[shape.length - 1];
  if (size === 0) throw new ShapeError(say(call, path, "at least one entry", "none", "Sizes start at 1."));
  return size;
}

/** Shape alone where that is cheap. */
function readShape(call: string, path: string, value: ArrayInput): { shape: readonly number[] } {
  if (typeof value === "object" && value !== null && "shape" in value && Array.isArray(value.shape)) {
    return { shape: value.shape };
  }
  let level: unknown = value;
  const shape: number[] = [];
  while (Array.isArray(level) || ArrayBuffer.isView(level)) {
    const list = level as ArrayLike<unknown>;
    shape.push(list.length);
    level = list[0];
  }
  // Anything else is refused, with its text, by the full reader.
  return typeof level === "number" || shape.length > 0 ? { shape } : readArray(call, path, value);
}

/**
 * A parameter of shape `trailing`, with as many leading axes as given, up to `leading`:
 * 0 means none, 1 means [N], 2 means [T] or [N, T].
 * @throws ShapeError
 */
export function readParameter(
  call: string,
  path: string,
  value: ArrayInput,
  trailing: readonly number[],
  leading: 0 | 1 | 2,
): Parameter {
  const array = readArray(call, path, value);
  const scalar = array.shape.length === 0 && trailing.every(size => size === 1);
  const shape = scalar ? [...trailing] : array.shape;
  const extra = shape.length - trailing.length;
  const fits = extra >= 0 && extra <= leading && trailing.every((size, axis) => shape[extra + axis] === size);
  if (!fits || array.data.length === 0) {
    const forms = [[[]], [[], ["N"]], [[], ["T"], ["N", "T"]]][leading].map(axes =>
      shapeText([...axes, ...trailing]),
    );
    throw new ShapeError(
      say(
        call,
        path,
        leading === 0 ? forms[0] : `${forms.slice(0, -1).join(", ")} or ${forms[forms.length - 1]}`,
        array.shape.length === 0 ? "a number" : shapeText(array.shape),
        leading === 0 ? "Sizes follow weights; there are no leading axes." : fixFor(path),
      ),
    );
  }
  const size = trailing.reduce((a, b) => a * b, 1);
  const series = leading === 1 ? shape[extra - 1] : extra === 2 ? shape[0] : undefined;
  const steps = leading === 1 || extra === 0 ? undefined : shape[extra - 1];
  const varies = steps !== undefined && steps > 1;
  return {
    data: array.data,
    shape,
    numSteps: varies ? steps : undefined,
    numSeries: series,
    stepStride: varies ? size : 0,
    seriesStride: series !== undefined && series > 1 ? size * (varies ? steps : 1) : 0,
  };
}

const fixFor = (path: string): string =>
  path === "initialProbs"
    ? "Give one probability for every state of the transitions."
    : path === "transitionMatrix"
      ? "Give it a row and a column for every state."
      : path.startsWith("initial.")
        ? "The state dimension is the length of initial.mean."
        : "The state dimension is the length of initial.mean (of dynamics.weights where initial is a word), the emission dimension the size of emissions.covariance.";

/**
 * Refuses NaN and infinities. With `skipFirst`, index 0 of a time-varying parameter is not looked at and set to 0,
 * as it is never used.
 * @throws ParameterError with the position
 */
export function checkFinite(call: string, path: string, parameter: Parameter, skipFirst: boolean): void {
  const { data, shape, numSteps, stepStride } = parameter;
  for (let i = 0; i < data.length; i++) {
    if (skipFirst && numSteps !== undefined && Math.floor(i / stepStride) % numSteps === 0) {
      data[i] = 0;
    } else if (!Number.isFinite(data[i])) {
      const index: number[] = [];
      let rest = i;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        index.unshift(rest % shape[axis]);
        rest = Math.floor(rest / shape[axis]);
      }
      throw new ParameterError(
        say(
          call,
          `${path}${shapeText(index)}`,
          "a finite number",
          `${data[i]}`,
          "Parameters have no missing values.",
        ),
      );
    }
  }
}
