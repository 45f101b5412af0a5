/** Exit codes of the command and the one line it says about an error. */

import * as api from "../api/index.ts";

/** The command line itself is wrong. */
export class UsageError extends Error {}

export const EXIT = {
  done: 0,
  internal: 1,
  input: 2,
  noAdapter: 3,
  numerical: 4,
  someFailed: 5,
  interrupted: 130,
} as const;

const INPUT_ERRORS = [UsageError, api.ShapeError, api.ParameterError, api.DataError, api.LimitError];
const DEVICE_ERRORS = [api.DeviceError, api.ShaderError];

/** Exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (INPUT_ERRORS.some(Class => error instanceof Class)) return EXIT.input;
  if (DEVICE_ERRORS.some(Class => error instanceof Class)) return EXIT.noAdapter;
  if (error instanceof api.NumericalError) return EXIT.numerical;
  if (error instanceof api.AbortedError) return EXIT.interrupted;
  return EXIT.internal;
}

/** What standard error gets: one line, or the stack with STATESCAN_DEBUG=1. */
export function errorText(error: unknown, debug = process.env.STATESCAN_DEBUG === "1"): string {
  if (!(error instanceof Error)) return String(error);
  if (debug) return error.stack ?? error.message;
  const line = error.message.replace(/\s*\n\s*/g, " ");
  if (exitCodeOf(error) !== EXIT.internal) return line;
  return `statescan: internal error: ${line}. Run again with STATESCAN_DEBUG=1 and report it.`;
}
