import {
  type ArrayInput,
  type NDArray,
  type NestedNumbers,
  ParameterError,
  ShapeError,
} from "../../../engine/index.ts";
import { readArray } from "../../read_array.ts";
import { say, shapeText } from "../../say.ts";
import type { FamilyContext } from "./family.ts";

/**
 * Reads tables whose axes have letters. A letter gets its size from the first table that has it, so that later ones must agree.
 * Where there is one channel (m = 1), axes called m may be left out.
 */
export class TableReader {
  readonly sizes: Record<string, number>;
  readonly context: FamilyContext;
  private readonly given: Readonly<Record<string, unknown>>;
  private readonly setBy: Record<string, string> = {};

  constructor(context: FamilyContext, given: Readonly<Record<string, unknown>>) {
    this.context = context;
    this.given = given;
    this.sizes = { ...context.sizes, K: context.numEmissions };
  }

  /** The full name of a parameter in error texts. */
  path(key: string): string {
    return `${this.context.path}${key}`;
  }

  /** @throws ParameterError as the family would, about one parameter */
  refuse(key: string, expected: string, got: string, fix: string): never {
    throw new ParameterError(say(this.context.call, this.path(key), expected, got, fix));
  }

  /**
   * A finite table [axes]; a number among the axes is a fixed size.
   * @throws ShapeError; ParameterError for entries that are not finite
   */
  read(key: string, ...axes: readonly (string | number)[]): NDArray {
    const { call } = this.context;
    const array = readArray(call, this.path(key), this.given[key] as ArrayInput);
    const short = axes.filter(axis => axis !== "m");
    const { m } = this.sizes;
    const narrow =
      array.shape.length === short.length && short.length < axes.length && (m === undefined || m === 1);
    const shape = narrow
      ? axes.map(axis => (axis === "m" ? 1 : array.shape[short.indexOf(axis)]))
      : array.shape;
    const size = (axis: string | number): number | string =>
      typeof axis === "number" ? axis : (this.sizes[axis] ?? axis);
    const wanted = axes.map(size);
    const fits =
      shape.length === axes.length &&
      array.data.length > 0 &&
      axes.every((axis, i) => {
        const first = axes.indexOf(axis);
        return typeof wanted[i] === "number" ? shape[i] === wanted[i] : shape[i] === shape[first];
      });
    if (!fits) {
      const letters = axes.every(axis => typeof axis === "number") ? "" : `${shapeText(axes)} = `;
      const sources = axes
        .filter(axis => this.setBy[axis])
        .map(axis => `${axis} is that of ${this.setBy[axis]}`);
      throw new ShapeError(
        say(
          call,
          this.path(key),
          `${letters}${shapeText(wanted)}`,
          array.shape.length === 0 ? "a number" : shapeText(array.shape),
          [...new Set(sources), "K is the number of states."].join("; "),
        ),
      );
    }
    axes.forEach((axis, i) => {
      if (typeof axis === "string" && this.sizes[axis] === undefined) {
        this.sizes[axis] = shape[i];
        this.setBy[axis] = this.path(key);
      }
    });
    const result = { data: array.data, shape };
    this.each(key, result, Number.isFinite, "a finite number", "Parameters have no missing values.");
    return result;
  }

  /** @throws ParameterError at the first entry that is not as it should be */
  each(key: string, table: NDArray, good: (value: number) => boolean, expected: string, fix: string): void {
    const at = table.data.findIndex(value => !good(value));
    if (at < 0) return;
    this.refuse(`${key}${indexText(table.shape, at)}`, expected, `${table.data[at]}`, fix);
  }

  /** Entries > 0. */
  positive(key: string, ...axes: readonly (string | number)[]): NDArray {
    const table = this.read(key, ...axes);
    this.each(key, table, value => value > 0, "a positive number", "Check its sign and units.");
    return table;
  }

  /** Entries 0 … 1. */
  probability(key: string, ...axes: readonly (string | number)[]): NDArray {
    const table = this.read(key, ...axes);
    this.each(key, table, value => value >= 0 && value <= 1, "a probability, 0 … 1", "Correct the entry.");
    return table;
  }

  /** Probabilities whose last axis sums to one. */
  distribution(key: string, ...axes: readonly (string | number)[]): NDArray {
    const table = this.probability(key, ...axes);
    checkRowSums(this.context.call, this.path(key), table);
    return table;
  }
}

/** How far the sum of a row of probabilities may be from one: rounding to float32, and some more. */
export const SUM_TOLERANCE = 1e-6;

/** @throws ParameterError naming the first row of the last axis that does not sum to one, and by how much */
export function checkRowSums(call: string, path: string, { data, shape }: NDArray): void {
  const width = shape[shape.length - 1];
  for (let at = 0; at < data.length; at += width) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += data[at + i];
    if (Math.abs(sum - 1) <= SUM_TOLERANCE) continue;
    const off = sum - 1;
    throw new ParameterError(
      say(
        call,
        data.length === width ? path : `${path}${indexText(shape.slice(0, -1), at / width)}`,
        "probabilities that sum to 1",
        `a sum of ${Number(sum.toPrecision(9))}, ${Number(Math.abs(off).toPrecision(3))} too ${off > 0 ? "much" : "little"}`,
        "Divide by the sum if that is what you mean.",
      ),
    );
  }
}

/** [1][0], the place of entry `at` */
export function indexText(shape: readonly number[], at: number): string {
  let text = "";
  let rest = at;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    text = `[${rest % shape[axis]}]${text}`;
    rest = Math.floor(rest / shape[axis]);
  }
  return text;
}

/** An array as JSON has it. */
export function nested({ data, shape }: NDArray): NestedNumbers {
  const build = (axis: number, at: number, size: number): NestedNumbers => {
    if (axis === shape.length) return data[at];
    const step = size / shape[axis];
    return Array.from({ length: shape[axis] }, (_, i) => build(axis + 1, at + i * step, step));
  };
  return build(0, 0, data.length);
}
