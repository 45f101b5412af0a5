/**
 * The library's errors across the wire: the page sends class and message, Node makes the same error of them, so
 * that exit codes and messages do not know the backend. Classes are told by instanceof: a minified build has
 * other names.
 */

import * as api from "../api/index.ts";

/** An error as it crosses the wire. */
export interface ErrorMessage {
  /** Name of the library's class, or "Error". */
  readonly className: string;
  readonly message: string;
  readonly status?: api.Status;
  readonly stack?: string;
}

const CLASSES = {
  ShapeError: api.ShapeError,
  ParameterError: api.ParameterError,
  DataError: api.DataError,
  DeviceError: api.DeviceError,
  ShaderError: api.ShaderError,
  DisposedError: api.DisposedError,
  LimitError: api.LimitError,
  AbortedError: api.AbortedError,
};

/** In the page. */
export function packError(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return { className: "Error", message: String(error) };
  const { message, stack } = error;
  if (error instanceof api.NumericalError) {
    return { className: "NumericalError", message, stack, status: error.status };
  }
  const found = Object.entries(CLASSES).find(([, Class]) => error instanceof Class);
  return { className: found?.[0] ?? "Error", message, stack };
}

/** In Node. */
export function unpackError({ className, message, status, stack }: ErrorMessage): Error {
  const cause = { cause: stack };
  if (className === "NumericalError") return new api.NumericalError(message, status ?? "nonFinite", cause);
  const Class = CLASSES[className as keyof typeof CLASSES] as (typeof CLASSES)["DataError"] | undefined;
  return Class ? new Class(message, cause) : new Error(`in the page: ${message}`, cause);
}
