/** Errors of the page become the same classes in Node, so that exit codes and messages do not know the backend. */

import * as api from "../api/index.ts";
import { PageError } from "./chrome/session.ts";

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

/** The library's error for one that a page reported; any other error as it is. */
export function localError(error: unknown): unknown {
  if (!(error instanceof PageError)) return error;
  if (error.className === "NumericalError") {
    return new api.NumericalError(error.message, error.status as api.Status);
  }
  const Class = CLASSES[error.className as keyof typeof CLASSES];
  return Class ? new Class(error.message) : new Error(`in the page: ${error.className}: ${error.message}`);
}
