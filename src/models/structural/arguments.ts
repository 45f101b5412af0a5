/** Checks of arguments shared by the components: each returns the value, or throws *call: argument, expected, got. Fix.* */

import { ParameterError } from "../../engine/index.ts";
import { isTyped } from "../read_array.ts";
import { say, valueText } from "../say.ts";

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** A variance or spectral density: finite, at least 0; 0 makes its part deterministic. */
export function variance(call: string, argument: string, value: unknown): number {
  if (isNumber(value) && value >= 0) return value;
  throw new ParameterError(
    say(
      call,
      argument,
      "a finite number ≥ 0",
      valueText(value),
      "0 means deterministic; square a deviation.",
    ),
  );
}

/** A finite number above 0. */
export function positive(call: string, argument: string, value: unknown): number {
  if (isNumber(value) && value > 0) return value;
  throw new ParameterError(
    say(call, argument, "a finite number > 0", valueText(value), "Give it in the units of time."),
  );
}

/** A finite number between two bounds, which are allowed. */
export function between(call: string, argument: string, value: unknown, low: number, high: number): number {
  if (isNumber(value) && value >= low && value <= high) return value;
  throw new ParameterError(
    say(call, argument, `a number from ${low} to ${high}`, valueText(value), "Larger values explode."),
  );
}

/** A finite number. */
export function finite(call: string, argument: string, value: unknown): number {
  if (isNumber(value)) return value;
  throw new ParameterError(say(call, argument, "a finite number", valueText(value), "Pass a number."));
}

/** A whole number, at least `least`. */
export function whole(call: string, argument: string, value: unknown, least: number, fix: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw new ParameterError(say(call, argument, `a whole number ≥ ${least}`, valueText(value), fix));
}

/** A list of finite numbers, copied; may be empty. */
export function numbers(call: string, argument: string, value: unknown): number[] {
  if (!Array.isArray(value) && !isTyped(value)) {
    throw new ParameterError(
      say(call, argument, "an array of numbers", valueText(value), "Put a single number in brackets."),
    );
  }
  return Array.from(value as ArrayLike<unknown>, (entry, i) => finite(call, `${argument}[${i}]`, entry));
}

/** Rows of finite numbers, all of one length: [T, k]. A plain list is [T, 1]. */
export function rows(call: string, argument: string, value: unknown): number[][] {
  const list = Array.isArray(value) || isTyped(value) ? Array.from(value as ArrayLike<unknown>) : undefined;
  if (list === undefined || list.length === 0) {
    const got = list === undefined ? valueText(value) : "none";
    throw new ParameterError(
      say(call, argument, "at least one row [T, k]", got, "Pass one row per time step."),
    );
  }
  const width = Array.isArray(list[0]) || isTyped(list[0]) ? (list[0] as ArrayLike<unknown>).length : 1;
  return list.map((row, t) => {
    const entries = typeof row === "number" ? [row] : numbers(call, `${argument}[${t}]`, row);
    if (entries.length !== width || width === 0) {
      throw new ParameterError(
        say(
          call,
          `${argument}[${t}]`,
          `${Math.max(1, width)} numbers`,
          `${entries.length}`,
          "Give all rows the same length.",
        ),
      );
    }
    return entries;
  });
}

/** How a component moves in time: one gap for every step, or a gap per step. */
export interface Gaps {
  /** Time from step t − 1 to t; gaps[0] is not used. One entry when constant. */
  readonly gaps: readonly number[];
  /** T, or undefined when constant. */
  readonly numSteps: number | undefined;
}

/**
 * Gaps from `times` (never decreasing, [T]) or from a constant `dt` > 0, default 1. Equal times are allowed: two
 * observations of the same state.
 */
export function timeGaps(call: string, times: unknown, dt: unknown): Gaps {
  if (times === undefined) {
    return { gaps: [dt === undefined ? 1 : positive(call, "dt", dt)], numSteps: undefined };
  }
  if (dt !== undefined) {
    throw new ParameterError(say(call, "dt", "nothing beside times", valueText(dt), "Give one of the two."));
  }
  const list = numbers(call, "times", times);
  if (list.length === 0) {
    throw new ParameterError(say(call, "times", "at least one time", "none", "Give one time per step."));
  }
  for (let t = 1; t < list.length; t++) {
    if (list[t] < list[t - 1]) {
      throw new ParameterError(
        say(
          call,
          `times[${t}]`,
          `a time ≥ ${list[t - 1]}, the one before it`,
          `${list[t]}`,
          "Sort the rows by time.",
        ),
      );
    }
  }
  return { gaps: list.map((time, t) => (t === 0 ? 0 : time - list[t - 1])), numSteps: list.length };
}
