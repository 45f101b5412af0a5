import { type ArrayInput, type NDArray, ParameterError, ShapeError } from "../engine/index.ts";
import { say, shapeText, valueText } from "./say.ts";

type Dense = { readonly data: ArrayLike<number>; readonly shape: readonly number[] };

/** true for {data, shape}. */
export const isDense = (value: unknown): value is Dense =>
  value !== null && typeof value === "object" && "data" in value && "shape" in value && !Array.isArray(value);

/** true for Float32Array, Float64Array and the other typed arrays of numbers; false for those of bigints. */
export const isTyped = (value: unknown): value is ArrayLike<number> & ArrayBufferView =>
  ArrayBuffer.isView(value) && !(value instanceof DataView) && !/^\[object Big/.test(String(TAG.call(value)));
const TAG = Object.prototype.toString;

/** Checks that data and shape of {data, shape} agree. */
export function checkDense(call: string, argument: string, value: Dense): void {
  const { data, shape } = value;
  const whole = Array.isArray(shape) && shape.every(size => Number.isInteger(size) && size >= 0);
  if (!whole) {
    throw new ShapeError(
      say(call, `${argument}.shape`, "whole numbers", valueText(shape), "Pass one size per axis."),
    );
  }
  const size = shape.reduce((a, b) => a * b, 1);
  if (data?.length !== size) {
    throw new ShapeError(
      say(
        call,
        argument,
        `${size} entries for shape ${shapeText(shape)}`,
        `${data?.length}`,
        "Make data and shape agree.",
      ),
    );
  }
}

/**
 * A dense float64 copy of numbers, nested arrays, a typed array (one axis) or {data, shape}.
 * Entries are not checked for being finite; null becomes NaN.
 * @throws ShapeError for ragged rows; ParameterError for entries that are not numbers
 */
export function readArray(call: string, argument: string, value: ArrayInput): NDArray {
  if (typeof value === "number") return { data: Float64Array.of(value), shape: [] };
  if (isTyped(value)) return { data: Float64Array.from(value), shape: [value.length] };
  if (isDense(value)) {
    checkDense(call, argument, value);
    if (isTyped(value.data)) return { data: Float64Array.from(value.data), shape: [...value.shape] };
    const data = new Float64Array(value.data.length);
    for (let i = 0; i < data.length; i++) data[i] = readNumber(call, `${argument}.data[${i}]`, value.data[i]);
    return { data, shape: [...value.shape] };
  }
  if (!Array.isArray(value)) {
    throw new ParameterError(
      say(call, argument, "numbers", valueText(value), "Pass nested arrays, a typed array or {data, shape}."),
    );
  }
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level) || isTyped(level); level = level[0]) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
  let at = 0;
  const fill = (level: unknown, axis: number, path: string): void => {
    if (axis === shape.length) {
      data[at++] = readNumber(call, `${argument}${path}`, level);
      return;
    }
    if (!Array.isArray(level) && !isTyped(level)) {
      throw new ShapeError(
        say(
          call,
          `${argument}${path}`,
          `${shape[axis]} entries`,
          valueText(level),
          "Nest all rows to the same depth.",
        ),
      );
    }
    if (level.length !== shape[axis]) {
      throw new ShapeError(
        say(
          call,
          `${argument}${path}`,
          `${shape[axis]} entries`,
          `${level.length}`,
          "Give all rows the same length.",
        ),
      );
    }
    for (let i = 0; i < level.length; i++) fill(level[i], axis + 1, `${path}[${i}]`);
  };
  fill(value, 0, "");
  return { data, shape };
}

function readNumber(call: string, argument: string, value: unknown): number {
  if (typeof value === "number") return value;
  if (value === null) return Number.NaN;
  if (Array.isArray(value)) {
    throw new ShapeError(
      say(call, argument, "a number", valueText(value), "Nest all rows to the same depth."),
    );
  }
  throw new ParameterError(say(call, argument, "a number", valueText(value), "Pass numbers only."));
}
