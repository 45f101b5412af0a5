/**
 * Every error the project throws. Text: *call: argument, expected, got. Fix.*
 * All are thrown before any GPU work, except device loss and numerical failure.
 */

/** Base of every error thrown on purpose; test with `instanceof StatescanError`. */
export class StatescanError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An array has the wrong number of dimensions or the wrong size. */
export class ShapeError extends StatescanError {}

/** A model parameter or an option has a value that is not allowed. */
export class ParameterError extends StatescanError {}

/** Observations or inputs hold something that is not data: text, infinity, no rows. */
export class DataError extends StatescanError {}

/** No usable adapter, or the device was lost. */
export class DeviceError extends StatescanError {}

/** A shader does not compile; the text carries file, line and three lines of source. */
export class ShaderError extends StatescanError {}

/** A tensor, result or engine was used after it was disposed. */
export class DisposedError extends StatescanError {}

/** The computation failed: see `status`. Thrown when a result is read, unless `throwOnFailure: false`. */
export class NumericalError extends StatescanError {
  readonly status: Status;
  constructor(message: string, status: Status, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** The request needs more memory, or a larger size, than there is. */
export class LimitError extends StatescanError {}

/** The caller's `AbortSignal` fired. */
export class AbortedError extends StatescanError {}

/** How a computation ended. */
export type Status = "ok" | "notPositiveDefinite" | "nonFinite" | "maxIterations" | "diverged";

/** Throws AbortedError if the signal has fired. */
export function throwIfAborted(call: string, signal?: AbortSignal): void {
  if (signal?.aborted) {
    throw new AbortedError(`${call}: stopped, the AbortSignal fired.`, { cause: signal.reason });
  }
}
