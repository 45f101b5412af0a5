/**
 * Every error the project throws. Text: *call: argument, expected, got. Fix.*
 * Bad input is refused before any work. Thrown later: device loss, shader faults, memory that could not be had,
 * numerical failure, abort.
 */

/** Base of every error thrown on purpose; test with `instanceof StatescanError`. */
export class StatescanError extends Error {
  // Names are written out: bundlers rename classes.
  override name = "StatescanError";
}

/** An array has the wrong number of dimensions or the wrong size. */
export class ShapeError extends StatescanError {
  override name = "ShapeError";
}

/** A model parameter or an option has a value that is not allowed. */
export class ParameterError extends StatescanError {
  override name = "ParameterError";
}

/** Observations, mask or inputs hold something that is not data: text, infinity, no rows; or a file cannot be read. */
export class DataError extends StatescanError {
  override name = "DataError";
}

/** No usable adapter, or the device was lost. */
export class DeviceError extends StatescanError {
  override name = "DeviceError";
}

/** A shader does not compile; the text carries file, line and three lines of source. */
export class ShaderError extends StatescanError {
  override name = "ShaderError";
}

/** A tensor or engine was used after it was disposed. */
export class DisposedError extends StatescanError {
  override name = "DisposedError";
}

/** The computation failed: see `status`. The call rejects with it, unless `throwOnFailure: false`. */
export class NumericalError extends StatescanError {
  override name = "NumericalError";
  /** How it failed; the worst of all series. */
  readonly status: Status;
  constructor(message: string, status: Status, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** The request needs more memory, or a larger size, than there is. */
export class LimitError extends StatescanError {
  override name = "LimitError";
}

/** The caller's `AbortSignal` fired; `cause` is its reason. */
export class AbortedError extends StatescanError {
  override name = "AbortedError";
}

/**
 * How a computation ended. notPositiveDefinite: an innovation covariance is singular; nonFinite: something overflowed;
 * unidentified: the data never tell about some diffuse state; illConditioned: the covariance form would have lost too many
 * digits; maxIterations and diverged are for iterative methods.
 */
export type Status =
  | "ok"
  | "notPositiveDefinite"
  | "illConditioned"
  | "nonFinite"
  | "unidentified"
  | "maxIterations"
  | "diverged";

/** Throws AbortedError if the signal has fired. */
export function throwIfAborted(call: string, signal?: AbortSignal): void {
  if (signal?.aborted) {
    throw new AbortedError(`${call}: stopped, the AbortSignal fired.`, { cause: signal.reason });
  }
}
