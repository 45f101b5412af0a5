/** The options of nonlinear models, as a job takes them. What they may be, the library checks. */
import type { Arguments } from "../arguments.ts";
import { parseCell } from "../data/number.ts";
import { UsageError } from "../exit_codes.ts";
import type { Call, JobHeader } from "../job.ts";

const WORDS = ["linearization", "damping"] as const;
const NUMBERS = ["alpha", "beta", "kappa", "order", "points", "updates", "iterations", "tolerance"] as const;

export const NONLINEAR_OPTIONS: readonly string[] = [...WORDS, ...NUMBERS];

/** @throws UsageError for text where a number should be */
export function nonlinearOptions(call: Call, options: Arguments["options"]): Pick<JobHeader, "nonlinear"> {
  const given: Record<string, string | number> = {};
  for (const name of WORDS) if (options[name] !== undefined) given[name] = options[name] as string;
  for (const name of NUMBERS) {
    const text = options[name] as string | undefined;
    if (text === undefined) continue;
    const cell = parseCell(text);
    if (cell.kind !== "number")
      throw new UsageError(`${call}: --${name} expected a number, got "${text}". Correct it.`);
    given[name] = cell.value;
  }
  return Object.keys(given).length > 0 ? { nonlinear: given } : {};
}
